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
import { openSignals, rowQuery } from '../models/row-query.ts'
import { composeSlate, poolSize, type SlateKnobs } from '../retrieve/slate.ts'
import type { Split } from './split.ts'
import { createTally, type Outcome, tasteOfRow } from './tally.ts'

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

export interface Evaluation extends Outcome {
  readonly seconds: number
  readonly millisecondsPerRow: number
}

export async function evaluate(fitted: Fitted, split: Split, options: EvaluationOptions): Promise<Evaluation> {
  const { cutoffs, kinds, breathe = createBreathe(), progress } = options
  const rows = drawRows(split.rows, options)
  const tally = createTally(split, rows, cutoffs, kinds)
  const rank = await ranker(fitted, split, Math.max(...cutoffs), options)
  const started = performance.now()
  for (const [at, row] of rows.entries()) {
    tally.add(rank(row))
    progress?.((at + 1) / rows.length)
    await breathe()
  }
  const seconds = (performance.now() - started) / 1000
  return {
    ...tally.outcome(),
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

function drawRows(rows: Int32Array, { maximumRows = rows.length, rng }: EvaluationOptions): Int32Array {
  if (rows.length <= maximumRows || rng === undefined) return rows
  return rng.shuffle(rows.slice()).slice(0, maximumRows).sort()
}
