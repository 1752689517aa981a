/**
 * What composing the lists costs and gains, on the rows the leaderboard was made of: the same model, the same rows, its
 * lists once as it ranks them and once as they are served.
 */
import { createRng } from '../base/rng.ts'
import { type Interval, pairedDifference } from '../evaluate/bootstrap.ts'
import type { Evaluation } from '../evaluate/evaluate.ts'
import type { Leaderboard } from '../evaluate/leaderboard.ts'
import type { Split } from '../evaluate/split.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { Fitted } from '../models/model.ts'
import { type ContestContext, examine } from './contest.ts'
import { surfaceRecipes } from './surfaces.ts'

/** Plain data. */
export interface ComposedEffect {
  readonly model: string
  /** Of the primary metric, composed less as ranked, row by row. */
  readonly difference: Interval
  readonly diversity: readonly [before: number, after: number]
  readonly miscalibration: readonly [before: number, after: number]
}

/** `null` where this surface is not composed, or the kinds of items are not known. */
export async function composedEffect(
  context: ContestContext,
  surface: TrainedSurface,
  split: Split,
  fitted: Fitted,
  evaluations: ReadonlyMap<string, Evaluation>,
  { primaryMetric, lines }: Leaderboard,
): Promise<ComposedEffect | null> {
  const { model } = lines[0]
  const before = evaluations.get(model)
  if (context.kinds === undefined || before === undefined || !surfaceRecipes[surface].composed) return null
  const { recommend, training } = context.config
  const after = await examine(context, surface, split, fitted, undefined, recommend)
  const options = { rounds: training.bootstrapRounds, rng: createRng(training.seed).fork('composed') }
  return {
    model,
    difference: pairedDifference(after.perRow[primaryMetric], before.perRow[primaryMetric], options),
    diversity: [before.diversity ?? 0, after.diversity ?? 0],
    miscalibration: [before.miscalibration ?? 0, after.miscalibration ?? 0],
  }
}

export function describeComposed(effect: ComposedEffect, { primaryMetric, lines }: Leaderboard): string {
  const { model, difference, diversity, miscalibration } = effect
  const share = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)} %`
  const relative = (value: number) => share(value / (lines[0].metrics[primaryMetric] || 1))
  const change = ([before, after]: readonly [number, number]) =>
    `${before.toFixed(3)} → ${after.toFixed(3)} (${share(after / (before || 1) - 1)})`
  return (
    `As served, with its lists composed: ${model} ${primaryMetric} ${relative(difference.mean)} ` +
    `(95 %: ${relative(difference.low)} … ${relative(difference.high)}), ` +
    `diversity ${change(diversity)}, miscalibration ${change(miscalibration)}.`
  )
}
