/** What came after what: the items of each shopper, visit or basket in order of time, for models that learn order. */
import type { BehaviourLog } from './behaviour-log.ts'
import { logRows, type LogRowsOptions } from './log-rows.ts'

export interface Sequences {
  /** Sequence s is entries `pointers[s]` to `pointers[s + 1]` of the columns below; none is empty. */
  readonly pointers: Int32Array
  /** Index in the given vocabulary. */
  readonly items: Int32Array
  readonly timeMs: Float64Array
  /** Row of the log. */
  readonly logRow: Int32Array
  /** Which shopper, visit or basket each sequence is. */
  readonly rowKeys: Int32Array
}

export interface SequenceOptions extends LogRowsOptions {
  /** At most this many of the latest entries; no bound where absent. */
  readonly maximumLength?: number
}

/** The same item twice in a row (a view, then the cart) stands once, where it stood first. O(events). */
export function buildSequences(log: BehaviourLog, options: SequenceOptions): Sequences {
  const { starts, rows, count, itemOf } = logRows(log, options)
  const pointers = [0]
  const rowKeys: number[] = []
  const kept: number[] = []
  for (let key = 0; key < count; key++) {
    const own = rows
      .subarray(starts[key], starts[key + 1])
      .filter((row, at, all) => at === 0 || log.itemIndex[row] !== log.itemIndex[all[at - 1]])
    if (own.length === 0) continue
    for (const row of own.slice(-(options.maximumLength ?? own.length))) kept.push(row)
    pointers.push(kept.length)
    rowKeys.push(key)
  }
  const logRow = Int32Array.from(kept)
  return {
    pointers: Int32Array.from(pointers),
    items: logRow.map((row) => itemOf[log.itemIndex[row]]),
    timeMs: Float64Array.from(kept, (row) => log.timeMs[row]),
    logRow,
    rowKeys: Int32Array.from(rowKeys),
  }
}
