/**
 * RetailRocket: what will this shopper buy? Protocols and their reasons are in splits/retailrocket.ts.
 *
 * Settings were chosen on the last purchase in the training part with all its traces removed (885 shoppers), and are the
 * same by time.
 */
import { dirname } from 'node:path'
import { carted } from './carted.ts'
import type { Entry, Recipe } from './recipe.ts'
import { readHeldOutPurchases, readLastPurchases, readNextPurchases } from './splits/retailrocket.ts'

const files = ['retailrocket/events.tsv.gz', 'retailrocket/test_purchases.tsv.gz']

const coOccurrence = {
  binarise: false,
  window: 20,
  backward: 0.85,
  distanceExponent: 0.5,
  gapExponent: 1,
  gapMinutes: 3,
  rowExponent: 0,
  sourceExponent: 0.4,
  targetExponent: 0.2,
  targetStrength: 0,
  askedStrength: 0.5,
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
  data: {
    files,
    read: ([events]) => readHeldOutPurchases(dirname(events)),
    chooseOn: ([events]) => readLastPurchases(dirname(events)),
  },
  cutoffs: [10, 20],
  entries: {
    'co-occurrence': {
      model: 'co-occurrence',
      config: coOccurrence,
      seeds: ['1'],
      bands: { 'G@20': [0.272, 0.283], 'HR@20': [0.386, 0.398] },
    },
    ...others({
      popularity: { 'G@20': [0.025, 0.031] },
      'session-knn': { 'G@20': [0.1, 0.111] },
      'item-knn': { 'G@20': [0.048, 0.058] },
      'user-knn': { 'G@20': [0.078, 0.088] },
      rp3beta: { 'G@20': [0.043, 0.053] },
    }),
    // Few epochs are enough: on a fifth of each row held out the second and the fourth were best.
    vae: { model: 'vae', config: { epochs: 6 }, seeds: ['1'], bands: { 'G@20': [0.019, 0.024] } },
    cfgan: { model: 'cfgan', config: { epochs: 10 }, seeds: ['1'], bands: { 'G@20': [0.0205, 0.0255] } },
  },
}

const byTime: Recipe = {
  name: 'retailrocket-time',
  about:
    'RetailRocket, learning from 70 days, asking before the visit of the next purchase; only what was bought is masked.',
  data: {
    files,
    read: ([events]) => readNextPurchases(dirname(events), { afterDays: 70, known: 'at-visit' }),
    chooseOn: ([events]) => readNextPurchases(dirname(events), { afterDays: 50, untilDays: 70, known: 'at-visit' }),
  },
  cutoffs: [10, 20],
  entries: {
    carted: { model: carted, seeds: ['1'], bands: { 'G@20': [0.325, 0.338] } },
    'co-occurrence': {
      model: 'co-occurrence',
      config: coOccurrence,
      seeds: ['1'],
      bands: { 'G@20': [0.034, 0.044] },
    },
    ...others({
      popularity: { 'G@20': [0.024, 0.03] },
      'session-knn': { 'G@20': [0.18, 0.204] },
      'item-knn': { 'G@20': [0.028, 0.038] },
      'user-knn': { 'G@20': [0.144, 0.166] },
      rp3beta: { 'G@20': [0.018, 0.028] },
    }),
  },
}

export const retailrocketRecipes: readonly Recipe[] = [heldOut, byTime]
