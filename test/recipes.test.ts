/** Recipes are long; that they are well-formed, and that running one measures what it says, is not. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { beautyCatalogueFiles, readBeautyItems } from '../recipes/beauty-content.ts'
import { modelOf, publishedSplit, runRecipe } from '../recipes/recipe.ts'
import { recipes } from '../recipes/run.ts'
import { silentProgress } from '../src/base/progress.ts'
import type { Fitted, Model } from '../src/models/model.ts'
import { popularity } from '../src/models/popularity.ts'
import { configFor } from '../src/models/index.ts'

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

const [catalogue, numbers] = beautyCatalogueFiles.map((file) => join(process.env.HAGGLE_DATA ?? '../shared/data', file))
const present = [catalogue, numbers].every((file) => existsSync(file))
it.skipIf(!present)(`describes every product of Beauty (skipped where ${catalogue} is absent)`, async () => {
  const items = await readBeautyItems(catalogue, numbers)
  expect(items.size).toBe(12_101)
  expect(items.get(1)?.categoryPath[0]).toBe('Beauty')
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
