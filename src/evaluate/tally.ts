/**
 * What the lists of one model amount to: how often they are right, and what else they do to a shop.
 *
 * Lists come one by one, best first; right at each cutoff, everything else at the largest. With c_i the times item i is
 * shown and h_i the rows of `train` that hold it: coverage = share of items with c_i > 0; exposure Gini of c; novelty =
 * mean −log2((h_i + 1) / (rows + 1)) of what is shown, in bits; popularity lift = mean over rows of (mean h in the list −
 * mean h in the history) / mean h in the history: 0 where people are shown what is as popular as what they take
 * (Abdollahpouri et al., RecSys 2019). Diversity and miscalibration are those of retrieve/slate.ts.
 */
import { columnSums } from '../kernels/csr.ts'
import { intraListDiversity, miscalibration, type Taste, tasteOf } from '../retrieve/slate.ts'
import { gini, metricKinds, metricNames, metricsAt } from './metrics.ts'
import type { Split } from './split.ts'

/** Plain data, but for the typed arrays. */
export interface Outcome {
  /** Means over `rows`: `P@5`, `R@5`, `G@5`, `M@5`, `HR@5` …; 0 where there are no rows. */
  readonly metrics: Readonly<Record<string, number>>
  /** The same row by row, aligned with `rows`. */
  readonly perRow: Readonly<Record<string, Float64Array>>
  readonly rows: Int32Array
  /** Share of the catalogue that stands in at least one list, at the largest cutoff. */
  readonly coverage: number
  /** Gini coefficient of how often each item is shown: 0 even, 1 all attention on one item. */
  readonly exposureGini: number
  /** Mean surprise of what is shown, in bits. */
  readonly novelty: number
  /** How much more popular what is shown is than what the rows have: 0 alike, 1 twice as popular. */
  readonly popularityLift: number
  /** Mean over rows of 1 − the mean likeness in kind of two items of a list, at the largest cutoff; `null` where kinds are not known. */
  readonly diversity: number | null
  /** Mean divergence in nats of the kinds in a list from those the row has; `null` where kinds are not known. */
  readonly miscalibration: number | null
}

export interface Tally {
  /** The list of the next of `rows`. */
  add(ranked: Int32Array): void
  outcome(): Outcome
}

export function createTally(
  split: Split,
  rows: Int32Array,
  cutoffs: readonly number[],
  kinds?: readonly Int32Array[],
): Tally {
  const { train, asked } = split
  const having = columnSums(train.matrix, 0)
  const perRow = Object.fromEntries(metricNames(cutoffs).map((name) => [name, new Float64Array(rows.length)]))
  const shown = new Int32Array(train.matrix.columnCount)
  const [lifts, diversities, divergences]: [number[], number[], number[]] = [[], [], []]
  const popularity = (items: Int32Array) => mean(Float64Array.from(items, (item) => having[item]))
  let at = 0
  return {
    add: (ranked) => {
      const row = rows[at]
      const truth = truthOf(split, row)
      for (const cutoff of cutoffs) {
        const values = metricsAt(cutoff, ranked, truth)
        metricKinds.forEach((kind, index) => (perRow[`${kind}@${cutoff}`][at] = values[index]))
      }
      at++
      for (const item of ranked) shown[item]++
      const { pointers, columns } = asked.matrix
      const usual = popularity(columns.subarray(pointers[row], pointers[row + 1]))
      if (usual > 0 && ranked.length > 0) lifts.push(popularity(ranked) / usual - 1)
      if (kinds === undefined) return
      const list = Array.from(ranked, (item) => kinds[item])
      const taste = tasteOfRow(split, row, kinds)
      diversities.push(...present(intraListDiversity(list)))
      divergences.push(...present(taste && miscalibration(list, taste)))
    },
    outcome: () => ({
      metrics: Object.fromEntries(Object.entries(perRow).map(([name, values]) => [name, mean(values)])),
      perRow,
      rows,
      coverage: shown.reduce((count, times) => count + (times > 0 ? 1 : 0), 0) / Math.max(1, shown.length),
      exposureGini: gini(shown),
      novelty: novelty(shown, having, train.matrix.rowCount),
      popularityLift: mean(lifts),
      diversity: meanOrNull(diversities),
      miscalibration: meanOrNull(divergences),
    }),
  }
}

export function truthOf({ truth }: Split, row: number): ReadonlySet<number> {
  return new Set(truth.columns.subarray(truth.pointers[row], truth.pointers[row + 1]))
}

/** What kinds a row has, by strength; `null` where it has nothing. */
export function tasteOfRow({ asked: { matrix } }: Split, row: number, kinds: readonly Int32Array[]): Taste | null {
  const [start, end] = [matrix.pointers[row], matrix.pointers[row + 1]]
  const own = Array.from(matrix.columns.subarray(start, end), (item) => kinds[item])
  return tasteOf(own, matrix.values.subarray(start, end))
}

function present(value: number | null): number[] {
  return value === null ? [] : [value]
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values)
}

function novelty(shown: Int32Array, having: ArrayLike<number>, rowCount: number): number {
  let bits = 0
  let total = 0
  shown.forEach((times, item) => {
    bits -= times * Math.log2((having[item] + 1) / (rowCount + 1))
    total += times
  })
  return total === 0 ? 0 : bits / total
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]
  return values.length === 0 ? 0 : sum / values.length
}
