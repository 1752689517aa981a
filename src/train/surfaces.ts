/**
 * What each trained surface learns from and how it is examined: one table, one path for all.
 *
 * The examination is the live question: related products are asked with one product, visits with what came first.
 */
import type { EventType } from '../domain/event.ts'
import type { Question } from '../evaluate/time-split.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { FoundSettings } from './tuned-settings.ts'

export interface SurfaceRecipe {
  readonly question: Question
  /** Only these events; all that weigh something where absent. */
  readonly types?: readonly EventType[]
  /** Whether its lists are composed when served (the plans of `serve/surfaces` say the same). */
  readonly composed: boolean
  /** Who competes where the shop does not say (`training.models`), the most trusted first; popularity always does. */
  readonly models: readonly string[]
  /** Where these rows want other settings than a model comes with: chosen on validation parts (docs/models.md). */
  readonly settings: FoundSettings
}

/** Slates and steps enough to teach a small network by: a third of the time, and no worse where it was measured. */
const taught = { folds: 2, maximumSlates: 3000, steps: 100, batchSize: 64 }
/** No slates, no discriminator: where it was not surely worth its time (docs/models.md). */
const ensemble = { folds: 1, maximumSlates: 1 }
const by = (...models: string[]) => Object.fromEntries(models.map((model) => [model, { model }]))
const judging = (model: string) => ({ [model]: { model, weight: 0 } })

export const surfaceRecipes: Readonly<Record<TrainedSurface, SurfaceRecipe>> = {
  'recommended-for-you': {
    question: 'next',
    composed: true,
    models: ['item-knn', 'rp3beta', 'ease', 'ials', 'content', 'cfgan', 'haggle'],
    settings: {
      haggle: {
        ...taught,
        folds: 3,
        bases: { ...by('rp3beta', 'sparse-ease', 'ials', 'item-knn'), ...judging('content') },
      },
    },
  },
  'related-products': {
    question: 'after-one-item',
    composed: false,
    models: ['item-knn', 'rp3beta', 'ease', 'ials', 'user-knn', 'haggle'],
    // (A discriminator would learn from whole histories and be asked about one item.)
    settings: { haggle: { ...ensemble, bases: by('ials', 'user-knn', 'sparse-ease', 'content') } },
  },
  session: {
    question: 'rest-of-visit',
    composed: true,
    models: ['item-knn', 'rp3beta', 'session-knn', 'low-pass', 'ease', 'ials', 'haggle'],
    settings: { haggle: { ...ensemble, bases: by('session-knn', 'rp3beta', 'low-pass', 'item-knn') } },
  },
  'bought-together': {
    question: 'rest-of-basket',
    types: ['purchase'],
    composed: false,
    models: ['item-knn', 'rp3beta', 'ease', 'ials', 'content', 'haggle'],
    settings: {
      ease: { ridge: 37 },
      'sparse-ease': { ridge: 40 },
      haggle: { ...taught, hide: 'random', bases: by('content', 'rp3beta', 'sparse-ease', 'ials') },
    },
  },
  'next-basket': {
    question: 'next-basket',
    types: ['purchase', 'return'],
    composed: false,
    models: ['next-basket', 'tifu-knn', 'ease', 'haggle'],
    // (With fewer steps it is hardly better than what it is made of.)
    settings: { haggle: { folds: 2, maximumSlates: 3000, repeats: true, bases: by('next-basket', 'tifu-knn') } },
  },
}

/** The surface that is learnt even where there is too little to judge by. */
export const mainSurface: TrainedSurface = 'recommended-for-you'

// The GAN is conditioned on a shopper's behaviour; visits and baskets are too many and too short for it.
const shoppersOnly = ['cfgan']
// Most models know what a shopper has not met yet, and little of what is bought again: these compete in any case.
const repeating = ['next-basket', 'tifu-knn']

/** Those of `models` that compete for a surface; `null`: its own. */
export function competing(surface: TrainedSurface, models: readonly string[] | null): string[] {
  const { models: own } = surfaceRecipes[surface]
  if (models === null) return [...own]
  if (surface === 'next-basket') return own.filter((model) => repeating.includes(model) || models.includes(model))
  return models.filter((model) => surface === 'recommended-for-you' || !shoppersOnly.includes(model))
}

/** The surface's own settings, and over them what tuning found. */
export function withUsual(surface: TrainedSurface, found: FoundSettings = {}): FoundSettings {
  const { settings } = surfaceRecipes[surface]
  const names = [...new Set([...Object.keys(settings), ...Object.keys(found)])]
  return Object.fromEntries(names.map((name) => [name, { ...settings[name], ...found[name] }]))
}
