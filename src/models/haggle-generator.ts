/**
 * Proposes what a shopper may want next: the few items that several simple models agree on, and what each says of them.
 *
 * z_k(u, i) is the score of base model k, standardised over the items the shopper has not met, or (`scale: 'top'`) divided
 * by the mean of its hundred highest there; the generator is
 * p(i | u) ∝ exp(mean_k z_k(u, i)) on the N items where that is highest, a mean in which every base model has a weight
 * of its own (0: it does not propose, and only says what it thinks of what others do). For each of the N a row of
 * features: z_k as it is and bent (sign(z)·log(1 + |z|), for scores with long tails), log(1 + r) / 4 − .8 for the rank r
 * by model k among the N, the mean and its rank, log popularity, log activity of the shopper, and the signals that were
 * asked for (NaN where the one who asks comes without). Cost: one score of each base model, two passes over its scores,
 * K·N·log N, and N times what the signals cost.
 */
import { topK } from '../kernels/top-k.ts'
import { historySignal, isOfHistory } from './haggle-history.ts'
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

/** z = (score − centre)·by; `by` is 0 where a model says nothing. */
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
  readonly scale: OpinionScale
}

/** How opinions become comparable: in deviations over the catalogue, or as shares of the mean of a model's hundred best. */
export type OpinionScale = 'deviation' | 'top'

/** @param popularity how many rows hold each item */
export function createGenerator(
  bases: readonly WeightedBase[],
  popularity: Float32Array,
  { candidates, signals, repeats, scale: kind }: GeneratorOptions,
): Generator {
  const itemCount = popularity.length
  const scores = bases.map(() => new Float32Array(itemCount))
  const mean = new Float32Array(itemCount)
  const shares = sharesOf(bases)
  const seen = new Uint8Array(itemCount)
  const logPopularity = popularity.map((count) => Math.log1p(count))
  const writeRanks = createRanks(Math.min(candidates, itemCount))

  return {
    propose: (query) => {
      const skipped = repeats ? new Int32Array(0) : query.items
      for (const item of skipped) seen[item] = 1
      mean.fill(0)
      const scales = bases.map(({ fitted }, at) => {
        fitted.score(query, scores[at])
        const scale = kind === 'top' ? topScale(scores[at], seen) : deviationScale(scores[at], skipped)
        if (shares[at] > 0) add(mean, scores[at], scale, shares[at])
        return scale
      })
      const items = topK(mean, candidates, seen)
      for (const item of skipped) seen[item] = 0
      const features = describe(
        items,
        { scores, scales, mean, logPopularity, writeRanks },
        query.items.length,
        signals.length,
      )
      if (signals.length > 0) addSignals(features, items, query, signals)
      return { items, mean, scales, features }
    },
  }
}

/**
 * To mean 0 and deviation 1 over all but `skipped`; scores that are all alike become 0. In one pass, around the first
 * score, so that the squares do not swallow the differences.
 */
function deviationScale(scores: Float32Array, skipped: Int32Array): Scale {
  const pivot = scores[0]
  let [sum, squares] = [0, 0]
  for (let item = 0; item < scores.length; item++) {
    const value = scores[item] - pivot
    sum += value
    squares += value * value
  }
  for (let at = 0; at < skipped.length; at++) {
    const value = scores[skipped[at]] - pivot
    sum -= value
    squares -= value * value
  }
  const count = Math.max(1, scores.length - skipped.length)
  const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))
  return { centre: pivot + sum / count, by: deviation > 1e-12 ? 1 / deviation : 0 }
}

/** How many of a model's best its unit is made of. */
const bestCount = 100

/** To a mean of 1 over the best of what is not seen; 0 stays 0, and scores without any above it become 0. */
function topScale(scores: Float32Array, seen: Uint8Array): Scale {
  const best = topK(scores, bestCount, seen)
  const mean = best.reduce((sum, item) => sum + scores[item], 0) / Math.max(1, best.length)
  return { centre: 0, by: mean > 1e-12 ? 1 / mean : 0 }
}

