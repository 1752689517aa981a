import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { GenerationId, QueryId, UserId } from '../domain/ids.ts'
import { collect, item, shop } from './catalogue-store-suite.ts'
import { event, events } from './event-store-suite.ts'
import { exposure } from './exposure-store-suite.ts'
import { openSqliteReader, openSqliteStore } from './sqlite.ts'
import { storeSuite } from './store-suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-store-'))
let file = ''
let files = 0
beforeEach(() => {
  file = join(folder, `${++files}.db`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeSuite('a SQLite store in memory', () => openSqliteStore({ file: ':memory:' }))
storeSuite('a SQLite store in a file', () => openSqliteStore({ file }))

const ready = {
  catalogue: shop,
  createdAtMs: 1,
  status: 'ready',
  parent: null,
  dataUntilMs: 1,
  dataSequence: 1,
} as const
const generation = { ...ready, id: 'g' as GenerationId, seed: '1', recipe: {}, report: {} }

/** Changes the file behind the store's back. */
function tamper(statement: string): void {
  const database = new Database(file)
  database.exec(statement)
  database.close()
}

/** Does any file of the store hold this text, anywhere? */
function filesHold(text: string): boolean {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${files}.db`))
  return names.some((name) => readFileSync(join(folder, name)).includes(text))
}

describe('a SQLite file', () => {
  it('opened again holds everything, and sequences go on from where they were', async () => {
    const first = await openSqliteStore({ file })
    await first.catalogues.apply(shop, [{ kind: 'put', record: { objectID: 'a', title: '鞋' } }], 1)
    await first.catalogues.changeSettings(shop, { hitsPerPage: 5 }, 2)
    await first.events.append(events(10), 3)
    await first.people.erase([event(10).userId])
    await first.exposures.append([exposure(1)])
    await first.generations.put(generation, [{ name: 'state', bytes: Uint8Array.of(1, 2, 3) }])
    await first.generations.publish(shop, generation.id, 4, 'first')
    await first.reports.put(shop, 'quality', { rows: 1 }, 5)
    const task = await first.catalogues.lastTask(shop)
    const log = await collect(first.events.scan({ catalogue: shop }))
    await first.close()

    const second = await openSqliteStore({ file })
    expect((await second.catalogues.get(shop, [item('a')])).get(item('a'))).toEqual({ objectID: 'a', title: '鞋' })
    expect(await second.catalogues.settings(shop)).toEqual({ hitsPerPage: 5 })
    expect(await second.catalogues.lastTask(shop)).toBe(task)
    expect(await collect(second.events.scan({ catalogue: shop }))).toEqual(log)
    expect(await second.exposures.get(exposure(1).queryId)).toEqual(exposure(1))
    expect(await second.generations.live(shop)).toBe('g')
    expect(await second.generations.artefacts(generation.id)).toEqual([
      { name: 'state', bytes: Uint8Array.of(1, 2, 3) },
    ])
    expect(await second.reports.latest(shop, 'quality')).toEqual({ report: { rows: 1 }, atMs: 5 })
    await second.events.append([event(11)], 6)
    // The last of the ten was erased; its sequence is not given again.
    expect((await collect(second.events.scan({ catalogue: shop }))).at(-1)?.sequence).toBe(11)
    await second.close()
  })

  it('holds no trace of a shopper who was forgotten, while it is open and after', async () => {
    const store = await openSqliteStore({ file })
    const secret = 'shopper-7f3a' as UserId
    for (let round = 0; round < 10; round++) {
      const some = Array.from({ length: 200 }, (_, number) => event(round * 1_000 + number + 1))
      const theirs = some.map((each, number) =>
        number % 3 === 0 ? { ...each, userId: secret, query: `${secret} typed` } : each,
      )
      await store.events.append(theirs, 1)
      const queryId = `q${round}` as QueryId
      await store.exposures.append([exposure(round, { queryId, userId: secret })])
    }
    expect(filesHold(secret)).toBe(true)
    expect(await store.people.erase([secret])).toMatchObject({ removed: { events: 670, exposures: 10 } })
    expect(filesHold(secret)).toBe(false)
    await store.close()
    expect(filesHold(secret)).toBe(false)
  })

  it('whose model bytes were changed or cut says so instead of serving them', async () => {
    const store = await openSqliteStore({ file })
    const artefacts = [{ name: 'state', bytes: new Uint8Array(10_000_000) }]
    await store.generations.put(generation, artefacts)
    await store.generations.put({ ...generation, id: 'h' as GenerationId }, artefacts)
    await store.close()
    tamper("update artefact_parts set bytes = zeroblob(length(bytes) - 1) || x'07' where generation = 'g' and part = 1")
    tamper("delete from artefact_parts where generation = 'h' and part = 1")
    const again = await openSqliteStore({ file })
    for (const id of ['g', 'h'] as GenerationId[]) {
      await expect(again.generations.artefacts(id)).rejects.toMatchObject({ code: 'bad-state' })
    }
    await again.close()
  })

  it('that is no store, or was written by a newer version, is refused in words', async () => {
    writeFileSync(file, 'not a database at all, but long enough to look like one '.repeat(100))
    await expect(openSqliteStore({ file })).rejects.toMatchObject({ code: 'bad-state' })
    rmSync(file)
    await (await openSqliteStore({ file })).close()
    tamper("insert into kysely_migration (name, timestamp) values ('9999-tomorrow', '2099-01-01')")
    await expect(openSqliteStore({ file })).rejects.toThrow(/newer Haggle/)
  })

  it('in a folder that is not there is refused in words', async () => {
    await expect(openSqliteStore({ file: join(folder, 'missing', 'x.db') })).rejects.toThrow(/missing/)
  })

  it('empties its log of who was erased during a snapshot when that ends, and keeps nobody waiting before', async () => {
    const store = await openSqliteStore({ file })
    const secret = 'shopper-91c2' as UserId
    const seen = await store.snapshot(async (snapshot) => {
      await store.events.append([event(1, { userId: secret })], 1)
      const startMs = performance.now()
      expect((await store.people.erase([secret])).removed.events).toBe(1)
      // Waiting for whoever reads would take the 5 s of the busy timeout.
      expect(performance.now() - startMs).toBeLessThan(4_000)
      expect(filesHold(secret)).toBe(true)
      const found: string[] = []
      for await (const { shape } of snapshot.pages()) found.push(shape.table)
      return found
    })
    expect(seen).not.toContain('events')
    expect(filesHold(secret)).toBe(false)
    await store.close()
  })

  it('can be read through a second connection that sees what is new, writes nothing and keeps nobody waiting', async () => {
    const store = await openSqliteStore({ file })
    await store.events.append(events(3000), 1)
    const reader = await openSqliteReader(file)
    let read = 0
    for await (const page of reader.events.scan({ catalogue: shop })) {
      read += page.length
      // In the middle of its pages the owner writes, and empties its log.
      await store.events.append([event(5000 + read)], 2)
      await store.people.erase(['nobody' as UserId])
    }
    expect(read).toBeGreaterThanOrEqual(3000)
    expect((await reader.events.counts(shop)).lastSequence).toBe((await store.events.counts(shop)).lastSequence)
    await expect(reader.events.append([event(9999)], 3)).rejects.toThrow(/readonly|cannot be written/)
    await reader.close()
    await store.close()
    expect(readFileSync(`${file}-wal`)).toHaveLength(0)
  })
})
