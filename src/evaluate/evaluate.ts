/**
 * How well a fitted model foresees what shoppers did next, over the whole catalogue, without sampled negatives.
 *
 * Every row with held-out items is asked once; items it already has (or those of `split.masked`) are never ranked. Ties
 * go to the lower index, which is fair only where the numbering knows nothing of the held-out part: shops number their
 * items by a seeded shuffle (train/prepare.ts), published splits by ids their authors gave before splitting.
 * Cost: one `score` and O(items) a row.
 */
import { type Breathe, createBreathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { topK } from '../kernels/top-k.ts'
import type { Fitted } from '../models/model.ts'
import { gini, metricKinds, metricNames, metricsAt } from './metrics.ts'
import { openSignals, rowQuery } from '../models/row-query.ts'
import {
  composeSlate,
  intraListDiversity,
  miscalibration,
  poolSize,
  type SlateKnobs,
  type Taste,
  tasteOf,
} from '../retrieve/slate.ts'
import type { Split } from './split.ts'

export interface EvaluationOptions {
  readonly cutoffs: readonly number[]
  readonly breathe?: Breathe
  /** Where more rows have held-out items, this many are drawn; needs `rng`, and the same seed draws the same rows. */
  readonly maximumRows?: number
  readonly rng?: Rng
  /** Kinds of each item, where categories are known: what diversity and calibration are measured by. */
  readonly kinds?: readonly Int32Array[]
  /** Lists are composed as they are when served; needs `kinds`. */
  readonly slate?: SlateKnobs
  /** `fraction` in [0, 1] of the rows are done. */
  readonly progress?: (fraction: number) => void
}

export interface Evaluation {
  /** Means over `rows`: `P@5`, `R@5`, `G@5`, `M@5`, `HR@5` …; 0 where there are no rows. */
  readonly metrics: Readonly<Record<string, number>>
  /** The same row by row, aligned with `rows`. */
  readonly perRow: Readonly<Record<string, Float64Array>>
  readonly rows: Int32Array
  /** Share of the catalogue that stands in at least one list, at the largest cutoff. */
  readonly coverage: number
  /** Gini coefficient of how often each item is shown: 0 even, 1 all attention on one item. */
  readonly exposureGini: number
  /** Mean surprise −log2((rows with the item + 1) / (rows + 1)) of what is shown, in bits. */
  readonly novelty: number
  /** Mean over rows of 1 − the mean likeness in kind of two items of a list, at the largest cutoff; `null` where kinds are not known. */
  readonly diversity: number | null
  /** Mean divergence in nats of the kinds in a list from those the row has; `null` where kinds are not known. */
  readonly miscalibration: number | null
  readonly seconds: number
  readonly millisecondsPerRow: number
}

export async function evaluate(fitted: Fitted, split: Split, options: EvaluationOptions): Promise<Evaluation> {
  const { cutoffs, kinds, breathe = createBreathe(), progress } = options
  const rows = drawRows(split.rows, options)
  const names = metricNames(cutoffs)
  const perRow = Object.fromEntries(names.map((name) => [name, new Float64Array(rows.length)]))
  const shown = new Int32Array(fitted.itemCount)
  const rank = await ranker(fitted, split, Math.max(...cutoffs), options)
  const [diversities, divergences]: [number[], number[]] = [[], []]
  const started = performance.now()
  for (let at = 0; at < rows.length; at++) {
    const ranked = rank(rows[at])
    const truth = truthOf(split, rows[at])
    for (const cutoff of cutoffs) {
      const values = metricsAt(cutoff, ranked, truth)
      metricKinds.forEach((kind, index) => (perRow[`${kind}@${cutoff}`][at] = values[index]))
    }
    for (const item of ranked) shown[item]++
    if (kinds !== undefined) {
      const list = Array.from(ranked, (item) => kinds[item])
      const taste = tasteOfRow(split, rows[at], kinds)
      diversities.push(...present(intraListDiversity(list)))
      divergences.push(...present(taste && miscalibration(list, taste)))
    }
    progress?.((at + 1) / rows.length)
    await breathe()
  }
  const seconds = (performance.now() - started) / 1000
  return {
    metrics: Object.fromEntries(names.map((name) => [name, mean(perRow[name])])),
    perRow,
    rows,
    coverage: shown.reduce((count, times) => count + (times > 0 ? 1 : 0), 0) / Math.max(1, shown.length),
    exposureGini: gini(shown),
    novelty: novelty(shown, split),
    diversity: meanOrNull(diversities),
    miscalibration: meanOrNull(divergences),
    seconds,
    millisecondsPerRow: rows.length === 0 ? 0 : (1000 * seconds) / rows.length,
  }
}

/** Ranks the catalogue for a row of `split.asked`: the best `count` items that are not masked, best first, or composed. */
export async function ranker(
  fitted: Fitted,
  split: Split,
  count: number,
  { kinds, slate }: Pick<EvaluationOptions, 'kinds' | 'slate'> = {},
): Promise<(row: number) => Int32Array> {
  const signals = fitted.readsSignals === true ? await openSignals(split.asked) : undefined
  const scores = new Float32Array(fitted.itemCount)
  const never = new Uint8Array(fitted.itemCount)
  const { pointers, columns } = split.masked ?? split.asked.matrix
  return (row) => {
    fitted.score(rowQuery(split.asked, row, signals), scores)
    const masked = columns.subarray(pointers[row], pointers[row + 1])
    for (const item of masked) never[item] = 1
    const composed = kinds !== undefined && slate !== undefined
    const ranked = topK(scores, composed ? poolSize(count) : count, never)
    for (const item of masked) never[item] = 0
    if (!composed) return ranked
    const pool = Array.from(ranked, (item) => kinds[item])
    // As served: 0 for what the model has nothing to say of.
    const least = scores.reduce((low, score) => Math.min(low, score), Number.POSITIVE_INFINITY)
    const relevance = Float32Array.from(ranked, (item) => scores[item] - least)
    return composeSlate(pool, relevance, count, slate, tasteOfRow(split, row, kinds)).map((at) => ranked[at])
  }
}

function tasteOfRow({ asked: { matrix } }: Split, row: number, kinds: readonly Int32Array[]): Taste | null {
  const [start, end] = [matrix.pointers[row], matrix.pointers[row + 1]]
  const own = Array.from(matrix.columns.subarray(start, end), (item) => kinds[item])
  return tasteOf(own, matrix.values.subarray(start, end))
}

function present(value: number | null): number[] {
  return value === null ? [] : [value]
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(Float64Array.from(values))
}

export function truthOf({ truth }: Split, row: number): ReadonlySet<number> {
  return new Set(truth.columns.subarray(truth.pointers[row], truth.pointers[row + 1]))
}

function drawRows(rows: Int32Array, { maximumRows = rows.length, rng }: EvaluationOptions): Int32Array {
  if (rows.length <= maximumRows || rng === undefined) return rows
  return rng.shuffle(rows.slice()).slice(0, maximumRows).sort()
}

function novelty(shown: Int32Array, { train: { matrix } }: Split): number {
  const having = new Int32Array(matrix.columnCount)
  for (const item of matrix.columns) having[item]++
  let bits = 0
  let total = 0
  shown.forEach((times, item) => {
    bits -= times * Math.log2((having[item] + 1) / (matrix.rowCount + 1))
    total += times
  })
  return total === 0 ? 0 : bits / total
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
