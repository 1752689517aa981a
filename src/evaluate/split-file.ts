/** Opens a file of a published data set, gzipped or plain: its lines as fields. */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { Rng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'

/** Fields are separated by white space; an empty line has none. @throws `bad-data` where the file cannot be read. */
export async function readFields(path: string): Promise<string[][]> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new HaggleError('bad-data', `Cannot read the split file ${path}: ${error.message}`)
  })
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  return text.split('\n').map((line) => line.split(/\s+/).filter((field) => field !== ''))
}

/** A table with a header line: one object a line, keyed by column. @throws `bad-data` where a column is missing or a line short. */
export async function readTable<Column extends string>(
  path: string,
  columns: readonly Column[],
): Promise<Readonly<Record<Column, string>>[]> {
  const [header = [], ...lines] = await readFields(path)
  const places = columns.map((column) => header.indexOf(column))
  const missing = columns.filter((_, at) => places[at] < 0)
  if (missing.length > 0) {
    throw new HaggleError('bad-data', `${path} has no column ${missing.join(', ')}. Its header: ${header.join(' ')}.`)
  }
  return lines.flatMap((fields, line) => {
    if (fields.length === 0) return []
    if (fields.length < header.length) {
      throw new HaggleError(
        'bad-data',
        `${path}, line ${line + 2}: ${fields.length} fields, expected ${header.length}.`,
      )
    }
    return [Object.fromEntries(columns.map((column, at) => [column, fields[places[at]]])) as Record<Column, string>]
  })
}

/** @throws `bad-data` naming the file and line where `field` is not a whole number from 0. */
export function wholeNumber(field: string | undefined, path: string, line: number): number {
  const value = Number(field ?? NaN)
  if (Number.isInteger(value) && value >= 0) return value
  throw new HaggleError(
    'bad-data',
    `${path}, line ${line + 1}: expected a whole number from 0, found "${field ?? ''}".`,
  )
}

/**
 * Numbers distinct ids from 0 in a random order. Ids often follow their first appearance or their popularity, and ties
 * go to the lower number: an order that knows something would be taken for skill.
 */
export function shuffledNumbers(ids: Iterable<string>, rng: Rng): ReadonlyMap<string, number> {
  return new Map(rng.shuffle([...new Set(ids)].sort()).map((id, number) => [id, number]))
}
