import { expect, it } from 'vitest'
import { readConfig } from '../base/config.ts'
import { trainedSurfaces, type TrainedSurface } from '../models/bundle.ts'
import { modelNamed } from '../models/index.ts'
import { competing, surfaceRecipes, withUsual } from './surfaces.ts'
import { settingsOf } from './tuned-settings.ts'

const surfaces = Object.keys(trainedSurfaces) as TrainedSurface[]

it.each(surfaces)('lets models compete for %s that there are, with settings that they know', (surface) => {
  const { settings } = surfaceRecipes[surface]
  for (const model of competing(surface, null)) expect(modelNamed(model).name).toBe(model)
  for (const model of Object.keys(settings)) {
    expect(settingsOf(model, readConfig({}), withUsual(surface))).toMatchObject(settings[model])
  }
})

it('lets the engine and the simple models compete everywhere, unless the shop says who does', () => {
  for (const surface of surfaces) expect(competing(surface, null)).toContain('haggle')
  expect(competing('session', ['ease', 'cfgan'])).toEqual(['ease'])
  expect(competing('recommended-for-you', ['ease', 'cfgan'])).toEqual(['ease', 'cfgan'])
})

it('asks for the next basket the models that know what is bought again, whoever else is named', () => {
  expect(competing('next-basket', ['rp3beta'])).toEqual(['next-basket', 'tifu-knn'])
  expect(competing('next-basket', ['haggle'])).toEqual(['next-basket', 'tifu-knn', 'haggle'])
})

it("lays what tuning found, and then the shop's own file, over a surface's settings", () => {
  const config = readConfig({ training: { config: { 'sparse-ease': { support: 7 } } } })
  const found = withUsual('bought-together', { ease: { ridge: 5 }, ials: { factors: 16 } })
  expect(settingsOf('ease', config, found)).toMatchObject({ ridge: 5 })
  expect(settingsOf('sparse-ease', config, found)).toMatchObject({ ridge: 40, support: 7 })
  const { bases } = settingsOf('haggle', config, found) as unknown as { bases: Record<string, { config?: object }> }
  expect([bases['sparse-ease'].config, bases.ials.config]).toEqual([{ ridge: 40 }, { factors: 16 }])
})
