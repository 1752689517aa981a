import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteFile } from 'hyparquet-writer'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../../base/clock.ts'
import { defaultConfig } from '../../base/config.ts'
import { type Progress, silentProgress } from '../../base/progress.ts'
import type { ShopEvent } from '../../domain/event.ts'
import type { CatalogueId, ItemId } from '../../domain/ids.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import type { ImportRequest } from './plan-file.ts'
import { runImport } from './run-import.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const catalogue = 'shop' as CatalogueId
const clock = createManualClock(Date.UTC(2026, 0, 1))
let store: Store
beforeEach(async () => {
  store = await openSqliteStore({ file: ':memory:' })
})
afterEach(() => store.close())

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

interface How extends Partial<ImportRequest> {
  readonly mapping?: unknown
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

async function importFiles(paths: readonly string[], { mapping, progress, signal, ...more }: How = {}) {
  const files = paths.map((path) => ({ path, ...(mapping === undefined ? {} : { mapping }) }))
  const run = { store, clock, config: defaultConfig().preprocess, progress: progress ?? silentProgress }
  return (await runImport({ catalogue, files, ...more }, { ...run, ...(signal && { signal }) })).files
}

async function stored(): Promise<Omit<ShopEvent, 'id'>[]> {
  const all: Omit<ShopEvent, 'id'>[] = []
  for await (const events of store.events.scan({ catalogue })) {
    all.push(...events.map(({ id: _, sequence: __, ...event }) => event))
  }
  return all
}

const empty = async () => {
  expect(await stored()).toEqual([])
  expect(await store.catalogues.list()).toEqual([])
  expect(await store.imports.list()).toEqual([])
}

const startMs = Date.UTC(2025, 5, 1)
const rows = Array.from({ length: 40 }, (_, at) => ({
  user: `u${at % 7}`,
  item: `i"${at % 9}, é`,
  type: at % 5 === 0 ? 'purchase' : 'view',
  time: startMs + at * 1000,
  price: 10 + at,
}))
const columns = ['user', 'item', 'type', 'time', 'price'] as const
const lines = rows.map((row) => JSON.stringify(row)).join('\n')
const quoted = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`
const csv = (separator: string, end: string) =>
  [columns.join(separator), ...rows.map((row) => columns.map((name) => quoted(row[name])).join(separator))].join(end)

function parquet(name: string): string {
  parquetWriteFile({
    filename: join(folder, name),
    columnData: [
      { name: 'user', data: rows.map(({ user }) => user), type: 'STRING' },
      { name: 'item', data: rows.map(({ item }) => item), type: 'STRING' },
      { name: 'type', data: rows.map(({ type }) => type), type: 'STRING' },
      { name: 'time', data: rows.map(({ time }) => new Date(time)), type: 'TIMESTAMP' },
      { name: 'price', data: rows.map(({ price }) => price), type: 'DOUBLE' },
    ],
    rowGroupSize: 15,
  })
  return join(folder, name)
}

describe('the same log gives the same events', () => {
  const written: Readonly<Record<string, () => string>> = {
    'as JSON lines': () => write('log.jsonl', lines),
    'as JSON lines, gzipped under another name': () => write('log.txt', gzipSync(lines)),
    'as one JSON array': () => write('log.json', JSON.stringify(rows)),
    'as a JSON object that holds the array': () => write('answer.json', JSON.stringify({ count: 40, rows }, null, 2)),
    'as CSV': () => write('log.csv', csv(',', '\n')),
    'as CSV of a spreadsheet: byte order mark, semicolons, Windows line ends': () =>
      write('sheet.csv', `\uFEFF${csv(';', '\r\n')}\r\n`),
    'as TSV': () => write('log.tsv', `${csv('\t', '\n')}\n`),
    'as Parquet': () => parquet('log.parquet'),
  }
  for (const [how, file] of Object.entries(written)) {
    it(how, async () => {
      const [report] = await importFiles([file()])
      expect(report).toMatchObject({ preset: 'haggle', outcome: 'imported' })
      expect(report.rows).toEqual({ read: 40, accepted: 40, duplicates: 0, rejected: {} })
      const events = await stored()
      expect(events.map(({ userId, itemId, type, timeMs }) => ({ userId, itemId, type, timeMs }))).toEqual(
        rows.map(({ user, item, type, time }) => ({ userId: user, itemId: item, type, timeMs: time })),
      )
      expect(events[1]).toMatchObject({ priceMinor: 1100, quantity: 1, rating: null, orderId: null, query: null })
    })
  }

  it('as gzipped Parquet', async () => {
    const [report] = await importFiles([write('log.parquet.gz', gzipSync(readFileSync(parquet('plain.parquet'))))])
    expect(report.rows.accepted).toBe(40)
  })
})

describe('an import', () => {
  it('of the same rows in another file, or of a longer export, adds only what is new', async () => {
    await importFiles([write('one.jsonl', lines)])
    const before = await stored()
    const [again] = await importFiles([write('two.csv', csv(',', '\n'))])
    expect(again.rows).toMatchObject({ accepted: 0, duplicates: 40 })
    expect(await stored()).toEqual(before)
    const more = JSON.stringify({ user: 'new', item: 'i', type: 'click', time: startMs })
    const [longer] = await importFiles([write('three.jsonl', `${lines}\n${more}\n`)])
    expect(longer.rows).toMatchObject({ read: 41, accepted: 1, duplicates: 40 })
  })

  it('under another name is known by its content', async () => {
    await importFiles([write('a.jsonl', lines)])
    expect((await importFiles([write('b.jsonl', lines)]))[0].outcome).toBe('known')
  })

  it('tried dry reports the same and writes nothing, also with a catalogue in the second file', async () => {
    const files = [write('dry.jsonl', lines), write('dry-items.jsonl', '{"objectID":"a"}\n{"objectID":"a","n":1}\n')]
    const dry = await importFiles(files, { dryRun: true })
    await empty()
    const real = await importFiles(files)
    expect(dry.map(({ rows: counts, sums }) => ({ counts, sums }))).toEqual(
      real.map(({ rows: counts, sums }) => ({ counts, sums })),
    )
    expect(real[1].rows).toMatchObject({ accepted: 1, duplicates: 1 })
    expect(await store.catalogues.get(catalogue, ['a' as ItemId])).toEqual(new Map([['a', { objectID: 'a', n: 1 }]]))
  })

  it('that was stopped after any chunk goes on behind it, and ends as if it had not been', async () => {
    const many = Array.from({ length: 17_000 }, (_, at) => ({ ...rows[at % 40], time: startMs + at * 1000 }))
    const file = write('many.jsonl', many.map((row) => JSON.stringify(row)).join('\n'))
    let stops = 0
    for (;;) {
      const abort = new AbortController()
      const firstDone = (await store.imports.list())[0]?.rowsDone ?? 0
      // Stops as soon as one more chunk has been written.
      const advance = store.imports.advance.bind(store.imports)
      store.imports.advance = async (...chunk) => {
        const result = await advance(...chunk)
        abort.abort()
        return result
      }
      const done = await importFiles([file], { signal: abort.signal }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'cancelled' })
        return null
      })
      store.imports.advance = advance
      if (done !== null) {
        expect(stops).toBeGreaterThan(0)
        expect(done[0]).toMatchObject({ outcome: 'resumed', rows: { accepted: 17_000, duplicates: 0 } })
        break
      }
      stops++
      expect((await store.imports.list())[0].rowsDone).toBeGreaterThan(firstDone)
    }
    expect(await stored()).toHaveLength(17_000)
  })

  it('of a log that mentions products adds those that are unknown and changes none that are known', async () => {
    await importFiles([write('items.jsonl', '{"objectID":"1","title":"Boot"}\n')])
    await importFiles([write('clicks.csv', 'SessionId,ItemId,Time\n7,1,1750000000\n7,2,1750000060\n')])
    expect(await store.catalogues.get(catalogue, ['1', '2'] as ItemId[])).toEqual(
      new Map([
        ['1', { objectID: '1', title: 'Boot' }],
        ['2', { objectID: '2' }],
      ]),
    )
  })
})

describe('a row that cannot be used is left out, named and counted', () => {
  const bad: readonly (readonly [unknown, string])[] = [
    [{ item: 'i', type: 'view', time: startMs }, 'there is no user'],
    [{ user: ['a'], item: 'i', type: 'view', time: startMs }, 'there is no user'],
    [{ user: 'a', type: 'view', time: startMs }, 'there is no item'],
    [{ user: 'a', type: 'search', time: startMs }, 'a search has no query'],
    [{ user: 'a', item: 'i', type: 'smell', time: startMs }, 'the type is unknown'],
    [{ user: 'a', item: 'i', type: 'view' }, 'the time cannot be read'],
    [{ user: 'a', item: 'i', type: 'view', time: 'tomorrow' }, 'the time cannot be read'],
    [{ user: 'a', item: 'i', type: 'view', time: Date.UTC(2031, 0) }, 'the time is in the future'],
    [
      { user: 'a', item: 'i', type: 'view', time: 1_700 },
      'the time is before 1995-01-01 (seconds instead of milliseconds?)',
    ],
    [{ user: 'a', item: 'i', type: 'purchase', time: startMs, price: 'cheap' }, 'the price is no number'],
    [{ user: 'a', item: 'i', type: 'purchase', time: startMs, price: -1 }, 'the price is negative'],
    [{ user: 'a', item: 'i', type: 'purchase', time: startMs, quantity: 0 }, 'the quantity is zero'],
    [{ user: 'a'.repeat(513), item: 'i', type: 'view', time: startMs }, 'an id is longer than 512 characters'],
    [5, 'the line is no JSON object'],
  ]
  for (const [row, reason] of bad) {
    it(`${JSON.stringify(row).slice(0, 80)}: ${reason}`, async () => {
      const [report] = await importFiles([write('rows.jsonl', `${lines}\n${JSON.stringify(row)}\n`)])
      expect(report.rows).toEqual({
        read: 41,
        accepted: 40,
        duplicates: 0,
        rejected: { [reason]: { count: 1, examples: [41] } },
      })
    })
  }

  it('a half-written last line, and rows with too few or too many cells', async () => {
    const [cut] = await importFiles([write('cut.jsonl', `${lines}\n{"user":"a","ite`)])
    expect(cut.rows.rejected).toEqual({ 'the line is no valid JSON': { count: 1, examples: [41] } })
    const table = `${csv(',', '\n')}\nu,i\nu,i,view,${startMs},1,2\n`
    expect((await importFiles([write('ragged.csv', table)]))[0].rows.rejected).toEqual({
      'the row has too few columns': { count: 1, examples: [41] },
      'the row has too many columns': { count: 1, examples: [42] },
    })
  })
})

