/**
 * YooChoose clicks (RecSys Challenge 2015, 100,000 of them): after every click of a visit, which comes next?
 *
 * Settings were chosen on the last day of the training file (4,000 questions, MRR@20). A quarter of the clicks go back
 * to something seen in the same visit, and nothing is masked: models that cannot name what is there already pay for it.
 */
import { readLastSessions, readSessionSplit } from '../src/evaluate/session-split.ts'
import type { Recipe } from './recipe.ts'

export const yoochoose: Recipe = {
  name: 'yoochoose',
  about: 'YooChoose-100k, next click, MRR@20 and HR@20.',
  data: {
    files: ['yoochoose-100k/train_full.txt.gz', 'yoochoose-100k/test.txt.gz'],
    read: ([train, test]) => readSessionSplit(train, test, 'yoochoose'),
    chooseOn: ([train]) => readLastSessions(train, 1, 'yoochoose'),
  },
  cutoffs: [20],
  entries: {
    'session-knn': {
      model: 'session-knn',
      config: {
        decay: 0.2,
        lengthExponent: 0.25,
        sourceExponent: 0.8,
        targetExponent: 0.2,
        nearness: 0.9,
        neighbours: 500,
        halfLifeDays: 10,
      },
      seeds: ['1'],
      bands: { 'M@20': [0.374, 0.384] },
    },
    gru: { model: 'gru', seeds: ['1', '2', '3', '4', '5'], bands: { 'M@20': [0.357, 0.368], 'HR@20': [0.692, 0.706] } },
    'co-occurrence': {
      model: 'co-occurrence',
      config: { decay: 0.5, backward: 0.8, sourceExponent: 0.7 },
      seeds: ['1'],
      bands: { 'M@20': [0.205, 0.214] },
    },
    popularity: { model: 'popularity', seeds: ['1'], bands: { 'M@20': [0.025, 0.03] } },
    ease: { model: 'ease', seeds: ['1'], bands: { 'M@20': [0.178, 0.188] } },
    'item-knn': { model: 'item-knn', seeds: ['1'], bands: { 'M@20': [0.175, 0.185] } },
    rp3beta: { model: 'rp3beta', seeds: ['1'], bands: { 'M@20': [0.18, 0.19] } },
    // Ten epochs at most, chosen on a fifth of each visit; both still gain at the tenth.
    vae: { model: 'vae', config: { epochs: 10 }, seeds: ['1'], bands: { 'M@20': [0.248, 0.264] } },
    cfgan: { model: 'cfgan', config: { epochs: 10 }, seeds: ['1'], bands: { 'M@20': [0.178, 0.195] } },
  },
}
