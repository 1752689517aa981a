/** Reads files that are one JSON document. The document is in memory whole; larger logs belong in JSON lines. */
import { HaggleError } from '../../domain/errors.ts'
import type { FileRow, Row } from './file-format.ts'

const maximumCharacters = 400_000_000

export async function* readJson(text: AsyncIterable<string>): AsyncGenerator<FileRow[]> {
  yield recordsOf(await parseAll(text)).map((value, at) =>
    isRecord(value)
      ? { rowNumber: at + 1, row: value }
      : { rowNumber: at + 1, row: null, problem: 'the entry is no JSON object' },
  )
}

/** Split → user → baskets in order of time → items, as Ta-Feng is handed around. */
export async function* readBaskets(text: AsyncIterable<string>): AsyncGenerator<FileRow[]> {
  const splits = await parseAll(text)
  if (!isRecord(splits)) throw new HaggleError('bad-data', 'it is no object of splits, users and baskets')
  let rowNumber = 0
  for (const [split, users] of Object.entries(splits)) {
    for (const [user, baskets] of Object.entries(isRecord(users) ? users : {})) {
      if (!isListOfLists(baskets)) {
        yield [{ rowNumber: ++rowNumber, row: null, problem: 'the user has no list of baskets' }]
        continue
      }
      yield baskets.flatMap((items, at) => {
        const share = (at + 0.5) / baskets.length
        const basket = `${split}:${user}:${at + 1}`
        return items.map((item) => ({ rowNumber: ++rowNumber, row: { user, item, basket, share } }))
      })
    }
  }
}

/** The records in the beginning of a document: what a sample of it shows. None where it shows none. */
export function firstRecords(start: string): readonly Row[] {
  const whole = upToLastObject(start)
  try {
    return recordsOf(JSON.parse(whole)).filter(isRecord)
  } catch {
    return []
  }
}

/** `text` until its last object that is closed, two levels deep at most, with what is still open there closed. */
function upToLastObject(text: string): string {
  const open: string[] = []
  let whole = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '"') at = endOfString(text, at)
    else if (sign === '{') open.push('}')
    else if (sign === '[') open.push(']')
    else if (sign === open.at(-1)) {
      open.pop()
      if (sign === '}' && open.length <= 2) whole = text.slice(0, at + 1) + open.toReversed().join('')
    }
  }
  return whole
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

async function parseAll(text: AsyncIterable<string>): Promise<unknown> {
  let whole = ''
  for await (const piece of text) {
    whole += piece
    if (whole.length > maximumCharacters) {
      throw new HaggleError('bad-data', 'it is too large to be read as one JSON document: write it as JSON lines')
    }
  }
  try {
    return JSON.parse(whole)
  } catch (error) {
    throw new HaggleError('bad-data', `it is no valid JSON (${(error as Error).message}): was it written whole?`)
  }
}

function recordsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  if (!isRecord(value)) throw new HaggleError('bad-data', 'it holds neither an array nor an object')
  const lists = Object.values(value).filter(Array.isArray) as unknown[][]
  if (lists.length === 1 && isRecord(lists[0][0])) return lists[0]
  const entries = Object.entries(value)
  return entries.every(([, entry]) => isRecord(entry))
    ? entries.map(([key, entry]) => ({ key, ...(entry as Row) }))
    : [value]
}

function isRecord(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOfLists(value: unknown): value is unknown[][] {
  return Array.isArray(value) && value.every(Array.isArray)
}
