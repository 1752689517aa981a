/** Reads tables: CSV, TSV or any separator, with quoted separators and line breaks, as RFC 4180 has them. */
import Papa from 'papaparse'
import { HaggleError } from '../../domain/errors.ts'
import type { FileRow, FormatOf } from './file-format.ts'

/** Characters; a row that is open for longer was never closed, and would be read again with every piece. */
const longestRow = 4_000_000

/** Rows of a table whose text arrives in pieces; the piece's end may fall anywhere. */
export async function* readTable(text: AsyncIterable<string>, format: FormatOf<'table'>): AsyncGenerator<FileRow[]> {
  const read = createRowReader(format)
  let open = ''
  for await (const piece of text) {
    open += piece
    const parsed = read.cells(open, true)
    open = open.slice(parsed.end)
    if (open.length > longestRow) throw strayQuote(`and not closed within ${longestRow} characters`)
    if (parsed.rows.length > 0) yield read.rows(parsed.rows)
  }
  const parsed = read.cells(open, false)
  if (parsed.rows.length > 0) yield read.rows(parsed.rows)
}

interface RowReader {
  /** The cells of the whole rows in `text`, and where they end. With `more` to come, the last row stays open. */
  cells(text: string, more: boolean): { rows: string[][]; end: number }
  rows(cells: readonly string[][]): FileRow[]
}

function createRowReader(format: FormatOf<'table'>): RowReader {
  let delimiter = format.delimiter
  let columns = format.columns
  let rowNumber = 0
  const quoted = format.quoted ?? true

  /** Numbers a row of cells that is still to come, as `rows` will. */
  function numberOf(cells: readonly string[][], at: number): number {
    const before = cells.slice(0, at).filter((row) => !isBlank(row)).length
    return rowNumber + before + (columns === undefined ? 0 : 1)
  }

  return {
    cells: (text, more) => {
      delimiter ??= guessDelimiter(text)
      const parser = new Papa.Parser({ delimiter, fastMode: quoted ? undefined : true })
      const { data, meta, errors } = parser.parse(text, 0, more) as Parsed
      const fault = errors.find((error) => isOpenQuote(error, data))
      if (fault !== undefined) throw strayQuote(`in row ${numberOf(data, fault.row)}`)
      return { rows: data, end: meta.cursor }
    },
    rows: (list) => {
      const rows: FileRow[] = []
      for (const cells of list) {
        if (isBlank(cells)) continue
        const last = cells.length - 1
        if (cells[last].endsWith('\r')) cells[last] = cells[last].slice(0, -1)
        if (columns === undefined) columns = cells.map((name) => name.trim())
        else rows.push(toRow(cells, columns, ++rowNumber))
      }
      return rows
    },
  }
}

interface Parsed {
  readonly data: string[][]
  readonly errors: readonly { readonly code: string; readonly row: number }[]
  readonly meta: { readonly cursor: number }
}

/**
 * A quotation mark that was never closed, or closed in the middle of a cell and so only somewhere below, has swallowed
 * the rows between. One closed within its own line does no harm.
 */
function isOpenQuote({ code, row }: Parsed['errors'][number], data: readonly string[][]): boolean {
  if (row >= data.length) return false
  return code === 'MissingQuotes' || (code === 'InvalidQuotes' && data[row].some((cell) => cell.includes('\n')))
}

function strayQuote(where: string): HaggleError {
  return new HaggleError(
    'bad-data',
    `a quotation mark is opened ${where} and swallows what follows: mend it or, if quotation marks are just letters here, say "quoted": false in the mapping's format`,
  )
}

/** A line break at the end of the file is no row, and one of Windows leaves half of itself behind. */
function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0].trim() === ''
}

function toRow(cells: readonly string[], columns: readonly string[], rowNumber: number): FileRow {
  if (cells.length < columns.length) return { rowNumber, row: null, problem: 'the row has too few columns' }
  if (cells.slice(columns.length).some((cell) => cell !== '')) {
    return { rowNumber, row: null, problem: 'the row has too many columns' }
  }
  const row: Record<string, string> = {}
  for (let at = 0; at < columns.length; at++) row[columns[at]] = cells[at]
  return { rowNumber, row: row }
}

/** The separator that cuts the first lines into most columns, as many in each. */
export function guessDelimiter(text: string): string {
  return Papa.parse(text.slice(0, 10_000), { preview: 10 }).meta.delimiter || ','
}
