/**
 * Ta-Feng, the next basket of supermarket shoppers: whoever is asked was never learnt from, and everything may be bought
 * again, so nothing is masked.
 *
 * The file knows the order of baskets and no times: a basket's age is the number of baskets after it.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { createRng } from '../src/base/rng.ts'
import { filledRows, type Split } from '../src/evaluate/split.ts'
import { csrFromTriples } from '../src/kernels/csr.ts'
import { basketsOf, ownFrequency } from '../src/models/basket-history.ts'
import type { Model } from '../src/models/model.ts'
import { popularity } from '../src/models/popularity.ts'
import { stackBaskets } from '../src/preprocess/baskets.ts'
import { bareInteractions, type Interactions } from '../src/preprocess/interactions.ts'
import type { Entry, Recipe } from './recipe.ts'

type Shopper = readonly (readonly number[])[]

/**
 * Learns from the shoppers of `train`, asks those of `part` for their last basket.
 * @param left how many of the latest baskets of those learnt from are left out
 */
export async function basketSplit(path: string, part: 'validate' | 'test', left = 0): Promise<Split> {
  const file = JSON.parse(gunzipSync(await readFile(path)).toString('utf8')) as Record<string, Record<string, Shopper>>
  const shoppers = Object.values(file).flatMap((own) => Object.values(own))
  const itemCount = 1 + shoppers.flat(2).reduce((most, item) => Math.max(most, item), -1)
  // Numbers decide ties, and may know how often an item is bought.
  const numbers = createRng('tafeng').shuffle(Int32Array.from({ length: itemCount }, (_, item) => item))
  const numbered = (of: string) =>
    Object.values(file[of]).map((own) => own.map((basket) => basket.map((item) => numbers[item])))
  const asked = numbered(part)
  const last = asked.map((own) => own.at(-1) ?? [])
  const truth = tableOf(
    last.map((basket) => [basket]),
    itemCount,
  ).matrix
  return {
    train: tableOf(
      numbered('train').map((own) => own.slice(0, own.length - left)),
      itemCount,
    ),
    asked: tableOf(
      asked.map((own) => own.slice(0, -1)),
      itemCount,
    ),
    truth,
    rows: filledRows(truth),
    masked: csrFromTriples(asked.length, itemCount, [], [], []),
  }
}

function tableOf(shoppers: readonly Shopper[], itemCount: number): Interactions {
  const lists = shoppers.map((own) => own.map((items, at) => ({ items, ageDays: own.length - 1 - at })))
  const lines = lists.flatMap((own, row) => own.flatMap(({ items }) => items.map((item) => ({ row, item }))))
  const column = <K extends 'row' | 'item'>(key: K) => lines.map((line) => line[key])
  const matrix = csrFromTriples(
    shoppers.length,
    itemCount,
    column('row'),
    column('item'),
    new Float32Array(lines.length),
  )
  matrix.values.fill(1)
  const ageDays = new Float32Array(matrix.values.length)
  lists.forEach((own, row) => {
    const latest = new Map(own.flatMap(({ items, ageDays: age }) => items.map((item) => [item, age] as const)))
    for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) {
      ageDays[at] = latest.get(matrix.columns[at]) ?? 0
    }
  })
  return { ...bareInteractions(matrix), ageDays, baskets: stackBaskets(lists) }
}

/** What one took most often, then what all take: the yardstick that needs no learning. */
const ownThenPopular: Model<typeof popularity.defaults> = {
  ...popularity,
  name: 'own frequency',
  fit: async (data, config, run) => {
    const popular = await popularity.fit(data, config, run)
    const best = new Float32Array(popular.itemCount)
    return {
      ...popular,
      score: (query, scores) => {
        popular.score(query, best)
        const highest = best.reduce((most, value) => Math.max(most, value), 0)
        best.forEach((value, item) => (scores[item] = (1e-3 * value) / highest))
        for (const [item, share] of ownFrequency(basketsOf(query), Number.MAX_VALUE)) scores[item] += share
      },
    }
  },
}

