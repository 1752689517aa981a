/** What every database must keep of who changed what. */
import { describe, expect, it } from 'vitest'
import { hardTexts } from './catalogue-store-suite.ts'
import { lineHash } from './audit-store.ts'
import type { AuditRecord, Store } from './store.ts'

export function auditSuite(store: () => Store): void {
  describe('the audit', () => {
    const entry = (atMs: number, what = 'settings') => ({
      ...{ atMs, what, who: 'key 1a2b', subject: hardTexts[4] },
      details: { told: hardTexts[5], at: [1.5, null] },
    })

    it('numbers its lines without gaps and seals each with the one before, also when many write at once', async () => {
      const { audit } = store()
      await Promise.all(Array.from({ length: 20 }, (_, at) => audit.append(entry(at))))
      const lines: AuditRecord[] = []
      for await (const some of audit.scan()) lines.push(...some)
      expect(lines.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
      let previous = ''
      for (const line of lines) {
        previous = lineHash(previous, line)
        expect(line.hash).toBe(previous)
      }
    })

    it('tells its lines newest first, and the last of a kind', async () => {
      const { audit } = store()
      expect(await audit.last('keys')).toBeNull()
      for (const what of ['keys', 'settings', 'keys', 'rules']) await audit.append(entry(1, what))
      expect((await audit.latest(2)).map(({ sequence }) => sequence)).toEqual([4, 3])
      expect((await audit.latest(9, 3)).map(({ what }) => what)).toEqual(['settings', 'keys'])
      expect(await audit.last('keys')).toMatchObject({ ...entry(1, 'keys'), sequence: 3 })
    })
  })
}
