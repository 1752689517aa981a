/** Looks at the beginning of a file: enough to tell how it is written down and what it holds. */
import { basename } from 'node:path'
import { HaggleError } from '../../domain/errors.ts'
import type { FileFormat, FileRow, Row } from './file-format.ts'
import { firstRecords } from './read-json.ts'
import { parquetColumns } from './read-parquet.ts'
import { guessDelimiter, readTable } from './read-table.ts'
import { readBytes } from './text-source.ts'

export interface FileSample {
  /** Without folder and `.gz`. */
  readonly name: string
  /** What the file looks like; its own mapping may know better. */
  readonly format: FileFormat
  /** The first characters. */
  readonly start: string
  /** The first lines; empty for Parquet. */
  readonly lines: readonly string[]
  /** The columns the format gives its rows. */
  readonly columns: readonly string[]
  /** The first rows of a table or of JSON. */
  readonly rows: readonly Row[]
}

const sampleBytes = 100_000
const sampleLines = 50

/** Rejects with `bad-data` where the beginning already shows that the file is empty, broken, or no text. */
export async function sampleFile(path: string): Promise<FileSample> {
  const name = basename(path).replace(/\.gz$/i, '')
  const bytes = await beginning(path)
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') {
    const columns = await parquetColumns(path)
    return { name, format: { kind: 'parquet' }, start: 'PAR1', lines: [], columns, rows: [] }
  }
  refuseForeign(bytes)
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const lines = text.split(/\r?\n/).slice(0, sampleLines)
  // The last line may be cut by the end of the sample.
  if (lines.length > 1 && lines.length < sampleLines) lines.pop()
  const format = guessFormat(lines)
  const rows = await firstRows(text, lines, format)
  const columns = rows.length > 0 ? [...new Set(rows.flatMap((row) => Object.keys(row)))] : header(lines, format)
  return { name, format, start: text.slice(0, 200), lines: lines.filter((line) => line.trim() !== ''), columns, rows }
}

async function beginning(path: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of readBytes(path)) {
    pieces.push(piece)
    length += piece.length
    if (length >= sampleBytes) break
  }
  return Buffer.concat(pieces).subarray(0, sampleBytes)
}

/** @throws `bad-data` for what people hand in by mistake, before its bytes are taken for columns. */
function refuseForeign(bytes: Buffer): void {
  const [first, second] = bytes
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  const problem =
    bytes.length === 0
      ? 'it is empty'
      : wide
        ? 'it is UTF-16: save it as UTF-8'
        : bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04'
          ? 'it is a zip archive or a spreadsheet: unpack it, or save it as CSV'
          : bytes.includes(0)
            ? 'it is no text: CSV, JSON, lists and Parquet can be read, plain or gzipped'
            : null
  if (problem !== null) throw new HaggleError('bad-data', problem)
}

async function firstRows(text: string, lines: readonly string[], format: FileFormat): Promise<readonly Row[]> {
  if (format.kind === 'json') return firstRecords(text)
  return format.kind === 'json-lines' ? lines.flatMap(parseObject) : tableRows(lines, format)
}

function guessFormat(lines: readonly string[]): FileFormat {
  const first = lines[0]?.trimStart() ?? ''
  if (first.startsWith('{'))
    return { kind: parseObject(first).length === 1 || lines[1]?.startsWith('{') ? 'json-lines' : 'json' }
  if (first.startsWith('[')) return { kind: 'json' }
  return { kind: 'table', delimiter: guessDelimiter(lines.join('\n')) }
}

function parseObject(line: string): Row[] {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value as Row] : []
  } catch {
    return []
  }
}

async function tableRows(lines: readonly string[], format: FileFormat): Promise<Row[]> {
  if (format.kind !== 'table') return []
  const rows: FileRow[] = []
  for await (const batch of readTable(only(`${lines.join('\n')}\n`), format)) rows.push(...batch)
  return rows.map(({ row }) => row).filter((row) => row !== null)
}

function header(lines: readonly string[], format: FileFormat): string[] {
  return format.kind === 'table' ? (lines[0] ?? '').split(format.delimiter ?? ',').map((name) => name.trim()) : []
}

async function* only(text: string): AsyncGenerator<string> {
  yield text
}
