/** Which rows of the log belong to which shopper, visit or basket, in order of time: the first step of every table. */
import type { Vocabulary } from '../base/vocabulary.ts'
import { type EventType, eventTypeIndex, eventTypes } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import type { BehaviourLog } from './behaviour-log.ts'
import type { RowKind } from './interactions.ts'
import { groupRows, type RowGroups } from './row-order.ts'

export interface LogRowsOptions {
  readonly rows: RowKind
  /** Events with other items are left out. */
  readonly items: Vocabulary<ItemId>
  /** Only events with `fromMs <= timeMs < untilMs`. */
  readonly fromMs?: number
  readonly untilMs?: number
  /** All types where absent. */
  readonly types?: readonly EventType[]
}

export interface LogRows extends RowGroups {
  /** How many shoppers, visits or baskets the log has: group g is the one numbered g, and may be empty. */
  readonly count: number
  /** Index in `items` of each item of the log, or -1. */
  readonly itemOf: Int32Array
}

export function logRows(log: BehaviourLog, options: LogRowsOptions): LogRows {
  const { fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY, types = eventTypes } = options
  const wanted = new Set(types.map(eventTypeIndex))
  const itemOf = Int32Array.from(log.items.ids(), (id) => options.items.indexOf(id))
  const { keys, count } = rowKeys(log, options.rows)
  const rows = new Int32Array(log.length)
  let found = 0
  for (let row = 0; row < log.length; row++) {
    const item = log.itemIndex[row]
    const inTime = log.timeMs[row] >= fromMs && log.timeMs[row] < untilMs
    if (inTime && item >= 0 && itemOf[item] >= 0 && wanted.has(log.type[row])) rows[found++] = row
  }
  return { ...groupRows(keys, count, rows.subarray(0, found)), count, itemOf }
}

function rowKeys(log: BehaviourLog, kind: RowKind): { keys: Int32Array; count: number } {
  if (kind === 'users') return { keys: log.userIndex, count: log.users.size }
  const keys = kind === 'sessions' ? log.session : log.order
  return { keys, count: keys.reduce((most, key) => Math.max(most, key + 1), 0) }
}
