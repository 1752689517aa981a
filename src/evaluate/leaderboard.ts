/**
 * Which model foresees this shop's shoppers best, how sure that is, and what it costs.
 *
 * Ordered by NDCG at the largest cutoff, with 95 % intervals, and the paired difference of every model to the best one:
 * where that interval holds 0, the two cannot be told apart on these rows.
 */
import type { Rng } from '../base/rng.ts'
import { type Interval, meanInterval, pairedDifference, signed } from './bootstrap.ts'
import type { Evaluation } from './evaluate.ts'
import { primaryMetric } from './metrics.ts'

export interface Contestant {
  readonly model: string
  readonly evaluation: Evaluation
  readonly fitSeconds: number
}

export interface LeaderboardLine {
  readonly model: string
  readonly metrics: Readonly<Record<string, number>>
  readonly primary: Interval
  /** This model less the best one, row by row; `null` for the best. */
  readonly toBest: Interval | null
  readonly coverage: number
  readonly exposureGini: number
  readonly novelty: number
  readonly popularityLift: number
  /** `null` where the kinds of items are not known. */
  readonly diversity: number | null
  readonly miscalibration: number | null
  readonly fitSeconds: number
  readonly millisecondsPerRow: number
}

/** Plain data: goes into JSON as it is. */
export interface Leaderboard {
  readonly cutoffs: readonly number[]
  /** Name of the metric the lines are ordered by. */
  readonly primaryMetric: string
  /** How many rows (shoppers, visits, baskets) were asked. */
  readonly rows: number
  /** Best first. */
  readonly lines: readonly LeaderboardLine[]
  /** How far the best one is ahead. */
  readonly lead: Lead
}

/** In the primary metric, row by row; `null` where there is nobody to be ahead of. */
export interface Lead {
  readonly runnerUp: (Interval & { readonly model: string }) | null
  readonly popularity: Interval | null
}

export interface LeaderboardOptions {
  readonly cutoffs: readonly number[]
  readonly rounds: number
  readonly rng: Rng
}

/** All contestants must have been asked the same rows. */
export function rankContestants(contestants: readonly Contestant[], options: LeaderboardOptions): Leaderboard {
  const { cutoffs, rounds, rng } = options
  const metric = primaryMetric(cutoffs)
  const sorted = [...contestants].sort((a, b) => b.evaluation.metrics[metric] - a.evaluation.metrics[metric])
  const best = sorted[0]
  // The same draws for every line, so that equal models get equal intervals.
  const bootstrap = (label: string) => ({ rounds, rng: rng.fork(label) })
  const ahead = ({ evaluation }: Contestant): Interval =>
    pairedDifference(best.evaluation.perRow[metric], evaluation.perRow[metric], bootstrap('difference'))
  const [runnerUp, popularity] = [sorted.at(1), sorted.slice(1).find(({ model }) => model === 'popularity')]
  return {
    cutoffs,
    primaryMetric: metric,
    rows: best?.evaluation.rows.length ?? 0,
    lead: {
      runnerUp: runnerUp === undefined ? null : { model: runnerUp.model, ...ahead(runnerUp) },
      popularity: popularity === undefined ? null : ahead(popularity),
    },
    lines: sorted.map(({ model, evaluation, fitSeconds }) => ({
      model,
      metrics: evaluation.metrics,
      primary: meanInterval(evaluation.perRow[metric], bootstrap('mean')),
      toBest:
        model === best.model
          ? null
          : pairedDifference(evaluation.perRow[metric], best.evaluation.perRow[metric], bootstrap('difference')),
      coverage: evaluation.coverage,
      exposureGini: evaluation.exposureGini,
      novelty: evaluation.novelty,
      popularityLift: evaluation.popularityLift,
      diversity: evaluation.diversity,
      miscalibration: evaluation.miscalibration,
      fitSeconds,
      millisecondsPerRow: evaluation.millisecondsPerRow,
    })),
  }
}

/** The table as text, one line a model. */
export function describeLeaderboard(board: Leaderboard): string {
  const shown = board.cutoffs.flatMap((cutoff) => ['P', 'R', 'G', 'M'].map((kind) => `${kind}@${cutoff}`))
  const head = [
    'model',
    ...shown,
    `${board.primaryMetric} 95 %`,
    'to the best',
    'coverage',
    'Gini',
    'novelty',
    'pop. lift',
    'diversity',
    'miscal.',
    'fit s',
    'ms/row',
  ]
  const lines = board.lines.map((line) => [
    line.model,
    ...shown.map((name) => line.metrics[name].toFixed(4)),
    range(line.primary),
    line.toBest === null
      ? 'best'
      : `${signed(line.toBest.mean)} (${signed(line.toBest.low)} … ${signed(line.toBest.high)})`,
    `${(100 * line.coverage).toFixed(1)} %`,
    line.exposureGini.toFixed(2),
    line.novelty.toFixed(1),
    line.popularityLift.toFixed(2),
    line.diversity?.toFixed(3) ?? '–',
    line.miscalibration?.toFixed(3) ?? '–',
    line.fitSeconds.toFixed(1),
    line.millisecondsPerRow.toFixed(2),
  ])
  return [alignColumns([head, ...lines]), ...describeLead(board)].join('\n')
}

/** One sentence; none where there is nobody to be ahead of. */
function describeLead({ lines, lead: { runnerUp, popularity }, primaryMetric }: Leaderboard): string[] {
  const by = ({ mean, low, high }: Interval) => `${signed(mean)} (${signed(low)} … ${signed(high)})`
  const before = [
    ...(runnerUp === null ? [] : [`${by(runnerUp)} before ${runnerUp.model}`]),
    ...(popularity === null || runnerUp?.model === 'popularity' ? [] : [`${by(popularity)} before popularity`]),
  ]
  return before.length === 0 ? [] : [`${lines[0].model} leads in ${primaryMetric}: ${before.join(', ')}.`]
}

/** First column to the left, numbers to the right. */
function alignColumns(cells: readonly (readonly string[])[]): string {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
  return cells.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

function range({ low, high }: Interval): string {
  return `${low.toFixed(4)}–${high.toFixed(4)}`
}