describe('a file that cannot be trusted is refused by name, and nothing of any file is written', () => {
  const good = () => write('good.jsonl', lines)
  const zipped = gzipSync(lines.repeat(50))
  const files: Readonly<Record<string, readonly [() => string, RegExp]>> = {
    'an empty file': [() => write('f.csv', ''), /f\.csv is empty/],
    'a gzipped nothing': [() => write('f.jsonl.gz', gzipSync('')), /f\.jsonl\.gz cannot be read: it is empty/],
    'a header without rows': [() => write('f.csv', 'user,item,type,time\n'), /f\.csv is empty: it holds no row/],
    'a half-written gzip': [
      () => write('f.gz', zipped.subarray(0, -20)),
      /f\.gz.*ends in the middle.*not copied whole/,
    ],
    'a broken gzip': [() => write('f.gz', Buffer.from(zipped).fill(7, 40, 90)), /f\.gz.*gzip data is broken/],
    'a half-written Parquet file': [
      () => {
        const bytes = readFileSync(parquet('f.parquet'))
        return write('f.parquet', bytes.subarray(0, bytes.length - 50))
      },
      /f\.parquet cannot be read: it is no whole Parquet file/,
    ],
    'a half-written JSON array': [
      () => write('f.json', JSON.stringify(rows).slice(0, -40)),
      /f\.json cannot be read: it is no valid JSON .* was it written whole/,
    ],
    'broken UTF-8': [
      () => write('f.jsonl', Buffer.concat([Buffer.from(`${lines}\n`), Buffer.from([0x22, 0xff, 0x22])])),
      /f\.jsonl cannot be read, after row 40: byte \d+ is no UTF-8: save the file as UTF-8/,
    ],
    'UTF-16': [
      () => write('f.csv', Buffer.from(`\uFEFF${csv(',', '\n')}`, 'utf16le')),
      /f\.csv.*UTF-16: save it as UTF-8/,
    ],
    'a zip archive': [() => write('f.zip', Buffer.from('PK\x03\x04rest', 'latin1')), /f\.zip.*unpack it/],
    'bytes that are no text': [() => write('f.csv', Buffer.from([1, 2, 0, 3])), /f\.csv.*no text/],
    'a quotation mark that swallows rows': [
      () => write('f.csv', `${csv(',', '\n')}\nu,"open,view,1,1\nu,i,view,1,1\nu,i,view,1,1\n`),
      /f\.csv cannot be read.*a quotation mark is opened in row 41.*"quoted": false/,
    ],
    'a quotation mark closed only further down': [
      () => write('f.csv', `${csv(',', '\n')}\nu,"a"b,view,1,1\nu,"i",view,1,1\nu,i,view,1,1\n`),
      /f\.csv cannot be read.*a quotation mark is opened in row 41/,
    ],
    'rows most of which say nothing': [
      () => write('f.jsonl', `${lines}\n${'{"user":"a","type":"view","time":1}\n'.repeat(60)}`),
      /f\.jsonl: 60 of 100 rows cannot be used.*there is no item \(60 rows, the first are 41, 42/,
    ],
    'another shape': [
      () => write('f.csv', 'colour,taste\nred,sweet\n'),
      /f\.csv looks like none.*colour, taste.*mapping/,
    ],
    'no file at all': [() => join(folder, 'missing.csv'), /missing\.csv does not exist/],
    'a folder': [() => folder, /is no file/],
  }
  for (const [what, [file, message]] of Object.entries(files)) {
    it(what, async () => {
      await expect(importFiles([good(), file()])).rejects.toThrow(message)
      await empty()
    })
  }
})

describe('a mapping or request that is misspelt is refused by the key', () => {
  const time = { column: 'time', format: 'ms' }
  const events = { user: 'user', item: 'item', type: 'type', time }
  const wrong: readonly (readonly [How, RegExp])[] = [
    [{ mapping: { events: { ...events, itme: 'item' } } }, /unknown key "events\.itme"/],
    [{ mapping: { events: { ...events, user: 7 } } }, /"events\.user": expected a column name/],
    [{ mapping: { events, format: { kind: 'xml' } } }, /"format": expected a format/],
    [{ mapping: {} }, /neither "events" nor "items"/],
    [{ mapping: { events: { ...events, user: 'usr' } } }, /no column "usr"\. It has: user, item, type/],
    [{ mapping: { events: { ...events, time: { column: 'time', format: 'ages' } } } }, /"ages" is no time format/],
    [{ mapping: 'nobody' }, /no preset "nobody"\. There are: haggle, /],
    [{ mapping: 'amazon' }, /log\.csv looks like no file of preset amazon/],
    [{ dryrun: true } as How, /"dryrun": unexpected property/],
    [{ dryRun: 'yes' } as unknown as How, /"dryRun": expected boolean/],
    [{ files: [] }, /"files"/],
    [{ files: [{ path: 7 }] } as unknown as How, /"files\.0\.path": expected string/],
  ]
  for (const [how, message] of wrong) {
    it(JSON.stringify(how).slice(0, 100), async () => {
      await expect(importFiles([write('log.csv', csv(',', '\n'))], how)).rejects.toThrow(message)
      await empty()
    })
  }
})
