/**
 * What a generation consists of: written by training, read by serving, and the only thing the two share.
 *
 * A generation serves several surfaces, each with the model that won its own comparison on its own table of
 * interactions (rows are shoppers, baskets or sessions).
 */
import type { ItemId } from '../domain/ids.ts'
import type { RowKind } from '../preprocess/interactions.ts'
import type { RobustScale } from '../preprocess/scales.ts'
import type { ModelState } from './model.ts'
import type { SearchOrderState } from './search-order.ts'

/** The trained surfaces. Others (trending, recently viewed, buy again …) need no training. */
export const trainedSurfaces = {
  'recommended-for-you': 'users',
  'related-products': 'users',
  session: 'sessions',
  'bought-together': 'baskets',
  'next-basket': 'users',
} as const satisfies Record<string, RowKind>
export type TrainedSurface = keyof typeof trainedSurfaces

export interface Bundle {
  /** The item with index n is `items[n]`. */
  readonly items: readonly ItemId[]
  /** The strengths the models were trained with; serving builds queries with the same. */
  readonly weights: Readonly<Record<string, number>>
  readonly halfLifeDays: number
  /** Scales of the behaviour features, in the order of `Interactions.featureNames`. */
  readonly behaviourScales: readonly RobustScale[]
  /** How expected, to the model of the main surface, what was held out was (expectation.ts); empty where nothing was held out by time. */
  readonly expectations?: readonly (readonly number[])[]
  /** What searches taught; absent where nobody has searched. */
  readonly search?: SearchOrderState
  /** A surface is absent where its data was too thin to learn from. */
  readonly surfaces: Partial<Readonly<Record<TrainedSurface, ModelState>>>
}