function add(mean: Float32Array, scores: Float32Array, { centre, by }: Scale, share: number): void {
  const factor = share * by
  for (let item = 0; item < mean.length; item++) mean[item] += (scores[item] - centre) * factor
}

interface Opinions {
  readonly scores: readonly Float32Array[]
  readonly scales: readonly Scale[]
  readonly mean: Float32Array
  readonly logPopularity: Float32Array
  readonly writeRanks: WriteRanks
}

/** One row of features an item, in the order of the head comment. */
function describe(
  items: Int32Array,
  { scores, scales, mean, logPopularity, writeRanks }: Opinions,
  historyLength: number,
  signalCount: number,
): Float32Array {
  const count = items.length
  const bases = scores.length
  const width = featureCountOf(bases, signalCount)
  const features = new Float32Array(count * width)
  const z = new Float32Array(count)
  for (let base = 0; base < bases; base++) {
    const { centre, by } = scales[base]
    for (let at = 0; at < count; at++) z[at] = (scores[base][items[at]] - centre) * by
    for (let at = 0, to = base; at < count; at++, to += width) {
      features[to] = z[at]
      features[to + bases] = z[at] < 0 ? -Math.log1p(-z[at]) : Math.log1p(z[at])
    }
    writeRanks(z, features, 2 * bases + base, width)
  }
  for (let at = 0; at < count; at++) z[at] = mean[items[at]]
  writeRanks(z, features, 3 * bases + 1, width)
  const activity = Math.log1p(historyLength)
  for (let at = 0, to = 3 * bases; at < count; at++, to += width) {
    features[to] = z[at]
    features[to + 2] = logPopularity[items[at]]
    features[to + 3] = activity
  }
  return features
}

/** Into the last columns, by name: what is offered may be more, less, or in another order than when it was learnt. */
function addSignals(features: Float32Array, items: Int32Array, query: Query, wanted: readonly string[]): void {
  const width = features.length / items.length
  const { signals } = query
  const offered = signals?.names ?? []
  const values = new Float32Array(items.length * offered.length)
  signals?.read(items, values)
  wanted.forEach((name, index) => {
    if (isOfHistory(name)) {
      const value = historySignal(name, query)
      for (let at = 0; at < items.length; at++) features[(at + 1) * width - wanted.length + index] = value(items[at])
      return
    }
    const column = offered.indexOf(name)
    for (let at = 0; at < items.length; at++) {
      features[(at + 1) * width - wanted.length + index] = column < 0 ? NaN : values[at * offered.length + column]
    }
  })
}

/** Writes the feature of each value's rank into one column of `features`. */
type WriteRanks = (values: Float32Array, features: Float32Array, column: number, width: number) => void

/**
 * log(1 + r) / 4 − .8, about −1 to .5, for the rank r among at most `most` values: 0 the highest; equal ones share the
 * mean of their places, so that no order of items leaks in. Value and place are the upper and the lower half of one
 * float64, which is sorted by the value then, natively.
 */
function createRanks(most: number): WriteRanks {
  // By twice the rank, which may be a half.
  const written = Float32Array.from({ length: 2 * most }, (_, twice) => Math.log1p(twice / 2) / 4 - 0.8)
  const keys = new Float64Array(most)
  const halves = new Int32Array(keys.buffer)
  return (values, features, column, width) => {
    const count = values.length
    const bits = new Int32Array(values.buffer, values.byteOffset, count)
    for (let at = 0; at < count; at++) {
      halves[2 * at] = at
      halves[2 * at + 1] = bits[at]
    }
    keys.subarray(0, count).sort()
    for (let end = count; end > 0; ) {
      const value = values[halves[2 * end - 2]]
      let start = end - 1
      while (start > 0 && values[halves[2 * start - 2]] === value) start--
      // Places from the top: count − end to count − 1 − start.
      const feature = written[2 * count - 1 - start - end]
      for (; end > start; end--) features[halves[2 * end - 2] * width + column] = feature
    }
  }
}
