/**
 * The folds a surface is tuned on, all of them before the rows a training judges on.
 *
 * By time: the question of the surface, asked at the cut before the validation part and at earlier ones to choose, and of
 * the validation part itself to confirm. Where only that has rows enough, parts of everything before the test part are
 * hidden at random.
 */
import type { Config } from '../base/config.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { Prepared } from './prepare.ts'
import { blind, enough, type SplitKind, surfaceData, timeFold } from './surface-data.ts'
import type { TuningFolds } from './tuning-bench.ts'
import { foldsOf } from './tuning-folds.ts'

export interface Ground {
  readonly split: SplitKind
  readonly folds: TuningFolds
}

const atRandom = { choosing: 3, confirming: 2 }

/** `null` where there is too little to tell settings apart. */
export function groundOf(prepared: Prepared, surface: TrainedSurface, config: Config): Ground | null {
  const data = surfaceData(prepared, surface, config)
  if (data.thin) return null
  const { validationMs, testMs, earlierMs } = prepared
  const cuts = [testMs, validationMs, ...earlierMs]
  // Number 0 is the validation part, 1 what lies before it, and so on.
  const fold = (number: number) => timeFold(prepared, surface, config, cuts[number + 1], cuts[number])
  let pasts = 0
  while (pasts < earlierMs.length && enough(fold(pasts + 1).split)) pasts++
  if (data.kind === 'by time' && pasts > 0) {
    const at = (index: number) => fold(index < pasts ? index + 1 : 0)
    return { split: 'by time', folds: { choosing: pasts, confirming: 1, at } }
  }
  // What is bought again cannot be asked of what is hidden at random.
  if (data.everything.baskets !== undefined) return null
  return { split: 'at random', folds: foldsOf(blind(data.test.train), 'at random', atRandom, config.training.seed) }
}
