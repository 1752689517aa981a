/**
 * Learns what a good answer to a search looks like, from people's grades or from what shoppers go on to buy.
 *
 * Three opinions, each standardised within the answer (z) and added: the fixed textual order, the discriminator that
 * also ranks recommendations (haggle-discriminator.ts: listwise, a slate's gains as votes, starting from the textual
 * order) and boosted trees, which err differently (boosted-trees.ts). Guard: the same is taught on parts of the
 * queries and asked the others, which says how much the learners should weigh beside the textual order; unless that is
 * better there than the textual order alone in at least `confidence` of the bootstrap's draws, nothing is learnt and
 * the textual order stays. (A ranker taught on one shop lost a quarter on another.) Cost: folds + 1 lessons of both.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { defaultTrees, type GradedSlate, sumTrees, teachTrees, type Tree, type TreesConfig } from './boosted-trees.ts'
import { type DiscriminatorConfig, type Net, type Task, teachNet } from './haggle-discriminator.ts'
import { createJudge, type Judge } from './haggle-judge.ts'
import type { Lesson } from './haggle-lessons.ts'

export interface SearchLesson extends GradedSlate {
  /** The textual order's scores. */
  readonly prior: Float64Array
}

export interface SearchRankerConfig extends DiscriminatorConfig {
  readonly nets: number
  /** How much the textual order's opinion counts in a net before it learns. */
  readonly start: number
  readonly trees: TreesConfig
  readonly folds: number
  /** Share of the bootstrap's draws in which what was learnt must win. */
  readonly confidence: number
}

export const defaultSearchRanker: SearchRankerConfig = {
  hidden: 8,
  steps: 60,
  batchSize: 32,
  learningRate: 0.001,
  ridge: 0.01,
  nets: 1,
  start: 3,
  trees: defaultTrees,
  folds: 3,
  confidence: 0.8,
}

export interface SearchRanker {
  readonly width: number
  readonly nets: readonly Net[]
  readonly judge: Judge
  readonly trees: readonly Tree[]
  /** How much each learner's opinion counts beside the textual order's. */
  readonly weight: number
}

/** What one answer's candidates are worth: the textual order's scores, changed by what was learnt. */
export function rankScores(
  ranker: SearchRanker | null,
  { features, prior }: Pick<SearchLesson, 'features' | 'prior'>,
): Float64Array {
  const scores = standardised(prior)
  if (ranker === null) return scores
  const learnt = opinions(ranker, features, scores)
  return scores.map((score, at) => score + ranker.weight * learnt[at])
}

function opinions(ranker: SearchRanker, features: Float32Array, scores: Float64Array): Float64Array {
  const judged = standardised(ranker.judge(withPrior(features, scores, ranker.width)))
  const grown = standardised(sumTrees(ranker.trees, features, ranker.width))
  return judged.map((score, at) => score + grown[at])
}

/** Teaches without asking whether it helps. At least one lesson with a gain. */
export async function teachSearchRanker(
  lessons: readonly SearchLesson[],
  width: number,
  config: SearchRankerConfig,
  rng: Rng,
  breathe: Breathe,
): Promise<SearchRanker> {
  const slates = lessons.filter(({ gains }) => gains.some((gain) => gain > 0))
  const forNets = slates.map(asLesson(width))
  const task: Task = { objective: 'choice', adversarialWeight: 0, start: [config.start], opinions: width + 1 }
  const nets: Net[] = []
  for (let net = 0; net < config.nets; net++) {
    nets.push(await teachNet(forNets, config, task, rng.fork(`net ${net}`), { breathe, onLosses: () => undefined }))
  }
  const trees = await teachTrees(slates, width, config.trees, rng.fork('trees'), breathe)
  return { width, nets, judge: createJudge(nets), trees, weight: 1 }
}

export interface GuardReport {
  /** NDCG@10 of queries that were not learnt from: with what was learnt, and without. */
  readonly learnt: number
  readonly prior: number
  /** How much the learners count. */
  readonly weight: number
  /** Share of the bootstrap's draws in which the learnt order wins. */
  readonly wins: number
}

/** Teaches, unless what is taught this way does not help on queries it has not seen. */
export async function learnSearchRanker(
  lessons: readonly SearchLesson[],
  width: number,
  measure: (scores: Float64Array, lesson: number) => number,
  config: SearchRankerConfig,
  rng: Rng,
  breathe: Breathe,
): Promise<{ readonly ranker: SearchRanker | null; readonly guard: GuardReport }> {
  const order = rng.shuffle(lessons.map((_, at) => at))
  const prior = new Float64Array(lessons.length)
  const learnt = weights.map(() => new Float64Array(lessons.length))
  for (let fold = 0; fold < config.folds; fold++) {
    const known = order.filter((_, at) => at % config.folds !== fold).map((at) => lessons[at])
    const isTold = known.some(({ gains }) => gains.some((gain) => gain > 0))
    const ranker = isTold ? await teachSearchRanker(known, width, config, rng.fork(`guard ${fold}`), breathe) : null
    for (const lesson of order.filter((_, at) => at % config.folds === fold)) {
      const scores = standardised(lessons[lesson].prior)
      const own = ranker === null ? scores.map(() => 0) : opinions(ranker, lessons[lesson].features, scores)
      prior[lesson] = measure(scores, lesson)
      weights.forEach((weight, choice) => {
        learnt[choice][lesson] = measure(
          scores.map((score, at) => score + weight * own[at]),
          lesson,
        )
      })
    }
  }
  const best = learnt.reduce((most, each, choice) => (mean(each) > mean(learnt[most]) ? choice : most), 0)
  const wins = winsOf(learnt[best], prior, rng)
  const guard = { learnt: mean(learnt[best]), prior: mean(prior), weight: weights[best], wins }
  if (wins < config.confidence) return { ranker: null, guard }
  const ranker = await teachSearchRanker(lessons, width, config, rng.fork('all'), breathe)
  return { ranker: { ...ranker, weight: weights[best] }, guard }
}

/** Of each learner, beside the textual order's 1. */
const weights = [0.15, 0.3, 0.6, 1, 2]
const draws = 1000

function winsOf(a: Float64Array, b: Float64Array, rng: Rng): number {
  let wins = 0
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0
    for (let each = 0; each < a.length; each++) {
      const query = rng.int(a.length)
      sum += a[query] - b[query]
    }
    wins += Number(sum > 0)
  }
  return wins / draws
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/** Gains as shares of so many votes: every query then counts alike. */
const votes = 250

function asLesson(width: number): (lesson: SearchLesson, row: number) => Lesson {
  return ({ features, gains, prior }, row) => {
    const total = gains.reduce((sum, gain) => sum + gain, 0)
    const opinion = standardised(prior)
    return {
      row,
      features: withPrior(features, opinion, width),
      generator: Float32Array.from(opinion),
      chosen: Uint8Array.from(gains, (gain) => Math.round((votes * gain) / total)),
      hidden: gains.filter((gain) => gain > 0).length,
    }
  }
}

/** The textual order's opinion in front of each row. */
function withPrior(features: Float32Array, opinion: Float64Array, width: number): Float32Array {
  const wide = new Float32Array(opinion.length * (width + 1))
  for (let row = 0; row < opinion.length; row++) {
    wide[row * (width + 1)] = opinion[row]
    wide.set(features.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  }
  return wide
}

/** Mean 0, deviation 1; zeros where all are alike. */
export function standardised(values: ArrayLike<number>): Float64Array {
  const own = Float64Array.from(values)
  const centre = mean(own)
  const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, own.length))
  return own.map((value) => (deviation > 1e-12 ? (value - centre) / deviation : 0))
}
