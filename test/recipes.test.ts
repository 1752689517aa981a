/** Recipes are long; that they are well-formed, and that running one measures what it says, is not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runRecipe } from '../recipes/recipe.ts'
import { recipes } from '../recipes/run.ts'
import { silentProgress } from '../src/base/progress.ts'
import { configFor, modelNamed } from '../src/models/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-recipe-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(recipes)('the recipe $name', ({ model, config, seeds, bands }) => {
  it('names a model, settings that it has, seeds, and bands with two sides', () => {
    expect(() => configFor(modelNamed(model), config)).not.toThrow()
    expect(seeds.length).toBeGreaterThan(0)
    expect(Object.keys(bands).length).toBeGreaterThan(0)
    for (const [low, high] of Object.values(bands)) expect(low < high && high - low < 0.03).toBe(true)
  })
})

it('names every recipe once', () => {
  expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length)
})

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
    train: 'train',
    test: 'test',
    model: 'popularity',
    config: {},
    seeds: ['1', '2'],
    bands: { 'P@5': [0.19, 0.21], 'G@20': [0.2, 0.3], 'X@1': [0, 1] },
  } as const
  const outcome = await runRecipe(recipe, folder, silentProgress)
  expect(outcome.means['M@5']).toBe(1)
  expect(outcome.deviations['M@5']).toBe(0)
  expect(outcome.problems).toEqual(['G@20 is 1.0000, outside [0.2, 0.3]', 'X@1 is not measured'])
})
