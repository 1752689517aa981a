/**
 * What each trained surface learns from and how it is examined: one table, one path for all.
 *
 * The examination is the live question: related products are asked with one product, visits with what came first.
 */
import type { EventType } from '../domain/event.ts'
import type { Question } from '../evaluate/time-split.ts'
import type { TrainedSurface } from '../models/bundle.ts'

export interface SurfaceRecipe {
  readonly question: Question
  /** Only these events; all that weigh something where absent. */
  readonly types?: readonly EventType[]
  /** Whether its lists are composed when served (the plans of `serve/surfaces` say the same). */
  readonly composed: boolean
  /** Models that do not compete here. */
  readonly without: readonly string[]
  /** Who competes instead of `training.models`; popularity always does. */
  readonly instead?: readonly string[]
}

// The GAN is conditioned on a shopper's behaviour; visits and baskets are too many and too short for it.
const shortRows = ['cfgan']

export const surfaceRecipes: Readonly<Record<TrainedSurface, SurfaceRecipe>> = {
  'recommended-for-you': { question: 'next', composed: true, without: [] },
  'related-products': { question: 'after-one-item', composed: false, without: shortRows },
  session: { question: 'rest-of-visit', composed: true, without: shortRows },
  'bought-together': { question: 'rest-of-basket', types: ['purchase'], composed: false, without: shortRows },
  // Models of what a shopper has not met yet have nothing to say of what is bought again.
  'next-basket': {
    question: 'next-basket',
    types: ['purchase', 'return'],
    composed: false,
    without: [],
    instead: ['next-basket', 'tifu-knn'],
  },
}

/** The surface that is learnt even where there is too little to judge by. */
export const mainSurface: TrainedSurface = 'recommended-for-you'

/** Those of `models` that compete for a surface, or who does instead. */
export function competing(surface: TrainedSurface, models: readonly string[]): string[] {
  const { without, instead = models } = surfaceRecipes[surface]
  return instead.filter((model) => !without.includes(model))
}
