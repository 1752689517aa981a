/** Recipes are long; that they are well-formed, and that running one measures what it says, is not. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exposureVariants, play, variantsOf } from '../recipes/game.ts'
import { beautyCatalogueFiles, readBeautyItems } from '../recipes/beauty-content.ts'
import { modelOf, publishedSplit, runRecipe } from '../recipes/recipe.ts'
import { recipes } from '../recipes/run.ts'
import { tuneRecipe } from '../recipes/tune.ts'
import { silentProgress } from '../src/base/progress.ts'
import { createRng } from '../src/base/rng.ts'
import { holdOutRandom, type Split } from '../src/evaluate/split.ts'
import { csrFromTriples } from '../src/kernels/csr.ts'
import type { Fitted, Model } from '../src/models/model.ts'
import { popularity } from '../src/models/popularity.ts'
import { configFor } from '../src/models/index.ts'
import { bareInteractions, type Interactions } from '../src/preprocess/interactions.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-recipe-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(recipes)('the recipe $name', ({ entries }) => {
  it.each(Object.entries(entries))(
    'has for %s settings that the model knows, seeds, and bands with two sides',
    (_, entry) => {
      expect(() => configFor(modelOf(entry), entry.config)).not.toThrow()
      expect(entry.seeds.length).toBeGreaterThan(0)
      expect(Object.keys(entry.bands).length).toBeGreaterThan(0)
      for (const [low, high] of Object.values(entry.bands)) expect(low < high && high - low < 0.03).toBe(true)
    },
  )
})

const catalogue = beautyCatalogueFiles.map((file) => join(process.env.HAGGLE_DATA ?? '../shared/data', file))
const present = catalogue.every((file) => existsSync(file))
it.skipIf(!present)(`describes every product of Beauty (skipped where ${catalogue[0]} is absent)`, async () => {
  const items = await readBeautyItems(catalogue)
  expect(items.size).toBe(12_101)
  expect(items.get(1)?.categoryPath[0]).toBe('Beauty')
  expect(items.get(4)?.tags).toEqual(['attribute:1', 'attribute:2', 'attribute:3'])
})

it('names every recipe once', () => {
  expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length)
})

/** A yardstick of the recipe's own. */
const unpopularity: Model = {
  ...popularity,
  fit: async (data, config, run) => {
    const fitted = await popularity.fit(data, config as typeof popularity.defaults, run)
    const score: Fitted['score'] = (query, scores) => {
      fitted.score(query, scores)
      scores.forEach((value, item) => (scores[item] = -value))
    }
    return { ...fitted, score }
  },
}

it('measures the mean over the seeds and says what is out of band', async () => {
  // Ten items by falling popularity; each shopper's next item is the most popular one they lack.
  const lines = (entries: (row: number) => number[]) =>
    Array.from({ length: 10 }, (_, row) => entries(row).map((item) => `${row} ${item} 1\n`))
      .flat(2)
      .join('')
  writeFileSync(
    join(folder, 'train'),
    lines((row) => Array.from({ length: 9 - (row % 9) }, (_, item) => item)),
  )
  writeFileSync(
    join(folder, 'test'),
    lines((row) => [9 - (row % 9)]),
  )
  const recipe = {
    name: 'next',
    about: '',
    data: publishedSplit('train', 'test'),
    entries: {
      first: {
        model: 'popularity',
        seeds: ['1', '2'],
        bands: { 'P@5': [0.19, 0.21], 'G@20': [0.2, 0.3], 'X@1': [0, 1] },
      },
      last: { model: unpopularity, seeds: ['1'], bands: { 'G@20': [0, 1] } },
    },
  } as const
  const { first, last } = await runRecipe(recipe, folder, silentProgress)
  expect(first.means['M@5']).toBe(1)
  expect(first.deviations['M@5']).toBe(0)
  expect(first.behind).toEqual({})
  expect(first.problems).toEqual(['G@20 is 1.0000, outside [0.2, 0.3]', 'X@1 is not measured'])
  expect(last.behind['G@20'].low).toBeGreaterThan(0)
  expect(last.behind['G@20'].mean).toBeCloseTo(1 - last.means['G@20'], 12)
})

/** Two groups of shoppers, each with its own twelve items; every shopper has most of them. */
function twoGroups(): Interactions {
  const rng = createRng('two groups')
  const entries = Array.from({ length: 60 * 12 }, (_, at) => ({
    row: Math.floor(at / 12),
    column: (at % 12) + 12 * (Math.floor(at / 12) % 2),
  })).filter(() => rng.next() < 0.8)
  return bareInteractions(
    csrFromTriples(
      60,
      24,
      entries.map(({ row }) => row),
      entries.map(({ column }) => column),
      entries.map(() => 1),
    ),
  )
}

