/**
 * Reads a file once from end to end before anything of it is written, so that a broken one leaves nothing half-done.
 *
 * Memory grows with the different users, items and orders of the file, not with its rows; a dry run also remembers
 * every event's id, about 100 bytes a row.
 */
import type { EventType } from '../../domain/event.ts'
import { HaggleError } from '../../domain/errors.ts'
import { eventId } from '../event-id.ts'
import type { MappedEvent } from './event-mapping.ts'
import type { FileFormat, FileRow } from './file-format.ts'
import type { Rejection, Sums } from './import-report.ts'
import type { MappedItem } from './item-mapping.ts'
import type { CompiledMapping } from './mapping.ts'
import { readRows } from './read-rows.ts'

/** What is known of a file after reading it once; kept with its checkpoint. */
export interface FileCheck {
  readonly read: number
  /** Rows that hold an event; their accepted and duplicate ones are only known when they are written. */
  readonly eventRows: number
  readonly rejected: Readonly<Record<string, Rejection>>
  /** Rows that repeat an item (a catalogue), or events that repeat one (a dry run of a log). */
  readonly repeated: number
  readonly sums: Sums
}

export interface CheckOptions {
  readonly path: string
  readonly file: string
  readonly format: FileFormat
  readonly mapping: CompiledMapping
  readonly countRepeats: boolean
  readonly onBytes: (bytesRead: number) => void
  readonly breathe: () => Promise<void> | undefined
}

const examplesKept = 5

/** Rejects with `bad-data` where the file is empty, cut off, or more than half of its rows cannot be used. */
export async function checkFile(options: CheckOptions): Promise<FileCheck> {
  const tally = createTally(options)
  for await (const rows of readRows(options.path, options.format, options.onBytes)) {
    for (const row of rows) tally.add(row)
    await options.breathe()
  }
  const check = tally.result()
  const worst = Object.entries(check.rejected).sort(([, one], [, other]) => other.count - one.count)[0]
  if (check.read === 0) throw new HaggleError('bad-data', `${options.file} is empty: it holds no row.`)
  const bad = Object.values(check.rejected).reduce((sum, { count }) => sum + count, 0)
  if (bad * 2 > check.read) {
    const [reason, { count, examples }] = worst
    throw new HaggleError(
      'bad-data',
      `${options.file}: ${bad} of ${check.read} rows cannot be used, nothing was written. Most of all, ${reason} (${count} rows, the first are ${examples.join(', ')}). Is it another kind of file? Say what its columns mean with a mapping.`,
    )
  }
  return check
}

interface Tally {
  add(row: FileRow): void
  result(): FileCheck
}

function createTally({ mapping, countRepeats }: CheckOptions): Tally {
  const rejected: Record<string, { count: number; examples: number[] }> = {}
  const eventSums = createEventSums()
  const recordIds = new Set<string>()
  const eventIds = new Set<string>()
  let read = 0
  let eventRows = 0
  let recordRows = 0

  const reject = (reason: string, rowNumber: number) => {
    rejected[reason] ??= { count: 0, examples: [] }
    rejected[reason].count++
    if (rejected[reason].examples.length < examplesKept) rejected[reason].examples.push(rowNumber)
  }
  return {
    add: ({ row, rowNumber, problem }) => {
      read++
      if (row === null) return reject(problem ?? 'the row cannot be read', rowNumber)
      const event = mapping.event?.(row)
      const item = mapping.item?.(row)
      if (event !== undefined) eventSums.add(event)
      if (item?.record) {
        recordRows++
        recordIds.add(item.record.objectID)
      }
      const wrong = problemOf(event, item)
      if (wrong !== null) return reject(wrong, rowNumber)
      if (event?.event) {
        eventRows++
        if (countRepeats) eventIds.add(eventId(event.event))
      }
    },
    result: () => {
      const isLog = mapping.event !== null
      const repeated = isLog ? (countRepeats ? eventRows - eventIds.size : 0) : recordRows - recordIds.size
      return { read, eventRows, rejected, repeated, sums: { ...eventSums.result(), records: recordIds.size } }
    },
  }
}

/** Of a row that holds an event and mentions an item, the event decides. */
function problemOf(event: MappedEvent | undefined, item: MappedItem | undefined): string | null {
  return event === undefined ? (item?.problem ?? null) : event.problem
}

function createEventSums() {
  const byType: Partial<Record<EventType, number>> = {}
  const users = new Set<string>()
  const items = new Set<string>()
  const orders = new Set<string>()
  let value = 0
  let firstMs = Number.POSITIVE_INFINITY
  let lastMs = Number.NEGATIVE_INFINITY
  return {
    add: ({ said, event, value: rowValue }: MappedEvent) => {
      value += rowValue
      if (said.type !== null) byType[said.type] = (byType[said.type] ?? 0) + 1
      if (said.userId !== null) users.add(said.userId)
      if (said.itemId !== null) items.add(said.itemId)
      if (said.orderId !== null) orders.add(said.orderId)
      if (event === null) return
      firstMs = Math.min(firstMs, event.timeMs)
      lastMs = Math.max(lastMs, event.timeMs)
    },
    result: (): Omit<Sums, 'records'> => ({
      byType,
      users: users.size,
      items: items.size,
      orders: orders.size,
      value: Math.round(value * 100) / 100,
      firstMs: firstMs === Number.POSITIVE_INFINITY ? null : firstMs,
      lastMs: lastMs === Number.NEGATIVE_INFINITY ? null : lastMs,
    }),
  }
}
