/**
 * Puts what a search found in the order that this shop's shoppers have taught, and then in the order of this shopper.
 *
 * s₀ = the textual order, as deviations z from the mean of the candidates. The shop's stage is a small net over s₀, what
 * of it is the words', their meaning's and the category's that is mostly wanted with them, what was taken after this query
 * (query-feedback.ts) and the features that are the same for everybody; s₁ is what it says.
 * The shopper's stage is another over s₁, the live recommendation model's taste for the product and the features about
 * the shopper: s₂. Answer: s₁ + impact·(s₂ − s₁), so that an impact of 0 is exactly the order of everybody. A stage that
 * was not surely better on later searches is absent, and hands on what it was given. Offline and online rows are made
 * here and nowhere else. Cost: 12 + 11 features, 4 numbers and 2·width·hidden operations a candidate.
 */
import type { Textual } from '../domain/exposure.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { featureNames, type FeatureSet } from '../features/feature-set.ts'
import { features } from '../features/index.ts'
import type { Examination } from '../features/examination.ts'
import type { KeptFeedback, QueryFeedback } from '../features/query-feedback.ts'
import { sumTrees, type Tree } from './boosted-trees.ts'
import type { Net } from './haggle-discriminator.ts'
import { createJudge } from './haggle-judge.ts'

const placesOf = (ofShopper: boolean) =>
  features.flatMap((feature, at) => ((feature.ofShopper ?? false) === ofShopper ? [at] : []))
const shopPlaces = placesOf(false)
const shopperPlaces = placesOf(true)

/** Names of what each stage sees; the first is the order it is given. */
export const stageColumns = {
  shop: ['textual', 'words', 'meaning', 'intent', 'query-feedback', ...shopPlaces.map((at) => featureNames[at])],
  shopper: ['shop', 'taste', ...shopperPlaces.map((at) => featureNames[at])],
} as const
export type StageName = keyof typeof stageColumns

export interface Candidates {
  readonly items: readonly Item[]
  readonly textual: readonly Textual[]
}

/** Who asks for what, and what is known at that moment. */
export interface SearchMoment {
  readonly query: string
  readonly userId: UserId | null
  readonly timeMs: number
  readonly features: FeatureSet
  readonly feedback: QueryFeedback
}

/** How much the recommendation model thinks a product is to this shopper's taste; 0: as usual, or nothing is known. */
export type Taste = (itemId: ItemId) => number

/** items × columns of the shop's stage, row-major. */
export function shopRows({ items, textual }: Candidates, moment: SearchMoment): Float32Array {
  const liked = moment.feedback.of(moment.query)
  // Asked as nobody: the same for all.
  const request = { userId: null, timeMs: moment.timeMs }
  const known = (at: number) => {
    const [all, words = 0, meaning = 0, intent = 0] = textual[at]
    return [all, words, meaning, intent, liked(items[at].id)]
  }
  return rowsOf({ items, places: shopPlaces, features: moment.features, request, known })
}

/** items × columns of the shopper's stage, row-major. */
export function shopperRows(
  { items }: Pick<Candidates, 'items'>,
  given: ArrayLike<number>,
  moment: SearchMoment,
  taste: Taste,
): Float32Array {
  const known = (at: number) => [given[at], taste(items[at].id)]
  return rowsOf({ items, places: shopperPlaces, features: moment.features, request: moment, known })
}

interface RowsAsk {
  readonly items: readonly Item[]
  /** Of the features, in `features`. */
  readonly places: readonly number[]
  readonly features: FeatureSet
  readonly request: Parameters<FeatureSet['value']>[1]
  /** The columns before the features'. */
  readonly known: (at: number) => readonly number[]
}

function rowsOf({ items, places, features, request, known }: RowsAsk): Float32Array {
  const first = items.length === 0 ? 0 : known(0).length
  const rows = new Float32Array(items.length * (places.length + first))
  let to = 0
  for (let at = 0; at < items.length; at++) {
    for (const value of known(at)) rows[to++] = value
    for (const place of places) rows[to++] = features.value(place, request, items[at])
  }
  return rows
}

/**
 * @param all how well each candidate fits what was typed
 * @param plain the same before it was known what is mostly wanted with it
 * @param meaning what of that is likeness of meaning
 */
