/**
 * What is known of a shopper and an item besides who met what: numbers by name, as of one moment.
 *
 * Models read them by row and item index and know nothing of where they come from; features/ fills them, from the log
 * when a model learns and from the live shop when it answers.
 */

/** Writes `names.length` values for each of `items`, item by item: finite, 0 where nothing is known. */
export type SignalReader = (items: Int32Array, into: Float32Array) => void

/** The signals of one who asks. */
export interface AskedSignals {
  readonly names: readonly string[]
  readonly read: SignalReader
}

/** The signals of every row of a table. */
export interface RowSignals {
  readonly names: readonly string[]
  /** As they stood `days` before the table's `asOfMs`. Cost: one pass through the log up to then. */
  before(days: number): Promise<(row: number) => SignalReader>
}
