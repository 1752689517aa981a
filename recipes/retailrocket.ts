/**
 * RetailRocket: what will this shopper buy? Protocols and their reasons are in splits/retailrocket.ts.
 *
 * Settings for the held-out purchases were chosen on the last purchase in the training part with all its traces removed
 * (885 shoppers); for the purchases after day 70, on those between day 40 and day 70.
 */
import { dirname } from 'node:path'
import { carted } from './carted.ts'
import type { Entry, Recipe } from './recipe.ts'
import { readHeldOutPurchases, readNextPurchases } from './splits/retailrocket.ts'

const files = ['retailrocket/events.tsv.gz', 'retailrocket/test_purchases.tsv.gz']

const coOccurrence = {
  binarise: false,
  window: 20,
  backward: 0.85,
  distanceExponent: 0.5,
  rowExponent: 0,
  sourceExponent: 0.5,
  targetExponent: 0.2,
  targetStrength: 0,
  decay: 0.99,
}

const others = (bands: Readonly<Record<string, Entry['bands']>>): Readonly<Record<string, Entry>> => ({
  popularity: { model: 'popularity', seeds: ['1'], bands: bands.popularity },
  'session-knn': {
    model: 'session-knn',
    config: {
      binarise: false,
      decay: 0.9,
      lengthExponent: 0,
      sourceExponent: 0.7,
      targetExponent: 0.2,
      backward: 0.7,
      neighbours: 500,
      maximumLength: 500,
      historyLength: 200,
    },
    seeds: ['1'],
    bands: bands['session-knn'],
  },
  'item-knn': { model: 'item-knn', seeds: ['1'], bands: bands['item-knn'] },
  'user-knn': { model: 'user-knn', seeds: ['1'], bands: bands['user-knn'] },
  rp3beta: { model: 'rp3beta', seeds: ['1'], bands: bands.rp3beta },
})

const heldOut: Recipe = {
  name: 'retailrocket',
  about: 'RetailRocket, one held-out purchase a shopper, all that was touched masked.',
  data: { files, read: ([events]) => readHeldOutPurchases(dirname(events)) },
  cutoffs: [10, 20],
  entries: {
    'co-occurrence': {
      model: 'co-occurrence',
      config: coOccurrence,
      seeds: ['1'],
      bands: { 'G@20': [0.225, 0.24], 'HR@20': [0.34, 0.36] },
    },
    ...others({
      popularity: { 'G@20': [0, 0.029] },
      'session-knn': { 'G@20': [0.06, 0.08] },
      'item-knn': { 'G@20': [0.06, 0.08] },
      'user-knn': { 'G@20': [0.06, 0.08] },
      rp3beta: { 'G@20': [0.06, 0.08] },
    }),
  },
}

const byTime: Recipe = {
  name: 'retailrocket-time',
  about:
    'RetailRocket, learning from 70 days, asking before the visit of the next purchase; only what was bought is masked.',
  data: { files, read: ([events]) => readNextPurchases(dirname(events), { afterDays: 70, known: 'at-visit' }) },
  cutoffs: [10, 20],
  entries: {
    carted: { model: carted, seeds: ['1'], bands: { 'G@20': [0.325, 0.338] } },
    'co-occurrence': {
      model: 'co-occurrence',
      config: coOccurrence,
      seeds: ['1'],
      bands: { 'G@20': [0.02, 0.045] },
    },
    ...others({
      popularity: { 'G@20': [0.02, 0.035] },
      'session-knn': { 'G@20': [0.06, 0.08] },
      'item-knn': { 'G@20': [0.06, 0.08] },
      'user-knn': { 'G@20': [0.06, 0.08] },
      rp3beta: { 'G@20': [0.06, 0.08] },
    }),
  },
}

export const retailrocketRecipes: readonly Recipe[] = [heldOut, byTime]
