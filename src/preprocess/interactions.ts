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
  /** Of the step, in days before `asOfMs`. */
  readonly ageDays: Float32Array
  /** What its entry was worth once it was taken: the entry is that of the last step to it. */
  readonly values: Float32Array
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
function stepsWithin(steps: Steps, { pointers, columns }: Csr): Steps {
  return keepSteps(steps, (step, row) =>
    columns.subarray(pointers[row], pointers[row + 1]).includes(steps.columns[step]),
  )
}

/** The same rows with only the steps for which `keep` is true. */
export function keepSteps({ pointers, ...steps }: Steps, keep: (step: number, row: number) => boolean): Steps {
  const kept: number[] = []
  const ends = Int32Array.from(pointers.subarray(1), (end, row) => {
    for (let step = pointers[row]; step < end; step++) if (keep(step, row)) kept.push(step)
    return kept.length
  })
  const starts = new Int32Array(pointers.length)
  starts.set(ends, 1)
  return {
    pointers: starts,
    columns: Int32Array.from(kept, (step) => steps.columns[step]),
    ageDays: Float32Array.from(kept, (step) => steps.ageDays[step]),
    values: Float32Array.from(kept, (step) => steps.values[step]),
  }
}

/** What the rows held after those steps, and nothing else that is known of them. */
export function tableOfSteps({ content, asOfMs, matrix }: Interactions, steps: Steps): Interactions {
  const { rowCount, columnCount } = matrix
  const latest = Array.from({ length: rowCount }, (_, row) => latestSteps(steps, row, steps.pointers[row + 1]))
  const entries = latest.flatMap((own, row) => Array.from(own, ([item, step]) => ({ row, item, step })))
  const tableOf = (values: Float32Array) =>
    csrFromTriples(
      rowCount,
      columnCount,
      Int32Array.from(entries, ({ row }) => row),
      Int32Array.from(entries, ({ item }) => item),
      Float32Array.from(entries, ({ step }) => values[step]),
    )
  return {
    matrix: tableOf(steps.values),
    ageDays: tableOf(steps.ageDays).values,
    rowFeatures: null,
    featureNames: [],
    content,
    asOfMs,
    steps,
  }
}

/** Item → the last step to it before `end`, in the order of those. */
export function latestSteps({ pointers, columns }: Steps, row: number, end: number): Map<number, number> {
  const latest = new Map<number, number>()
  for (let step = pointers[row]; step < end; step++) {
    latest.delete(columns[step])
    latest.set(columns[step], step)
  }
  return latest
}

/** Rows believed less than this are not learnt from at all, for some models count facts, whatever they weigh. */
const leastHeard = 0.1

/** The same, to be learnt from with each row as far as it is believed. */
export function weighRows(interactions: Interactions, rowWeights: Float32Array): Interactions {
  const heard = keepEntries(interactions, (_, row) => rowWeights[row] >= leastHeard)
  return { ...heard, rowWeights }
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
  const { asOfMs, matrix } = interactions
  const { starts, rows } = groupRows(
    Int32Array.from(entries, ({ row }) => row),
    matrix.rowCount,
    Int32Array.from(entries.keys()),
  )
  const strongest = new Map<number, number>()
  const steps = {
    pointers: starts,
    columns: rows.map((at) => entries[at].item),
    ageDays: Float32Array.from(rows, (at) => (asOfMs - entries[at].atMs) / dayMs),
    values: Float32Array.from(rows, (at) => {
      const { row, item, strength } = entries[at]
      const key = row * matrix.columnCount + item
      strongest.set(key, Math.max(strength, strongest.get(key) ?? strength))
      return strongest.get(key) ?? strength
    }),
  }
  return { ...interactions, steps }
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