/** A split that does not let itself be asked. */
function sealed(train: Interactions): Split {
  const forbidden = (): never => {
    throw new Error('a tuning looked at what the recipe tests on')
  }
  return Object.defineProperties({ train } as unknown as Split, {
    asked: { get: forbidden },
    truth: { get: forbidden },
    rows: { get: forbidden },
    masked: { get: forbidden },
  })
}

describe('tuning an entry of a recipe', () => {
  const entry = { model: 'user-knn', seeds: ['1'], bands: {} }
  const bases = { alone: { model: 'user-knn', config: { shrinkage: 7 } } }
  const recipe = (data: object) => ({
    name: 'groups',
    about: '',
    data: { files: [], read: async () => sealed(twoGroups()), ...data },
    cutoffs: [5],
    entries: { 'user-knn': entry, ensemble: { ...entry, model: 'haggle', config: { bases } } },
  })
  const space = { neighbours: { among: [1, 20] } }

  it('never looks at what the recipe tests on', async () => {
    const { trials, spent, metric } = await tuneRecipe(recipe({}), 'user-knn', folder, { fits: 16, space })
    expect([metric, spent.fits, trials.length]).toEqual(['G@5', 16, 2])
    expect(trials.map(({ folds }) => folds)).toEqual([4, 4])
  }, 30_000)

  it('asks the fold the recipe brings along, where it does', async () => {
    const asked: string[] = []
    const chooseOn = async () => {
      asked.push('fold')
      return holdOutRandom(twoGroups(), 0.2, createRng('fold'))
    }
    const read = () => Promise.reject(new Error('the test part was read'))
    const { spent, winner } = await tuneRecipe(recipe({ read, chooseOn }), 'user-knn', folder, { fits: 8, space })
    expect(asked).toEqual(['fold'])
    expect(spent.fits).toBeLessThanOrEqual(8)
    expect(winner?.rows).toBeGreaterThan(15)
  })

  it('tunes a base of an ensemble by itself, from its own settings', async () => {
    const { model, trials } = await tuneRecipe(recipe({}), 'ensemble.alone', folder, {
      fits: 16,
      space: { shrinkage: { among: [7, 0.1] } },
    })
    expect([model, trials.map(({ settings }) => settings)]).toEqual([
      'user-knn',
      expect.arrayContaining([{}, { shrinkage: 0.1 }]),
    ])
  })

  it('names what there is, and refuses settings that the model does not have', async () => {
    await expect(tuneRecipe(recipe({}), 'nobody', folder)).rejects.toThrow(/user-knn, ensemble/)
    await expect(tuneRecipe(recipe({}), 'ensemble.nobody', folder)).rejects.toThrow(/alone/)
    const wrong = tuneRecipe(recipe({}), 'user-knn', folder, { space: { wisdom: { among: [1] } } })
    await expect(wrong).rejects.toMatchObject({ code: 'bad-config' })
  })
})

describe('the game of the ablation', () => {
  const settings = {
    // Only the one who judges knows who belongs to whom.
    bases: { popularity: { model: 'popularity' }, 'user-knn': { model: 'user-knn', weight: 0 } },
    ...{ folds: 3, steps: 60, seeds: 2, candidates: 24 },
  }
  const split = holdOutRandom(twoGroups(), 0.2, createRng('game'))
  const played = (seed: string) =>
    play(split, settings, { ...variantsOf(false), ...exposureVariants }, seed, { cutoffs: [5], say: () => undefined })

  it('gives each variant the same slates, which all but the mean learn to order', async () => {
    const { outcomes, chosen, lessons } = await played('1')
    const figure = (label: string) => outcomes[label].metrics['G@5']
    expect(figure('mean')).toBeLessThan(0.4)
    for (const label of Object.keys(outcomes)) if (label !== 'mean') expect(figure(label)).toBeGreaterThan(0.45)
    expect(Object.keys(chosen)).toEqual(['mixed, μ chosen'])
    expect(lessons).toBeGreaterThan(100)
    expect(outcomes.listwise.rows).toEqual(split.rows)
  }, 60_000)

  it('certifies that the generator which has listened can no longer be told from data', async () => {
    const [before, after] = (await played('2')).certificate
    expect(before).toBeLessThan(2 * Math.log(2) - 0.1)
    expect(Math.abs(after - 2 * Math.log(2))).toBeLessThan(0.04)
  }, 60_000)
})
