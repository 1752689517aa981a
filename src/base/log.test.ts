import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { pseudonym } from './log.ts'

it('writes no raw user ids, keys or query strings', () => {
  const module = new URL('./log.ts', import.meta.url).href
  const script = `
    const { createLog } = await import(${JSON.stringify(module)})
    const log = createLog('info')
    log.info({ userId: 'ann@shop', headers: { 'x-api-key': 'sesame' } }, 'came')
    log.info({ req: { method: 'GET', url: '/haggle/v1/profiles/ann@shop?x-algolia-api-key=sesame' } }, 'asked')`
  const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(stderr.trim().split('\n')).toHaveLength(2)
  expect(stderr).not.toMatch(/ann@shop|sesame/)
  expect(stderr).toContain('"path":"/haggle/v1/profiles/…"')
})

it('gives one shopper one pseudonym', () => {
  expect(pseudonym('ann')).toBe(pseudonym('ann'))
  expect(pseudonym('ann')).not.toBe(pseudonym('bob'))
  expect(pseudonym('ann')).toMatch(/^[0-9a-f]{12}$/)
})