export function textualOf(all: Float64Array, plain: Float64Array, meaning: Float64Array): Textual[] {
  const words = deviations(
    plain.map((score, at) => score - meaning[at]),
    2,
  )
  const means = deviations(meaning, 2)
  const intent = deviations(
    all.map((score, at) => score - plain[at]),
    2,
  )
  return Array.from(deviations(all), (own, at): Textual => [own, words[at], means[at], intent[at]])
}

/** Deviations from the mean, in as few decimals as answers are logged: learnt from is what was answered by. */
export function deviations(values: ArrayLike<number>, decimals = 4): Float64Array {
  const own = Float64Array.from(values)
  const count = Math.max(1, own.length)
  const mean = own.reduce((sum, value) => sum + value, 0) / count
  const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count)
  const unit = 10 ** decimals
  return own.map((value) => (deviation > 1e-9 ? Math.round((unit * (value - mean)) / deviation) / unit : 0))
}

/** A taste from a model's scores of all its items: deviations from their mean, long tails drawn in by the logarithm. */
export function tasteOf(scores: Float32Array, indexOf: (itemId: ItemId) => number): Taste {
  let [sum, squares] = [0, 0]
  for (let at = 0; at < scores.length; at++) {
    sum += scores[at]
    squares += scores[at] * scores[at]
  }
  const mean = sum / scores.length
  const deviation = Math.sqrt(Math.max(0, squares / scores.length - mean * mean)) || 1
  return (itemId) => {
    const index = indexOf(itemId)
    if (index < 0) return 0
    const z = (scores[index] - mean) / deviation
    return Math.sign(z) * Math.log1p(Math.abs(z))
  }
}

/** What one stage learnt. Plain data. */
export interface StageState {
  readonly columns: readonly string[]
  readonly nets: readonly PlainNet[]
  readonly trees: readonly Tree[]
}

interface PlainNet {
  readonly centre: readonly number[]
  readonly scale: readonly number[]
  readonly parameters: readonly (readonly number[])[]
}

/** What a generation keeps of it. Plain data. */
export interface SearchOrderState {
  readonly examination: Examination
  readonly feedback: KeptFeedback
  readonly stages: Readonly<Record<StageName, StageState | null>>
}

export type StageJudge = (rows: Float32Array) => ArrayLike<number>

export function plainNet({ centre, scale, parameters }: Net): PlainNet {
  return { centre: [...centre], scale: [...scale], parameters: parameters.map((each) => [...each]) }
}

/** @returns `null` where nothing was learnt, or by a version that saw other columns */
export function stageJudge(name: StageName, state: StageState | null): StageJudge | null {
  const columns = stageColumns[name]
  if (state === null || state.columns.join() !== columns.join()) return null
  if (state.nets.length === 0) return treesJudge(state.trees, columns.length)
  return createJudge(
    state.nets.map(({ centre, scale, parameters }) => ({
      centre: Float32Array.from(centre),
      scale: Float32Array.from(scale),
      parameters: parameters.map((each) => Float32Array.from(each)),
    })),
  )
}

/** Where trees see no difference, the order they were given stays. */
const givenShare = 0.01

function treesJudge(trees: readonly Tree[], width: number): StageJudge {
  return (rows) => sumTrees(trees, rows, width).map((sum, row) => sum + givenShare * rows[row * width])
}

export interface SearchOrder {
  /** Whether anything was learnt about shoppers: without it nobody's taste need be asked for. */
  readonly isPersonal: boolean
  /**
   * `null`: as they fit what was typed.
   * @param impact how much the shopper's stage counts, 0 to 1; not asked where `taste` is `null`
   */
  scores(candidates: Candidates, moment: SearchMoment, taste: Taste | null, impact: number): ArrayLike<number> | null
}

/** `null` where no stage has learnt anything. */
export function createSearchOrder(stages: SearchOrderState['stages']): SearchOrder | null {
  const shop = stageJudge('shop', stages.shop)
  const shopper = stageJudge('shopper', stages.shopper)
  if (shop === null && shopper === null) return null
  return {
    isPersonal: shopper !== null,
    scores: (candidates, moment, taste, impact) => {
      const learnt = shop?.(shopRows(candidates, moment)) ?? null
      if (shopper === null || taste === null || impact === 0) return learnt
      const given = learnt ?? candidates.textual.map(([all]) => all)
      const own = shopper(shopperRows(candidates, given, moment, taste))
      return Float64Array.from(own, (score, at) => (1 - impact) * given[at] + impact * score)
    },
  }
}
