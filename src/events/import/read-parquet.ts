/** Reads Parquet files of any codec, a part of a row group at a time. */
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { HaggleError } from '../../domain/errors.ts'
import type { FileRow, Row } from './file-format.ts'
import { isGzipped, type OnBytes, readBytes } from './text-source.ts'

const rowsAtOnce = 20_000

export async function* readParquet(path: string, onBytes?: OnBytes): AsyncGenerator<FileRow[]> {
  try {
    const { file, metadata } = await openParquet(path)
    const total = Number(metadata.num_rows)
    for (const [from, until] of slices(metadata.row_groups.map((group) => Number(group.num_rows)))) {
      const rows = await parquetReadObjects({ file, metadata, compressors, rowStart: from, rowEnd: until })
      yield rows.map((row, at) => ({ rowNumber: from + at + 1, row: row as Row }))
      onBytes?.((until / total) * file.byteLength)
    }
  } catch (error) {
    throw broken(error)
  }
}

/** The columns of its rows. Rejects with `bad-data` where the file is not whole. */
export async function parquetColumns(path: string): Promise<string[]> {
  try {
    const { metadata } = await openParquet(path)
    return parquetSchema(metadata).children.map((child) => child.element.name)
  } catch (error) {
    throw broken(error)
  }
}

async function openParquet(path: string) {
  const file = heard(await openFile(path))
  return { file, metadata: await parquetMetadataAsync(file) }
}

function broken(error: unknown): HaggleError {
  if (error instanceof HaggleError) return error
  return new HaggleError('bad-data', `it is no whole Parquet file (${(error as Error).message}): was it copied whole?`)
}

/** A gzipped Parquet file is unpacked in memory: its directory stands at the end. */
async function openFile(path: string): Promise<AsyncBuffer> {
  if (!(await isGzipped(path))) return asyncBufferFromFile(path)
  const pieces: Buffer[] = []
  for await (const piece of readBytes(path)) pieces.push(piece)
  const { buffer, byteOffset, byteLength } = Buffer.concat(pieces)
  const whole = buffer.slice(byteOffset, byteOffset + byteLength)
  return { byteLength, slice: (start, end) => whole.slice(start, end) }
}

/**
 * The reader starts all columns at once and waits for none of them where it stumbles over the directory itself. A column
 * that then breaks would be a rejection nobody hears, which ends the process: so whatever is made of the bytes is heard.
 */
function heard(file: AsyncBuffer): AsyncBuffer {
  return { byteLength: file.byteLength, slice: (start, end) => heardPromise(Promise.resolve(file.slice(start, end))) }
}

function heardPromise<Value>(promise: Promise<Value>): Promise<Value> {
  const then = promise.then.bind(promise)
  void then(undefined, () => undefined)
  promise.then = (...handlers) => heardPromise(then(...handlers))
  return promise
}

/** Ranges of rows that never cross a row group, since a group is unpacked whole. */
function slices(groups: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  let start = 0
  for (const length of groups) {
    for (let from = start; from < start + length; from += rowsAtOnce) {
      ranges.push([from, Math.min(from + rowsAtOnce, start + length)])
    }
    start += length
  }
  return ranges
}
