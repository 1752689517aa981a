/**
 * Decides whether what was just learnt may go live: it must be worth more than bestsellers, and no worse than what is live.
 *
 * Judged surface by surface on the rows of the test split, which neither the models nor the choice between them have
 * seen, in the primary metric, paired by row:
 *
 * - beats popularity: the mean difference is above 0; a surface that does not is left to what needs no training;
 * - against the generation that is live: a new recipe must not be worse in the mean; the same recipe on newer data is a
 *   tie, and refused only where the new data surely cost it more than `tolerance` of the live one's worth (the whole
 *   95 % interval lies below that): a broken import, an attack;
 * - a generation passes with one surface that passed and none that is worse than what is live;
 * - fewer than `fewestRows` rows judge nothing: what a tiny shop learns goes live, and the report says it is unjudged.
 */
import { type BootstrapOptions, type Interval, pairedDifference, spelt } from '../evaluate/bootstrap.ts'

/** Below this, one shopper's luck decides. */
export const fewestRows = 10
/** Share of the live metric that the same recipe may lose on newer data. */
const tolerance = 0.05

export type Verdict = 'passed' | 'unjudged' | 'no-better-than-popularity' | 'worse-than-live'

/** Plain data: goes into the generation's report. */
export interface Judgement {
  readonly verdict: Verdict
  readonly model: string
  readonly rows: number
  /** Candidate less popularity. */
  readonly toPopularity: Interval
  /** Candidate less what is live; `null` where nothing is. */
  readonly toLive: Interval | null
  /** The candidate is the live model with the same settings, on newer data. */
  readonly sameRecipe: boolean
}

/** The primary metric of each test row, all in the same order. */
export interface Evidence {
  readonly model: string
  readonly candidate: Float64Array
  readonly popularity: Float64Array
  readonly live: Float64Array | null
  readonly sameRecipe: boolean
}

export function judge(evidence: Evidence, options: BootstrapOptions): Judgement {
  const { model, candidate, popularity, live, sameRecipe } = evidence
  const toPopularity = pairedDifference(candidate, popularity, options)
  const toLive = live === null ? null : pairedDifference(candidate, live, options)
  const allowed = sameRecipe && toLive !== null ? -tolerance * (mean(candidate) - toLive.mean) : 0
  const lost = toLive !== null && (sameRecipe ? toLive.high : toLive.mean) < allowed
  return {
    verdict: verdictOn(candidate.length, toPopularity, lost),
    model,
    rows: candidate.length,
    toPopularity,
    toLive,
    sameRecipe,
  }
}

function verdictOn(rows: number, toPopularity: Interval, lost: boolean): Verdict {
  if (rows < fewestRows) return 'unjudged'
  if (lost) return 'worse-than-live'
  return toPopularity.mean <= 0 ? 'no-better-than-popularity' : 'passed'
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

export function passes(judgement: Judgement): boolean {
  return judgement.verdict === 'passed' || judgement.verdict === 'unjudged'
}

/** One sentence for the person who waits for the new generation. */
export function describeJudgement(surface: string, judgement: Judgement): string {
  const { verdict, model, rows, toPopularity, toLive } = judgement
  switch (verdict) {
    case 'passed': {
      const beside = toLive === null ? '' : `, against what is live ${spelt(toLive)}`
      return `${surface}: ${model} passed on ${rows} rows: against popularity ${spelt(toPopularity)}${beside}`
    }
    case 'unjudged':
      return `${surface}: ${model} goes unjudged, ${rows} test rows are fewer than ${fewestRows}`
    case 'no-better-than-popularity':
      return `${surface}: ${model} does not beat popularity on ${rows} rows: ${spelt(toPopularity)}`
    case 'worse-than-live':
      return `${surface}: ${model} is worse than what is live on ${rows} rows: ${toLive === null ? '' : spelt(toLive)}`
  }
}
