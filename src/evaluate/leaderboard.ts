/**
 * Which model foresees this shop's shoppers best, how sure that is, and what it costs.
 *
 * Ordered by NDCG at the largest cutoff, with 95 % intervals, and the paired difference of every model to the best one:
 * where that interval holds 0, the two cannot be told apart on these rows.
 */
import type { Rng } from '../base/rng.ts'
import { type Interval, meanInterval, pairedDifference, spelt } from './bootstrap.ts'
import type { Evaluation } from './evaluate.ts'
import { primaryMetric } from './metrics.ts'
import type { Outcome } from './tally.ts'

export interface Contestant {
  readonly model: string
  readonly evaluation: Evaluation
  readonly fitSeconds: number
}

type Shown = 'metrics' | 'coverage' | 'exposureGini' | 'novelty' | 'popularityLift' | 'diversity' | 'miscalibration'

export interface LeaderboardLine extends Pick<Outcome, Shown> {
  readonly model: string
  readonly primary: Interval
  /** This model less the best one, row by row; `null` for the best. */
  readonly toBest: Interval | null
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
  const lines = sorted.map(({ model, evaluation, fitSeconds }) => ({
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
  }))
  const beforeNext = before(lines.at(1))
  return {
    cutoffs,
    primaryMetric: metric,
    rows: best?.evaluation.rows.length ?? 0,
    lead: {
      runnerUp: beforeNext && { model: lines[1].model, ...beforeNext },
      popularity: before(lines.find(({ model }) => model === 'popularity')),
    },
    lines,
  }
}

/** How far the best one is before this line: its `toBest` with the sign turned, of the same draws. */
function before(line: LeaderboardLine | undefined): Interval | null {
  const behind = line?.toBest ?? null
  // 0 − x, as −x makes −0 of equals.
  return behind && { mean: 0 - behind.mean, low: 0 - behind.high, high: 0 - behind.low }
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
    line.toBest === null ? 'best' : spelt(line.toBest),
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
  const leads = [
    ...(runnerUp === null ? [] : [`${spelt(runnerUp)} before ${runnerUp.model}`]),
    ...(popularity === null || runnerUp?.model === 'popularity' ? [] : [`${spelt(popularity)} before popularity`]),
  ]
  return leads.length === 0 ? [] : [`${lines[0].model} leads in ${primaryMetric}: ${leads.join(', ')}.`]
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