/** The first learns, the others are what it is compared with; settings chosen on the validate part. */
function contest(bands: Readonly<Record<keyof typeof configs, Entry['bands']>>): Recipe['entries'] {
  const labels = Object.keys(configs) as (keyof typeof configs)[]
  return Object.fromEntries(labels.map((label) => [label, { ...configs[label], seeds: ['1'], bands: bands[label] }]))
}

const configs = {
  'next-basket': { model: 'next-basket', config: { halfLifeDays: 13.5, targetHalfLifeDays: 0.1 } },
  'tifu-knn': { model: 'tifu-knn', config: { groupSize: 20, groupDecay: 1, ownShare: 0.08 } },
  'own frequency': { model: ownThenPopular },
  popularity: { model: 'popularity', config: { halfLifeDays: 0.3 } },
} as const

const files = ['tafeng/TaFeng.json.gz']
const cutoffs = [10, 20]

export const tafeng: Recipe = {
  name: 'tafeng',
  about:
    'The last basket of 1,969 shoppers of Ta-Feng from those before it, repeats included; all settings chosen on the ' +
    "file's validate part. Published on this very file: DNNTSP (Yu et al., KDD 2020) R@10 .1752, N@10 .1517.",
  data: { files, read: ([path]) => basketSplit(path, 'test'), chooseOn: ([path]) => basketSplit(path, 'validate') },
  cutoffs,
  entries: {
    ...contest({
      'next-basket': { 'R@10': [0.196, 0.202], 'G@10': [0.169, 0.175] },
      'tifu-knn': { 'R@10': [0.171, 0.177], 'G@10': [0.153, 0.159] },
      'own frequency': { 'R@10': [0.144, 0.15], 'G@10': [0.132, 0.138] },
      popularity: { 'R@10': [0.127, 0.133], 'G@10': [0.111, 0.117] },
    }),
    // Neither knows baskets; at most ten epochs, still gaining at the tenth.
    vae: { model: 'vae', config: { epochs: 10 }, seeds: ['1'], bands: { 'R@10': [0.118, 0.134] } },
    cfgan: { model: 'cfgan', config: { epochs: 10 }, seeds: ['1'], bands: { 'R@10': [0.095, 0.112] } },
  },
}

/** Baskets of one place in the order are of about one time: the last ones learnt from may know the present of the asked. */
export const tafengPast: Recipe = {
  name: 'tafeng-past',
  about: 'The same, with the last basket of everyone who is learnt from left out: what is new just then is unknown.',
  data: {
    files,
    read: ([path]) => basketSplit(path, 'test', 1),
    chooseOn: ([path]) => basketSplit(path, 'validate', 1),
  },
  cutoffs,
  entries: contest({
    'next-basket': { 'R@10': [0.167, 0.173], 'G@10': [0.153, 0.159] },
    'tifu-knn': { 'R@10': [0.166, 0.172], 'G@10': [0.149, 0.155] },
    'own frequency': { 'R@10': [0.141, 0.147], 'G@10': [0.13, 0.136] },
    popularity: { 'R@10': [0.084, 0.09], 'G@10': [0.088, 0.094] },
  }),
}

/** The haggle over baskets: `next-basket` proposes, the others are heard by the discriminator. */
export const tafengHaggle: Recipe = {
  name: 'tafeng-haggle',
  about: 'The haggle with repeats on the split of `tafeng`, against its bases.',
  data: tafeng.data,
  cutoffs,
  entries: {
    haggle: {
      model: 'haggle',
      config: {
        repeats: true,
        steps: 300,
        bases: {
          next: configs['next-basket'],
          tifu: { ...configs['tifu-knn'], weight: 0 },
          own: { model: 'tifu-knn', config: { groupSize: 20, groupDecay: 1, neighbours: 1, ownShare: 1 }, weight: 0 },
          walk: {
            model: 'next-basket',
            config: { ...configs['next-basket'].config, repeatWeight: 0 },
            weight: 0,
          },
          popularity: { ...configs.popularity, weight: 0 },
        },
      },
      seeds: ['1', '2', '3', '4', '5'],
      bands: { 'R@10': [0.197, 0.206], 'G@10': [0.175, 0.185] },
    },
    'next-basket': tafeng.entries['next-basket'],
    'tifu-knn': tafeng.entries['tifu-knn'],
  },
}
