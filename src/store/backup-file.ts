/**
 * A shop in one file, which both databases can be filled from.
 *
 * Gzip of JSON lines, so that `zcat` shows it: first a head (format, step of the tables, their shapes, when, the keys of
 * the folder where asked), then pages `{"table", "rows": [[…], …]}` with the cells in the order of the head's columns
 * and bytes as base64, last a tail with counts and checksums by table and SHA-256 of all lines before it. Written and
 * read as a stream: memory is a page. It takes its name only when it is whole and on disk.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { createBreathe } from '../base/breathe.ts'
import { type Progress, silentProgress } from '../base/progress.ts'
import { HaggleError, isCancelled } from '../domain/errors.ts'
import { noteOf } from './fill.ts'
import { messageOf } from './migrate.ts'
import type { Page, Snapshot, TableShape, Tally } from './store.ts'
import { createTallies, isSame, readLine, writeLine } from './tally.ts'

const format = 1

/** Files of the data folder, by name. */
export type FolderKeys = Readonly<Record<string, string>>

const count = Type.Integer({ minimum: 0 })
const shape = Type.Object({
  table: Type.String(),
  columns: Type.Array(Type.String()),
  bytes: Type.Array(Type.String()),
  key: Type.Array(Type.String()),
  grows: Type.Union([Type.String(), Type.Null()]),
  given: count,
})
const headLine = Type.Object({
  haggleBackup: count,
  step: Type.String(),
  atMs: Type.Number(),
  tables: Type.Array(shape),
  keys: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
})
const tally = Type.Object({ rows: count, checksum: Type.String() })
const pageRows = Type.Array(Type.Array(Type.Union([Type.String(), Type.Number(), Type.Null()])))
const tailLine = Type.Object({
  tail: Type.Object({ tables: Type.Record(Type.String(), tally), sha256: Type.String() }),
})

type Head = Omit<Static<typeof headLine>, 'tables'> & { readonly tables: readonly TableShape[] }
type Tail = Static<typeof tailLine>['tail']
type Line = Head | { readonly table: string; readonly rows: unknown } | { readonly tail: Tail }

export interface BackupReport {
  readonly file: string
  readonly bytes: number
  readonly atMs: number
  readonly withKeys: boolean
  readonly tables: Readonly<Record<string, Tally>>
}

/** A backup that has been read from end to end and is whole. */
export interface Backup extends Snapshot {
  readonly atMs: number
  readonly keys: FolderKeys | null
  readonly counts: Readonly<Record<string, Tally>>
}

