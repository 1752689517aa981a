/**
 * Amazon Beauty, leave-one-out: whole-catalogue ranking, what a shopper has masked (S3-Rec's file; published NDCG@10:
 * SASRec .0318–.0375, TIGER .0384, LC-Rec .0438).
 *
 * Settings were chosen on the second-to-last items (6,000 shoppers), the last never seen. The file stores the items that
 * a shopper reviewed on one day in an order that looks the same for all, from which directed models gain: the second
 * recipe shuffles each history and leaves what is asked for.
 */
import { readSequenceSplit } from '../src/evaluate/sequence-split.ts'
import type { DataSet, Entry, Recipe } from './recipe.ts'

function data(shuffled: boolean): DataSet {
  return {
    files: ['beauty/Beauty.txt.gz'],
    read: ([path]) => readSequenceSplit(path, { seed: 'beauty', heldOut: 'last', shuffled }),
    chooseOn: ([path]) => readSequenceSplit(path, { seed: 'beauty', heldOut: 'second-to-last', shuffled }),
  }
}

/** What no order moves: the same figures in both recipes. */
const undirected: Readonly<Record<string, Entry>> = {
  popularity: { model: 'popularity', seeds: ['1'], bands: { 'G@10': [0.005, 0.007] } },
  ease: { model: 'ease', seeds: ['1'], bands: { 'G@10': [0.041, 0.043] } },
  'item-knn': { model: 'item-knn', seeds: ['1'], bands: { 'G@10': [0.0403, 0.0419] } },
  rp3beta: { model: 'rp3beta', seeds: ['1'], bands: { 'G@10': [0.0377, 0.0393] } },
}

const beauty: Recipe = {
  name: 'beauty',
  about: 'Beauty in the order of the file.',
  data: data(false),
  cutoffs: [5, 10, 20],
  entries: {
    'co-occurrence': {
      model: 'co-occurrence',
      config: {
        window: 20,
        backward: 0.2,
        distanceExponent: 0.4,
        rowExponent: 0,
        sourceExponent: 0.3,
        targetExponent: 0.1,
        decay: 0.6,
        neighbours: 200,
      },
      seeds: ['1'],
      bands: { 'G@10': [0.061, 0.0635], 'HR@10': [0.097, 0.101] },
    },
    'session-knn': {
      model: 'session-knn',
      config: { decay: 0.5, lengthExponent: 0.3, targetExponent: 0.1, backward: 0.3 },
      seeds: ['1'],
      bands: { 'G@10': [0.0615, 0.0643] },
    },
    ...undirected,
    // Ten epochs at most, still gaining at the tenth.
    cfgan: { model: 'cfgan', config: { epochs: 10 }, seeds: ['1'], bands: { 'G@10': [0.0165, 0.0205] } },
  },
}

const shuffled: Recipe = {
  name: 'beauty-shuffled',
  about: 'Beauty with each history in random order: what is left of a claim where order says nothing.',
  data: data(true),
  cutoffs: [5, 10, 20],
  entries: {
    'co-occurrence': {
      model: 'co-occurrence',
      config: {
        window: 50,
        backward: 1,
        distanceExponent: 0,
        rowExponent: 0.5,
        sourceExponent: 0.3,
        targetExponent: 0.2,
        decay: 1,
        neighbours: 1000,
      },
      seeds: ['1'],
      bands: { 'G@10': [0.041, 0.0435] },
    },
    'session-knn': {
      model: 'session-knn',
      config: { decay: 1, nearness: 1, backward: 1, lengthExponent: 0.3, targetExponent: 0.1 },
      seeds: ['1'],
      bands: { 'G@10': [0.041, 0.043] },
    },
    ...undirected,
  },
}

export const beautyRecipes: readonly Recipe[] = [beauty, shuffled]
