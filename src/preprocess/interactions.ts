/**
 * What models learn from: one sparse table, a row for each shopper (or basket, or session) and a column for each item.
 *
 * Models see indices only. The rows' meaning is the surface's choice: shoppers for "recommended for you", baskets for
 * "bought together", sessions for "what next in this visit".
 */
import { dayMs } from '../base/clock.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { type Baskets, keepLines } from './baskets.ts'
import { groupRows } from './row-order.ts'
import type { RowSignals } from './signals.ts'

/** What the rows of a table of interactions are. */
export type RowKind = 'users' | 'sessions' | 'baskets'

export interface Interactions {
  /** rows × items; a value is the strength of the interaction, > 0. */
  readonly matrix: Csr
  /** Age of each entry's latest event in days before `asOfMs`, aligned with `matrix.values`; `null` where the log has no times. */
  readonly ageDays: Float32Array | null
  /** The same of each entry's first event; absent where it is not known or no other than the latest. */
  readonly firstAgeDays?: Float32Array
  /** rowCount × featureCount, row-major, robustly scaled behaviour features of each row's shopper; `null` when none were computed. */
  readonly rowFeatures: Float32Array | null
  /** Names of the columns of `rowFeatures`; empty with it. */
  readonly featureNames: readonly string[]
  /** Each row's purchases basket by basket, of items that stand in the row; absent where the surface does not ask for them. */
  readonly baskets?: Baskets
  /** About each row's shopper and any item; absent where there are none. */
  readonly signals?: RowSignals
  /** How far each row is believed, in (0, 1]; absent where all are, wholly. What it says counts so much less. */
  readonly rowWeights?: Float32Array
  /** items × tokens of what the catalogue says of them (item-content.ts), rows of length 1 or less; `null` where there is no catalogue. */
  readonly content: Csr | null
  /** Unix milliseconds: everything in here happened before. */
  readonly asOfMs: number
  /** All steps of each row in order of time, for models that learn from going back to something; absent where not kept. */
  readonly steps?: Steps
}

/** Row r took the steps `pointers[r]` to `pointers[r + 1]`, oldest first: columns of its entries, each at least once. */
export interface Steps {
  readonly pointers: Int32Array
  readonly columns: Int32Array
}

/** Interactions without times, features or content, as the published splits have them. */
export function bareInteractions(matrix: Csr): Interactions {
  return { matrix, ageDays: null, rowFeatures: null, featureNames: [], content: null, asOfMs: 0 }
}

/** The same rows with only the entries for which `keep` is true; what goes leaves the baskets too. */
export function keepEntries(interactions: Interactions, keep: (entry: number, row: number) => boolean): Interactions {
  const { matrix, ageDays, firstAgeDays, steps, baskets } = interactions
  const pointers = new Int32Array(matrix.rowCount + 1)
  const kept = new Int32Array(matrix.columns.length)
  let count = 0
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let entry = matrix.pointers[row]; entry < matrix.pointers[row + 1]; entry++) {
      if (keep(entry, row)) kept[count++] = entry
    }
    pointers[row + 1] = count
  }
  const entries = kept.subarray(0, count)
  const columns = entries.map((entry) => matrix.columns[entry])
  const rest = { ...matrix, pointers, columns, values: Float32Array.from(entries, (entry) => matrix.values[entry]) }
  const holds = (row: number, item: number) => columns.subarray(pointers[row], pointers[row + 1]).includes(item)
  return {
    ...interactions,
    ...(baskets === undefined ? {} : { baskets: keepLines(baskets, holds) }),
    matrix: rest,
    ageDays: ageDays === null ? null : Float32Array.from(entries, (entry) => ageDays[entry]),
    ...(firstAgeDays === undefined ? {} : { firstAgeDays: Float32Array.from(entries, (entry) => firstAgeDays[entry]) }),
    ...(steps === undefined ? {} : { steps: stepsWithin(steps, rest) }),
  }
}

/** The steps to what is left of each row. */
function stepsWithin({ pointers, columns }: Steps, matrix: Csr): Steps {
  const kept: number[] = []
  const ends = Int32Array.from(pointers.subarray(1), (end, row) => {
    const own = new Set(matrix.columns.subarray(matrix.pointers[row], matrix.pointers[row + 1]))
    for (const column of columns.subarray(pointers[row], end)) if (own.has(column)) kept.push(column)
    return kept.length
  })
  const starts = new Int32Array(pointers.length)
  starts.set(ends, 1)
  return { pointers: starts, columns: Int32Array.from(kept) }
}

/** One row's dealings with one item. */
export interface Entry {
  readonly row: number
  readonly item: number
  /** > 0. */
  readonly strength: number
  readonly atMs: number
}

/** The same with every entry as a step; `entries` stand in order of time within their row. */
export function withSteps(interactions: Interactions, entries: readonly Entry[]): Interactions {
  const { rowCount } = interactions.matrix
  const { starts, rows } = groupRows(
    Int32Array.from(entries, ({ row }) => row),
    rowCount,
    Int32Array.from(entries.keys()),
  )
  return { ...interactions, steps: { pointers: starts, columns: rows.map((at) => entries[at].item) } }
}

/** From entries in any order: of those with the same row and item the strongest counts, and the latest says when. */
export function interactionsFrom(
  entries: readonly Entry[],
  shape: { readonly rowCount: number; readonly itemCount: number; readonly asOfMs: number },
): Interactions {
  const { rowCount, itemCount, asOfMs } = shape
  const merged = new Map<number, Entry>()
  for (const entry of entries) {
    const key = entry.row * itemCount + entry.item
    const { strength, atMs } = merged.get(key) ?? entry
    merged.set(key, { ...entry, strength: Math.max(strength, entry.strength), atMs: Math.max(atMs, entry.atMs) })
  }
  const all = [...merged.values()]
  const [rows, items] = [all.map(({ row }) => row), all.map(({ item }) => item)]
  const tableOf = (values: readonly number[]) => csrFromTriples(rowCount, itemCount, rows, items, values)
  return {
    matrix: tableOf(all.map(({ strength }) => strength)),
    ageDays: tableOf(all.map(({ atMs }) => (asOfMs - atMs) / dayMs)).values,
    rowFeatures: null,
    featureNames: [],
    content: null,
    asOfMs,
  }
}
