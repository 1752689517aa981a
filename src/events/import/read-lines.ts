/** Reads files whose every line stands alone: JSON lines, columns between white space, lists of items a user. */
import type { FileRow, FormatOf, Row } from './file-format.ts'

/** The rows of one line; none for an empty one. */
type ReadLine = (line: string, lineNumber: number) => FileRow[]

export function readJsonLines(text: AsyncIterable<string>): AsyncGenerator<FileRow[]> {
  return readLines(text, (line, rowNumber) => {
    try {
      const value: unknown = JSON.parse(line)
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return [{ rowNumber, row: value as Row }]
      return [{ rowNumber, row: null, problem: 'the line is no JSON object' }]
    } catch {
      return [{ rowNumber, row: null, problem: 'the line is no valid JSON' }]
    }
  })
}

export function readSpaces(text: AsyncIterable<string>, { columns }: FormatOf<'spaces'>): AsyncGenerator<FileRow[]> {
  return readLines(text, (line, rowNumber) => {
    const cells = line.split(/\s+/)
    if (cells.length < columns.length) return [{ rowNumber, row: null, problem: 'the row has too few columns' }]
    if (cells.length > columns.length) return [{ rowNumber, row: null, problem: 'the row has too many columns' }]
    return [{ rowNumber, row: Object.fromEntries(columns.map((name, at) => [name, cells[at]])) }]
  })
}

/** `user item item …`, oldest first: a row for each item with its place in the list, evenly from 0 to 1. */
export function readLists(text: AsyncIterable<string>): AsyncGenerator<FileRow[]> {
  return readLines(text, (line, rowNumber) => {
    const [user, ...items] = line.split(/\s+/)
    return items.map((item, at) => ({ rowNumber, row: { user, item, share: (at + 0.5) / items.length } }))
  })
}

async function* readLines(text: AsyncIterable<string>, read: ReadLine): AsyncGenerator<FileRow[]> {
  let open = ''
  let lineNumber = 0
  const readAll = (lines: readonly string[]) =>
    lines.flatMap((line) => {
      lineNumber++
      const trimmed = line.trim()
      return trimmed === '' ? [] : read(trimmed, lineNumber)
    })
  for await (const piece of text) {
    const lines = (open + piece).split('\n')
    open = lines.pop() ?? ''
    const rows = readAll(lines)
    if (rows.length > 0) yield rows
  }
  const rows = readAll([open])
  if (rows.length > 0) yield rows
}
