/** A shop carried from one place to another, by file or at once: nothing is lost, and nothing damaged is taken for whole. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Database from 'libsql'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../base/config.ts'
import { readBackup, writeBackup } from './backup-file.ts'
import { moveShop, restoreShop, type ShopPlace } from './carry-shop.ts'
import { collect, hardTexts, shop } from './catalogue-store-suite.ts'
import { event, events } from './event-store-suite.ts'
import { claimFolder, keptKey, storeFile } from './folder.ts'
import { artefact, fillShop, generation, talliesOf } from './full-shop-fixture.ts'
import { migrate } from './migrate.ts'
import { sqliteTypes } from './migrations.ts'
import { cutByMonth, openStore } from './open-store.ts'
import { dropSchemas, type PostgresServer, postgresVersions, startPostgres } from './postgres-fixture.ts'
import { snapshotOver } from './snapshot.ts'
import { sqliteDatabase } from './sqlite.ts'
import type { Store } from './store.ts'

const scratch = mkdtempSync(join(tmpdir(), 'haggle-carry-'))
let places = 0
let server: PostgresServer
let oldest: PostgresServer
const schemas: string[] = []

const folder = (): ShopPlace => readConfig({ dataFolder: join(scratch, `${++places}`) })
const database = (on = server): ShopPlace => {
  schemas.push(`carry_${process.pid}_${++places}`)
  return readConfig({ dataFolder: join(scratch, `${places}`), store: { url: on.url, schema: schemas.at(-1) } })
}
const newFile = () => join(scratch, `${++places}.backup`)

async function using<Result>(place: ShopPlace, work: (store: Store) => Promise<Result>): Promise<Result> {
  const claim = await claimFolder(place.dataFolder, { role: 'test' })
  const store = await openStore(place)
  try {
    return await work(store)
  } finally {
    await store.close()
    claim.release()
  }
}

async function backUp(place: ShopPlace, keys?: Record<string, string>): Promise<string> {
  const file = newFile()
  await using(place, (store) => store.snapshot((snapshot) => writeBackup(file, snapshot, { atMs: 1, keys })))
  return file
}

/** By name, with the names of their schema left out. */
async function indicesOf({ store: { url, schema } }: ShopPlace): Promise<string[]> {
  const client = new pg.Client({ connectionString: url ?? '' })
  await client.connect()
  const { rows } = await client.query<{ indexdef: string }>(
    `select replace(indexdef, schemaname, '') as indexdef from pg_indexes where schemaname = $1 order by indexname`,
    [schema],
  )
  await client.end()
  return rows.map(({ indexdef }) => indexdef)
}

let original: ShopPlace
let whole: string
beforeAll(async () => {
  ;[server, oldest] = await Promise.all([startPostgres(), startPostgres(postgresVersions[0])])
  original = folder()
  await using(original, fillShop)
  whole = await backUp(original)
}, 120_000)
afterAll(async () => {
  for (const each of [server, oldest]) await dropSchemas(each, schemas)
  await Promise.all([server.stop(), oldest.stop()])
  rmSync(scratch, { recursive: true, force: true })
})

