/**
 * How good a search is where people have said which products answer which query.
 *
 * The whole catalogue is ranked; what nobody judged counts as irrelevant.
 * NDCG@k(q) = Σ_{r≤k} g(d_r)/log2(r+1) / Σ_{r≤k} g*_r/log2(r+1), g* the query's gains, best first (Järvelin and
 * Kekäläinen 2002, linear gains). Queries without any relevant product say nothing and are left out. Chosen and judged
 * parts are cut by query, never by pair, and compared searches are paired by query.
 */
import type { Rng } from '../base/rng.ts'
import type { ItemRecord } from '../domain/item.ts'
import { quantile } from '../preprocess/scales.ts'
import type { BootstrapOptions, Interval } from './bootstrap.ts'

export interface JudgedQuery {
  readonly text: string
  /** Index of the record → gain, 0 where it was judged irrelevant. */
  readonly gains: ReadonlyMap<number, number>
}

export interface JudgedSet {
  /** In an order that tells nothing: ties go to the lower index. */
  readonly records: readonly ItemRecord[]
  readonly queries: readonly JudgedQuery[]
}

/** Puts the catalogue in order for a query: indices of records, best first; what is not named comes last. */
export type RankRecords = (query: string) => ArrayLike<number>

/** NDCG@`cutoff` of each query. */
export function judgeSearch(queries: readonly JudgedQuery[], rank: RankRecords, cutoff = 10): Float64Array {
  return Float64Array.from(queries, ({ text, gains }) => ndcg(rank(text), gains, cutoff))
}

export function ndcg(ranked: ArrayLike<number>, gains: ReadonlyMap<number, number>, cutoff: number): number {
  const best = [...gains.values()].sort((a, b) => b - a)
  const ideal = discounted(best, cutoff)
  const found = Array.from({ length: Math.min(cutoff, ranked.length) }, (_, at) => gains.get(ranked[at]) ?? 0)
  return ideal > 0 ? discounted(found, cutoff) / ideal : 0
}

function discounted(gains: readonly number[], cutoff: number): number {
  let sum = 0
  for (let at = 0; at < Math.min(cutoff, gains.length); at++) sum += gains[at] / Math.log2(at + 2)
  return sum
}

/** Queries with something to find, each in one of `folds` parts of nearly one size. */
export function foldQueries(count: number, folds: number, rng: Rng): Uint8Array {
  const order = rng.shuffle(Array.from({ length: count }, (_, at) => at))
  const fold = new Uint8Array(count)
  order.forEach((query, at) => {
    fold[query] = at % folds
  })
  return fold
}

/** Mean(a) / mean(b) − 1 with its 95 % interval over queries drawn anew; `a` and `b` are aligned. */
export function pairedGain(a: Float64Array, b: Float64Array, { rounds, rng }: BootstrapOptions): Interval {
  const gains = new Float64Array(rounds)
  for (let round = 0; round < rounds; round++) {
    let [ours, theirs] = [0, 0]
    for (let draw = 0; draw < a.length; draw++) {
      const query = rng.int(a.length)
      ours += a[query]
      theirs += b[query]
    }
    gains[round] = ours / theirs - 1
  }
  gains.sort()
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  return { mean: sum(a) / sum(b) - 1, low: quantile(gains, 0.025), high: quantile(gains, 0.975) }
}
