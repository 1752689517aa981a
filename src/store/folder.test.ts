import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimFolder, keptKey, readOwner } from './folder.ts'

// What happens between processes, kill -9 included, is in kill.test.ts.
describe('a data folder', () => {
  let parent = ''
  let folder = ''
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'haggle-folder-'))
    folder = join(parent, 'data')
  })
  afterEach(() => rmSync(parent, { recursive: true, force: true }))

  it('is made, owned, announced and given back', async () => {
    expect(readOwner(folder)).toBeNull()
    const claim = await claimFolder(folder, { role: 'serve' })
    expect(readOwner(folder)).toEqual({ pid: process.pid, url: null, role: 'serve' })
    claim.announce('http://127.0.0.1:8108')
    expect(readOwner(folder)).toEqual({ pid: process.pid, url: 'http://127.0.0.1:8108', role: 'serve' })
    claim.release()
    expect(readOwner(folder)).toBeNull()
  })

  it('has one owner, and says to the next who that is', async () => {
    const claim = await claimFolder(folder, { role: 'serve' })
    claim.announce('http://127.0.0.1:8108')
    const refused = {
      code: 'busy',
      message: expect.stringMatching(`${process.pid} \\(serve, http://127.0.0.1:8108\\)`) as string,
    }
    await expect(claimFolder(folder, { role: 'train' })).rejects.toMatchObject(refused)
    // The refused attempt has not loosened the owner's hold.
    await expect(claimFolder(folder, { role: 'train' })).rejects.toMatchObject(refused)
    claim.release()
  })

  it('can be claimed anew after it was given back, and the first claim has no more say in it', async () => {
    const first = await claimFolder(folder, { role: 'train' })
    first.release()
    const second = await claimFolder(folder, { role: 'serve' })
    first.release()
    first.announce('http://old')
    expect(readOwner(folder)).toEqual({ pid: process.pid, url: null, role: 'serve' })
    await expect(claimFolder(folder, { role: 'train' })).rejects.toMatchObject({ code: 'busy' })
    second.release()
  })

  it.skipIf(!existsSync('/proc/self/stat'))(
    'is not owned by another program that got the number of a dead owner (needs /proc)',
    async () => {
      const claim = await claimFolder(folder, { role: 'serve' })
      const file = join(folder, 'owner.json')
      const note = readFileSync(file, 'utf8')
      claim.release()
      writeFileSync(file, note)
      expect(readOwner(folder)?.pid).toBe(process.pid)
      writeFileSync(file, JSON.stringify({ ...(JSON.parse(note) as object), startedAt: '1' }))
      expect(readOwner(folder)).toBeNull()
      const next = await claimFolder(folder, { role: 'train' })
      expect(readOwner(folder)?.role).toBe('train')
      next.release()
    },
  )

  it('whose note is no note has no known owner, and can be claimed', async () => {
    const claim = await claimFolder(folder, { role: 'serve' })
    claim.release()
    writeFileSync(join(folder, 'owner.json'), '{"pid":')
    expect(readOwner(folder)).toBeNull()
    const next = await claimFolder(folder, { role: 'serve' })
    expect(readOwner(folder)?.pid).toBe(process.pid)
    next.release()
  })

  it('keeps a key once made, and makes one anew where a fall left an empty one', () => {
    const key = keptKey(parent, 'admin.key')
    expect(key).toMatch(/^[0-9a-f]{48}$/)
    expect(keptKey(parent, 'admin.key')).toBe(key)
    writeFileSync(join(parent, 'admin.key'), '')
    const anew = keptKey(parent, 'admin.key')
    expect(anew).toMatch(/^[0-9a-f]{48}$/)
    expect(keptKey(parent, 'admin.key')).toBe(anew)
  })

  it('that cannot be written is refused in words', async () => {
    const file = join(parent, 'file')
    writeFileSync(file, '')
    await expect(claimFolder(join(file, 'data'), { role: 'serve' })).rejects.toMatchObject({ code: 'bad-config' })
  })
})
