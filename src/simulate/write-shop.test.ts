import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createWorld } from './world.ts'
import { writeShop } from './write-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-simulate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const options = { products: 300, shoppers: 80, days: 20, dirt: 2 }
const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('writing a simulated shop', () => {
  it('gives the same bytes for the same options, whole files only, and tells how far it is', async () => {
    const stages: [number, number][] = []
    const progress = { report: (_: string, done: number, total: number) => void stages.push([done, total]) }
    const one = await writeShop(createWorld(options), join(folder, 'one'), { progress })
    const two = await writeShop(createWorld(options), join(folder, 'two'))
    expect(readdirSync(join(folder, 'one')).sort()).toEqual(['catalogue.jsonl', 'events.jsonl', 'shop.json'])
    expect(one.files.map(digest)).toEqual(two.files.map(digest))
    expect(stages.at(-1)).toEqual([20, 20])
    expect(stages.length).toBeGreaterThan(10)
  })

  it('writes down what it wrote: products, rows by type, and broken lines', async () => {
    const written = await writeShop(createWorld(options), join(folder, 'counted'))
    const [catalogue, events] = written.files.map((path) => readFileSync(path, 'utf8').trimEnd().split('\n'))
    expect(catalogue).toHaveLength(300)
    expect(events).toHaveLength(written.rows)
    const broken = events.filter((line) => {
      try {
        const event = JSON.parse(line) as { user?: string; type: string }
        return event.user === undefined || event.type === 'hover'
      } catch {
        return true
      }
    })
    expect(broken).toHaveLength(written.planted.malformed)
    expect(written.planted.malformed).toBeGreaterThan(0)
    const rows = Object.values(written.types).reduce((sum, count) => sum + count, 0)
    expect(rows).toBe(written.rows - written.planted.malformed)
    const { files: _files, ...summary } = written
    expect(JSON.parse(readFileSync(join(folder, 'counted', 'shop.json'), 'utf8'))).toEqual(summary)
  })

  it('leaves no file behind under its name when it is stopped', async () => {
    const abort = new AbortController()
    abort.abort()
    const stopped = writeShop(createWorld({ ...options, products: 1_000 }), join(folder, 'stopped'), {
      signal: abort.signal,
    })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(readdirSync(join(folder, 'stopped')).filter((name) => !name.endsWith('.part'))).toEqual([])
  })
})