describe('a shop', () => {
  it('is copied with every table that the database has, and the test has something in each', async () => {
    const tables = new Database(storeFile(original.dataFolder))
      .prepare(
        `select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like 'kysely%'`,
      )
      .all() as { name: string }[]
    const tallies = await using(original, talliesOf)
    expect(Object.keys(tallies).sort()).toEqual(tables.map(({ name }) => name).sort())
    expect(Object.entries(tallies).filter(([, { rows }]) => rows === 0)).toEqual([])
  })

  it('goes from a folder by file to PostgreSQL, by file back to a folder, and is the same each time', async () => {
    const expected = await using(original, talliesOf)
    const [onServer, empty, back] = [database(), database(), folder()]
    await restoreShop(whole, onServer)
    await using(empty, async () => undefined)
    expect(await indicesOf(onServer)).toEqual(await indicesOf(empty))
    expect(await using(onServer, talliesOf)).toEqual(expected)
    await restoreShop(await backUp(onServer), back)
    expect(await using(back, talliesOf)).toEqual(expected)
    for (const place of [onServer, back]) {
      await using(place, async (store) => {
        expect(await store.generations.live(shop)).toBe(generation)
        expect((await store.generations.artefacts(generation)).map(({ bytes }) => bytes.length)).toEqual([
          0,
          artefact.length,
        ])
        expect(await store.generations.rollback(shop, 1, 'back')).toBe('g1')
        const log = await using(original, (from) => collect(from.events.scan({ catalogue: shop })))
        expect(await collect(store.events.scan({ catalogue: shop }))).toEqual(log)
        // Numbers go on behind those that were given, also to what was erased since.
        const last = expected.events.given
        await store.events.append([event(123_456), event(1)], 9)
        expect((await store.events.counts(shop)).lastSequence).toBeGreaterThan(last)
        const records = await collect(store.catalogues.scan(shop))
        expect(records.map(({ title }) => title).sort()).toEqual([...hardTexts].sort())
      })
    }
  })

  it('moves from a folder to an old PostgreSQL, on to a new one, and back at once, keys and all, and the first place keeps what it had', async () => {
    const expected = await using(original, talliesOf)
    const { dataFolder } = original
    const [onOld, onNew] = [oldest, server].map((on): ShopPlace => ({ ...database(on), dataFolder }))
    const back = folder()
    const key = keptKey(dataFolder, 'admin.key')
    const { tables, place } = await moveShop(original, onOld)
    expect(place).toMatch(/PostgreSQL.*carry_/)
    expect(await cutByMonth(onOld, Date.UTC(2023, 9, 15))).toBe(true)
    expect(await using(onOld, talliesOf)).toMatchObject(tables)
    await expect(cutByMonth(original, 1)).rejects.toThrow(/lies in a file/)
    await moveShop(onOld, onNew)
    expect(await using(onNew, talliesOf)).toMatchObject(tables)
    await moveShop(onNew, back)
    expect(await using(back, talliesOf)).toEqual(expected)
    expect(await using(original, talliesOf)).toEqual(expected)
    expect(keptKey(back.dataFolder, 'admin.key')).toBe(key)
  })

  it('is not moved while somebody serves it, nor over another shop', async () => {
    const claim = await claimFolder(original.dataFolder, { role: 'serve' })
    await expect(moveShop(original, database())).rejects.toMatchObject({ code: 'busy' })
    claim.release()
    const [taken, onServer] = [folder(), database()]
    await using(taken, (store) => store.events.append(events(1), 1))
    await using(onServer, (store) => store.reports.put(shop, 'quality', {}, 1))
    const before = [await using(taken, talliesOf), await using(onServer, talliesOf)]
    for (const place of [taken, onServer]) {
      await expect(restoreShop(whole, place)).rejects.toThrow(/already.*empty/)
      await expect(moveShop(original, place)).rejects.toThrow(/already.*empty/)
    }
    expect([await using(taken, talliesOf), await using(onServer, talliesOf)]).toEqual(before)
  })

  it('comes back as of a time without the events, exposures and imports since, and numbers are not given twice', async () => {
    const place = folder()
    await using(place, async (store) => {
      await fillShop(store)
      await store.events.append([event(8_000)], 2_000)
    })
    const [file, restored] = [await backUp(place), folder()]
    await restoreShop(file, restored, { untilMs: 6 })
    await using(restored, async (store) => {
      expect(await store.imports.list()).toEqual([])
      const { rows } = (await using(original, talliesOf)).events
      const log = await collect(store.events.scan({ catalogue: shop }))
      expect(log).toHaveLength(rows - 1) // without the event of the import
      expect(await collect(store.exposures.scan(shop, 0, Infinity))).toEqual([])
      const { given } = (await using(place, talliesOf)).events
      await store.events.append([event(8_000)], 9)
      expect((await store.events.counts(shop)).lastSequence).toBe(given + 1)
    })
  })

  it('is restored where a restore was killed before it was whole', async () => {
    const place = folder()
    mkdirSync(place.dataFolder)
    for (const end of ['', '-wal']) writeFileSync(`${storeFile(place.dataFolder)}.filling${end}`, 'half a shop')
    await restoreShop(whole, place)
    expect(await using(place, talliesOf)).toEqual(await using(original, talliesOf))
    expect(existsSync(`${storeFile(place.dataFolder)}.filling`)).toBe(false)
  })

  it('takes its keys along only where asked, and not into a folder that has others', async () => {
    expect((await readBackup(whole)).keys).toBeNull()
    const file = await backUp(original, { 'admin.key': 'secret' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const [restored, taken] = [folder(), folder()]
    await restoreShop(file, restored)
    expect(readFileSync(join(restored.dataFolder, 'admin.key'), 'utf8')).toBe('secret')
    const claim = await claimFolder(taken.dataFolder, { role: 'test' })
    claim.release()
    keptKey(taken.dataFolder, 'admin.key')
    await expect(restoreShop(file, taken)).rejects.toThrow(/another admin.key/)
    keptKey(original.dataFolder, 'admin.key')
    await expect(moveShop(original, taken)).rejects.toThrow(/another admin.key/)
    expect(existsSync(storeFile(taken.dataFolder))).toBe(false)
    await expect(moveShop(folder(), folder())).rejects.toMatchObject({ code: 'not-found' })
    const foreign = await backUp(original, { '../escape': 'x' })
    await expect(restoreShop(foreign, folder())).rejects.toThrow(/none of ours/)
  })
})

describe('a backup', () => {
  for (const [name, make] of [
    ['a folder', folder],
    ['PostgreSQL', database],
  ] as const) {
    it(`of ${name} that is written to meanwhile holds all that was acknowledged before it began, and no half of a batch`, async () => {
      const [place, file, restored] = [make(), newFile(), folder()]
      await using(place, async (store) => {
        let acknowledged = 0
        let goOn = true
        const write = async () => {
          while (goOn) {
            const some = Array.from({ length: 20 }, (_, at) => event(acknowledged * 20 + at))
            await store.events.append(some, 1)
            acknowledged++
            // SQLite never waits: without this nobody else would have a turn.
            await new Promise((resolve) => setImmediate(resolve))
            await store.reports.put(shop, 'batches', acknowledged, 1)
            if (acknowledged % 10 === 0) await store.people.erase(['nobody' as never])
          }
        }
        const writing = write()
        while (acknowledged < 50) await new Promise((resolve) => setImmediate(resolve))
        const before = acknowledged
        await store.snapshot((snapshot) => writeBackup(file, snapshot, { atMs: 1 }))
        const after = acknowledged
        goOn = false
        await writing
        expect(after).toBeGreaterThan(before)
        await restoreShop(file, restored)
        await using(restored, async (copy) => {
          const kept = (await collect(copy.events.scan({ catalogue: shop }))).length
          expect(kept % 20).toBe(0)
          expect(kept / 20).toBeGreaterThanOrEqual(before)
          const report = (await copy.reports.latest(shop, 'batches'))?.report as number
          expect([kept / 20, kept / 20 - 1]).toContain(report)
        })
        // The log, which the backup held, is emptied when it ends.
        if (name === 'a folder') {
          await store.people.erase(['nobody' as never])
          expect(statSync(`${storeFile(place.dataFolder)}-wal`).size).toBe(0)
        }
      })
    })
  }

  it('of a shop whose tables were older is restored, and brought up to date', async () => {
    const [old, file, restored] = [sqliteDatabase(newFile()), newFile(), folder()]
    await migrate(old, sqliteTypes, 'an old shop', { step: '0002-search' })
    const row = { hash: 'ab', sealed: Uint8Array.of(7), rights: '{}', created_at_ms: 1, deleted_at_ms: null }
    await old.insertInto('keys').values(row).execute()
    await writeBackup(file, await snapshotOver(old), { atMs: 1 })
    await old.destroy()
    expect(Object.keys((await readBackup(file)).counts)).not.toContain('search_counts')
    await restoreShop(file, restored)
    await using(restored, async (store) => {
      expect((await store.keys.list()).map(({ sealed }) => [...sealed])).toEqual([[7]])
      expect(await store.searches.list(shop, shop, 0, 1)).toEqual([])
    })
    // A database that has the newer tables already would have to lose them.
    const onServer = database()
    await using(onServer, async () => undefined)
    await expect(restoreShop(file, onServer)).rejects.toThrow(/newer version.*another schema/)
  })

  it('of a newer version is refused by its step', async () => {
    const file = newFile()
    await using(original, (store) =>
      store.snapshot((snapshot) => writeBackup(file, { ...snapshot, step: '9999-tomorrow' }, { atMs: 1 })),
    )
    await expect(restoreShop(file, folder())).rejects.toThrow(/newer Haggle \(step 9999-tomorrow\)/)
  })

  it('that was changed anywhere is refused before anything is written, or restores the very same', async () => {
    const bytes = readFileSync(whole)
    const expected = (await readBackup(whole)).counts
    let refused = 0
    const positions = Array.from({ length: 20 }, (_, at) => Math.floor((at * bytes.length) / 20))
    for (const position of positions) {
      const changed = Buffer.from(bytes)
      changed[position] ^= 1 << (position % 8)
      const file = newFile()
      writeFileSync(file, changed)
      const outcome = await readBackup(file).catch((error: unknown) => error as Error)
      if ('message' in outcome) {
        refused++
        expect(outcome).toMatchObject({ code: 'bad-data', message: expect.stringContaining(file) as string })
      } else expect(outcome.counts).toEqual(expected)
    }
    expect(refused).toBeGreaterThan(16)
    const place = folder()
    const file = newFile()
    writeFileSync(file, bytes.subarray(0, bytes.length - 1000))
    await expect(restoreShop(file, place)).rejects.toThrow(/damaged/)
    expect(existsSync(place.dataFolder)).toBe(false)
  })

  /** Whole as gzip, so that what is found is found by us. */
  const rewritten = (change: (lines: string[]) => string[]) => {
    const file = newFile()
    const lines = gunzipSync(readFileSync(whole)).toString().trimEnd().split('\n')
    writeFileSync(file, gzipSync(`${change(lines).join('\n')}\n`))
    return file
  }
  const withHead = (change: object) =>
    rewritten(([head, ...rest]) => [JSON.stringify({ ...(JSON.parse(head) as object), ...change }), ...rest])

  it('that was cut, mixed up or written by another version is refused in words', async () => {
    expect((await readBackup(rewritten((lines) => lines))).atMs).toBe(1)
    const cases: [string, RegExp][] = [
      [rewritten((lines) => lines.slice(0, -1)), /damaged in or behind table vectors .*was cut/],
      [rewritten((lines) => lines.slice(0, 3)), /was cut/],
      [rewritten((lines) => [...lines, lines[1]]), /at its end .*more follows/],
      [rewritten((lines) => [lines[0], ...lines.slice(2)]), /damaged somewhere .*checksum/],
      [rewritten((lines) => lines.map((line) => line.replace('Product viewed', 'Product reviewed'))), /checksum/],
      [rewritten(([head]) => [head, '{"table":"other","rows":[]}']), /no page/],
      [rewritten(([head]) => [head, '{"table":']), /no JSON/],
      [rewritten((lines) => lines.slice(1)), /no backup of Haggle/],
      [withHead({ tables: [{ table: 'events' }] }), /in its head/],
      [withHead({ haggleBackup: 2 }), /format 2, and this Haggle reads 1/],
    ]
    for (const [file, message] of cases) await expect(restoreShop(file, folder())).rejects.toThrow(message)
    const plain = newFile()
    writeFileSync(plain, 'objectID,title\n')
    await expect(restoreShop(plain, folder())).rejects.toThrow(/no backup of Haggle/)
    await expect(restoreShop(join(scratch, 'none'), folder())).rejects.toMatchObject({ code: 'not-found' })
  })

  it('names its file only when it is whole, and never writes over one', async () => {
    await expect(backUpTo(whole)).rejects.toThrow(/already/)
    const file = newFile()
    const cancelled = AbortSignal.abort()
    await expect(backUpTo(file, cancelled)).rejects.toMatchObject({ code: 'cancelled' })
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
    await expect(backUpTo(join(scratch, 'no', 'such', 'folder'))).rejects.toThrow(/could not be written/)
  })

  const backUpTo = (file: string, signal?: AbortSignal) =>
    using(original, (store) => store.snapshot((snapshot) => writeBackup(file, snapshot, { atMs: 1, signal })))
})
