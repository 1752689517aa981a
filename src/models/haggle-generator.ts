/**
 * Proposes what a shopper may want next: the few items that several simple models agree on, and what each says of them.
 *
 * z_k(u, i) is the score of base model k, standardised over the items the shopper has not met; the generator is
 * p(i | u) ∝ exp(mean_k z_k(u, i)) on the N items where that is highest, a mean in which every base model has a weight
 * of its own (0: it does not propose, and only says what it thinks of what others do). For each of the N a row of
 * features: z_k as it is and bent (sign(z)·log(1 + |z|), for scores with long tails), log(1 + r) / 4 − .8 for the rank r
 * by model k among the N, the mean and its rank, log popularity, log activity of the shopper, and the signals that were
 * asked for (NaN where the one who asks comes without). Cost: one score of each base model, 4·K·items, and N times what
 * the signals cost.
 */
import { createTopK } from '../kernels/top-k.ts'
import type { Fitted, Query } from './model.ts'

export interface Slate {
  /** Best first by the mean. */
  readonly items: Int32Array
  /** items × featureCount, row-major. */
  readonly features: Float32Array
  /** The mean of the standardised scores for the whole catalogue; a buffer that holds until the next call. */
  readonly mean: Float32Array
  /** How the scores of each base model were standardised. */
  readonly scales: readonly Scale[]
}

/** z = (score − centre)·by. */
export interface Scale {
  readonly centre: number
  readonly by: number
}

export interface Generator {
  propose(query: Query): Slate
}

/** What the base models say, the first features: the z_k, the same bent, the ranks, their mean and its rank. */
export function opinionCountOf(baseCount: number): number {
  return 3 * baseCount + 2
}

/** The first `baseCount` of them are the z_k. */
export function featureCountOf(baseCount: number, signalCount: number): number {
  return opinionCountOf(baseCount) + 2 + signalCount
}

/** In the order of `describe`. */
export function featureNames(bases: readonly string[], signals: readonly string[]): string[] {
  return [
    ...bases,
    ...bases.map((base) => `${base}, bent`),
    ...bases.map((base) => `${base}, rank`),
    'all together',
    'all together, rank',
    'how many have it',
    'length of the history',
    ...signals,
  ]
}

export interface WeightedBase {
  readonly fitted: Fitted
  /** Its part in the mean, ≥ 0; they sum to more than 0. */
  readonly weight: number
}

/** What part each has in the mean. */
export function sharesOf(bases: readonly Pick<WeightedBase, 'weight'>[]): number[] {
  const total = bases.reduce((sum, { weight }) => sum + weight, 0)
  return bases.map(({ weight }) => weight / total)
}

export interface GeneratorOptions {
  readonly candidates: number
  /** Names of the signals among the features. */
  readonly signals: readonly string[]
  /** Also what the shopper has already. */
  readonly repeats: boolean
}

/** @param popularity how many rows hold each item */
export function createGenerator(
  bases: readonly WeightedBase[],
  popularity: Float32Array,
  { candidates, signals, repeats }: GeneratorOptions,
): Generator {
  const itemCount = popularity.length
  const scores = bases.map(() => new Float32Array(itemCount))
  const mean = new Float32Array(itemCount)
  const shares = sharesOf(bases)
  const seen = new Uint8Array(itemCount)
  const best = createTopK(Math.min(candidates, itemCount))
  const logPopularity = popularity.map((count) => Math.log1p(count))

  return {
    propose: (query) => {
      const skipped = repeats ? new Int32Array(0) : query.items
      for (const item of skipped) seen[item] = 1
      mean.fill(0)
      const scales = bases.map(({ fitted }, at) => {
        const z = scores[at]
        fitted.score(query, z)
        const scale = standardise(z, seen, skipped.length)
        const share = shares[at]
        if (share > 0) for (let item = 0; item < itemCount; item++) mean[item] += share * z[item]
        return scale
      })
      for (let item = 0; item < itemCount; item++) if (seen[item] === 0) best.offer(item, mean[item])
      const items = best.drain()
      for (const item of skipped) seen[item] = 0
      const features = describe(items, scores, mean, logPopularity, query, signals.length)
      if (signals.length > 0) addSignals(features, items, query, signals)
      return { items, mean, scales, features }
    },
  }
}

/** To mean 0 and deviation 1 over what is not seen; scores that are all alike become 0. */
function standardise(scores: Float32Array, seen: Uint8Array, seenCount: number): Scale {
  const count = Math.max(1, scores.length - seenCount)
  let sum = 0
  for (let item = 0; item < scores.length; item++) if (seen[item] === 0) sum += scores[item]
  const centre = sum / count
  let squares = 0
  for (let item = 0; item < scores.length; item++) if (seen[item] === 0) squares += (scores[item] - centre) ** 2
  const deviation = Math.sqrt(squares / count)
  const by = deviation > 1e-12 ? 1 / deviation : 0
  for (let item = 0; item < scores.length; item++) scores[item] = (scores[item] - centre) * by
  return { centre, by }
}

/** One row of features an item, in the order of the head comment. */
function describe(
  items: Int32Array,
  scores: readonly Float32Array[],
  mean: Float32Array,
  logPopularity: Float32Array,
  query: Query,
  signalCount: number,
): Float32Array {
  const baseCount = scores.length
  const width = featureCountOf(baseCount, signalCount)
  const features = new Float32Array(items.length * width)
  const write = (column: number, value: (item: number, at: number) => number) =>
    items.forEach((item, at) => (features[at * width + column] = value(item, at)))
  scores.forEach((z, base) => {
    const ranks = ranksOf(items, z)
    write(base, (item) => z[item])
    write(baseCount + base, (item) => Math.sign(z[item]) * Math.log1p(Math.abs(z[item])))
    write(2 * baseCount + base, (_, at) => rankFeature(ranks[at]))
  })
  const ranks = ranksOf(items, mean)
  write(3 * baseCount, (item) => mean[item])
  write(3 * baseCount + 1, (_, at) => rankFeature(ranks[at]))
  write(3 * baseCount + 2, (item) => logPopularity[item])
  write(3 * baseCount + 3, () => Math.log1p(query.items.length))
  return features
}

/** Into the last columns, by name: what is offered may be more, less, or in another order than when it was learnt. */
function addSignals(features: Float32Array, items: Int32Array, { signals }: Query, wanted: readonly string[]): void {
  const width = features.length / items.length
  const offered = signals?.names ?? []
  const values = new Float32Array(items.length * offered.length)
  signals?.read(items, values)
  wanted.forEach((name, index) => {
    const column = offered.indexOf(name)
    for (let at = 0; at < items.length; at++) {
      features[(at + 1) * width - wanted.length + index] = column < 0 ? NaN : values[at * offered.length + column]
    }
  })
}

/** About −1 to 0.5. */
function rankFeature(rank: number): number {
  return Math.log1p(rank) / 4 - 0.8
}

/** From 0 for the highest; equal values share the mean of their places, so that no order of items leaks in. */
function ranksOf(items: Int32Array, values: Float32Array): Float32Array {
  const order = Array.from(items.keys()).sort((a, b) => values[items[b]] - values[items[a]])
  const ranks = new Float32Array(items.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[items[order[end]]] === values[items[order[start]]]) end++
    for (let at = start; at < end; at++) ranks[order[at]] = (start + end - 1) / 2
    start = end
  }
  return ranks
}
