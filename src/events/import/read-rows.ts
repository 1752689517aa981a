/** One door to every kind of file: rows in batches, in the file's order. */
import { basename } from 'node:path'
import { HaggleError } from '../../domain/errors.ts'
import type { FileFormat, FileRow } from './file-format.ts'
import { readBaskets, readJson } from './read-json.ts'
import { readJsonLines, readLists, readSpaces } from './read-lines.ts'
import { readParquet } from './read-parquet.ts'
import { readTable } from './read-table.ts'
import { type OnBytes, readText } from './text-source.ts'

/** Rejects with `bad-data` naming the file and the row where reading cannot go on. */
export async function* readRows(path: string, format: FileFormat, onBytes?: OnBytes): AsyncGenerator<FileRow[]> {
  let lastRow = 0
  try {
    for await (const rows of open(path, format, onBytes)) {
      lastRow = rows.at(-1)?.rowNumber ?? lastRow
      yield rows
    }
  } catch (error) {
    if (!(error instanceof HaggleError)) throw error
    const place = lastRow === 0 ? '' : `, after row ${lastRow}`
    throw new HaggleError(error.code, `${basename(path)} cannot be read${place}: ${error.message}`)
  }
}

function open(path: string, format: FileFormat, onBytes?: OnBytes): AsyncGenerator<FileRow[]> {
  const text = () => readText(path, ('encoding' in format ? format.encoding : undefined) ?? 'utf-8', onBytes)
  switch (format.kind) {
    case 'table':
      return readTable(text(), format)
    case 'spaces':
      return readSpaces(text(), format)
    case 'lists':
      return readLists(text())
    case 'json-lines':
      return readJsonLines(text())
    case 'json':
      return readJson(text())
    case 'baskets':
      return readBaskets(text())
    case 'parquet':
      return readParquet(path, onBytes)
  }
}