export interface BackupOptions {
  readonly atMs: number
  readonly keys?: FolderKeys
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

export async function writeBackup(file: string, snapshot: Snapshot, options: BackupOptions): Promise<BackupReport> {
  const { atMs, keys = null, signal } = options
  if (existsSync(file)) throw new HaggleError('bad-request', `There is a file ${file} already: name another one.`)
  const part = `${file}.part`
  let tail: Tail | null = null
  const lines = linesOf(
    snapshot,
    { haggleBackup: format, step: snapshot.step, atMs, tables: snapshot.tables, keys },
    options,
  )
  try {
    // What shoppers did is nobody's business but the owner's.
    await pipeline(
      Readable.from(noting(lines, (last) => (tail = last))),
      createGzip({ level: 4 }),
      createWriteStream(part, { mode: 0o600 }),
      { signal },
    )
    await toDisk(part)
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw signal?.aborted
      ? new HaggleError('cancelled', 'The backup was cancelled: no file was kept.')
      : unwritable(file, error)
  }
  const { tables } = tail as unknown as Tail
  return { file, bytes: (await stat(file)).size, atMs, withKeys: keys !== null, tables }
}

async function* linesOf(
  snapshot: Snapshot,
  head: Head,
  { progress = silentProgress, signal }: BackupOptions,
): AsyncGenerator<Line | string> {
  const order = snapshot.tables.map(({ table }) => table)
  const tallies = createTallies()
  yield head
  for await (const { shape: own, rows } of snapshot.pages(signal)) {
    const { table } = own
    const written = rows.map((row) => writeLine(own, row))
    for (const line of written) tallies.add(table, line)
    yield `{"table":${JSON.stringify(table)},"rows":[${written.join()}]}`
    progress.report('back up', order.indexOf(table), order.length, noteOf(table, tallies.of(table)))
  }
  const tables = Object.fromEntries(order.map((table) => [table, tallies.of(table)]))
  yield { tail: { tables, sha256: '' } }
  progress.report('back up', order.length, order.length)
}

/** As text, with the hash of what came before in the tail. */
async function* noting(lines: AsyncIterable<Line | string>, onTail: (tail: Tail) => void): AsyncGenerator<string> {
  const sha256 = createHash('sha256')
  for await (const line of lines) {
    if (typeof line === 'object' && 'tail' in line) {
      const tail = { ...line.tail, sha256: sha256.digest('hex') }
      onTail(tail)
      yield `${JSON.stringify({ tail })}\n`
      return
    }
    const text = `${typeof line === 'string' ? line : JSON.stringify(line)}\n`
    sha256.update(text)
    yield text
  }
}

/** Reads it all, and hands it out only where every count and checksum is right. Rejects with `bad-data`, naming what is wrong. */
export async function readBackup(file: string, task: Pick<BackupOptions, 'progress' | 'signal'> = {}): Promise<Backup> {
  const { progress = silentProgress, signal } = task
  let head: Head | null = null
  let counts: Tail['tables'] = {}
  const tallies = createTallies()
  const breathe = createBreathe(signal)
  for await (const part of partsOf(file)) {
    if ('haggleBackup' in part) head = part
    else if ('tail' in part) counts = part.tail.tables
    else {
      const { table } = part.shape
      for (const row of part.rows) tallies.add(table, writeLine(part.shape, row))
      progress.report('check', 0, 1, noteOf(table, tallies.of(table)))
    }
    await breathe()
  }
  const { step, tables, atMs, keys } = head as unknown as Head
  for (const { table } of tables) {
    if (isSame(counts[table], tallies.of(table))) continue
    const [is, should] = [tallies.of(table).rows, counts[table]?.rows]
    throw damaged(file, `in table ${table}`, `${is} rows where it says ${should}, or other ones`)
  }
  progress.report('check', 1, 1)
  return { step, tables, atMs, keys, counts, pages: (stop) => pagesIn(file, stop) }
}

async function* pagesIn(file: string, signal?: AbortSignal): AsyncGenerator<Page> {
  const breathe = createBreathe(signal)
  for await (const part of partsOf(file)) {
    if ('shape' in part) yield part
    await breathe()
  }
}

/** The lines in words, the first a head and the last a tail whose hash is right. */
async function* partsOf(file: string): AsyncGenerator<Head | Page | { readonly tail: Tail }> {
  const sha256 = createHash('sha256')
  let shapes: ReadonlyMap<string, TableShape> | null = null
  let where = 'at its beginning'
  let ended = false
  for await (const text of textLines(file, () => where)) {
    const line = parse(file, text, where)
    if (ended) throw damaged(file, 'at its end', 'more follows')
    if (shapes === null) {
      const head = requireHead(file, line)
      shapes = new Map(head.tables.map((each) => [each.table, each]))
      where = 'behind its head'
      yield head
    } else if (Value.Check(tailLine, line)) {
      ended = true
      if (line.tail.sha256 !== sha256.digest('hex')) throw damaged(file, 'somewhere', 'its checksum is another one')
      yield line
      continue
    } else {
      const page = 'rows' in line ? readPage(shapes, line) : null
      if (page === null) throw damaged(file, where, 'a line that is no page')
      where = `in or behind table ${page.shape.table}`
      yield page
    }
    sha256.update(text).update('\n')
  }
  if (!ended) throw damaged(file, where, 'it ends there: it was cut, or never written to its end')
}

function readPage(
  shapes: ReadonlyMap<string, TableShape>,
  { table, rows }: { readonly table: string; readonly rows: unknown },
): Page | null {
  const known = shapes.get(table)
  if (known === undefined || !Value.Check(pageRows, rows)) return null
  return rows.every((row) => row.length === known.columns.length)
    ? { shape: known, rows: rows.map((row) => readLine(known, row)) }
    : null
}

function parse(file: string, text: string, where: string): Line {
  try {
    const line: unknown = JSON.parse(text)
    if (typeof line === 'object' && line !== null) return line as Line
  } catch {
    // said below
  }
  throw where === 'at its beginning' ? noBackup(file) : damaged(file, where, 'a line that is no JSON')
}

function requireHead(file: string, line: Line): Head {
  if (!('haggleBackup' in line)) throw noBackup(file)
  if (line.haggleBackup === format) {
    if (Value.Check(headLine, line)) return line
    throw damaged(file, 'in its head', 'something in it is missing')
  }
  throw new HaggleError(
    'bad-data',
    `Backup ${file} has format ${String(line.haggleBackup)}, and this Haggle reads ${format}: restore it with the version that wrote it.`,
  )
}

/** Lines end at a line feed and nowhere else: texts may hold every other kind of break. */
async function* textLines(file: string, where: () => string): AsyncGenerator<string> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 })
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error)).pipe(gunzip)
  let rest: Buffer[] = []
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8')
        rest = []
        from = end + 1
      }
      rest.push(chunk.subarray(from))
    }
  } catch (error) {
    if (error instanceof HaggleError) throw error
    if (codeOf(error) === 'Z_DATA_ERROR' && /incorrect header check/.test(messageOf(error))) throw noBackup(file)
    if (codeOf(error).startsWith('Z_')) throw damaged(file, where(), messageOf(error))
    throw new HaggleError('not-found', `Backup ${file} cannot be read: ${messageOf(error)}`, { cause: error })
  } finally {
    source.destroy()
    gunzip.destroy()
  }
  if (Buffer.concat(rest).length > 0) throw damaged(file, where(), 'its last line has no end')
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function damaged(file: string, where: string, why: string): HaggleError {
  return new HaggleError(
    'bad-data',
    `Backup ${file} is damaged ${where} (${why}): nothing was restored. Take another one.`,
  )
}

function noBackup(file: string): HaggleError {
  return new HaggleError('bad-data', `${file} is no backup of Haggle: expected a file that \`haggle backup\` wrote.`)
}

function unwritable(file: string, error: unknown): unknown {
  if (error instanceof HaggleError || isCancelled(error)) return error
  return new HaggleError(
    'bad-request',
    `The backup ${file} could not be written (${messageOf(error)}): check the folder, its rights and the disk's space.`,
    { cause: error },
  )
}

async function toDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.sync().finally(() => handle.close())
}
