import { expect, it } from 'vitest'
import { configFor, modelNamed, models } from './index.ts'
import type { Model } from './model.ts'

const model: Model = {
  ...modelNamed('ease'),
  name: 'example',
  defaults: {
    ridge: 200,
    factors: 8,
    neighbours: null,
    halfLifeDays: 90,
    binarise: true,
    scheme: 'ZR',
    hidden: [64, 32],
  },
}

const problem = (code: string, ...words: string[]) =>
  expect.objectContaining({
    code,
    message: expect.stringMatching(words.map((word) => `(?=.*${word})`).join('')) as string,
  }) as Error

it('knows every model that may take the place of another', () => {
  for (const { lighter } of Object.values(models)) if (lighter !== undefined) expect(models).toHaveProperty([lighter])
})

it('names what there is when asked for what there is not', () => {
  expect(() => modelNamed('oracle')).toThrow(problem('bad-config', 'oracle', ...Object.keys(models)))
  expect(() => modelNamed('toString')).toThrow(problem('bad-config', 'toString'))
})

it('lays settings over the defaults and leaves those alone', () => {
  expect(configFor(model)).toEqual(model.defaults)
  const overrides = { ridge: 0.5, neighbours: 7, scheme: 'PM', hidden: [8] }
  expect(configFor(model, overrides)).toEqual({ ...(model.defaults as object), ...overrides })
  expect(configFor(model, { neighbours: null })).toEqual(model.defaults)
})

it('refuses what is unknown or of another type, naming every key', () => {
  expect(() => configFor(model, { rigde: 1 })).toThrow(problem('bad-config', 'example', 'rigde', 'ridge'))
  expect(() => configFor(model, { ridge: '1', binarise: 1 })).toThrow(problem('bad-config', 'ridge', 'binarise'))
  expect(() => configFor(model, { ridge: -1 })).toThrow(problem('bad-config', 'ridge'))
  expect(() => configFor(model, { ridge: NaN })).toThrow(problem('bad-config', 'ridge'))
  expect(() => configFor(model, { factors: 2.5 })).toThrow(problem('bad-config', 'factors', 'whole'))
  expect(() => configFor(model, { factors: 0 })).toThrow(problem('bad-config', 'factors', 'whole'))
  expect(() => configFor(model, { halfLifeDays: 0 })).toThrow(problem('bad-config', 'halfLifeDays', 'above 0'))
  expect(() => configFor(model, { neighbours: 'all' })).toThrow(problem('bad-config', 'neighbours'))
  expect(() => configFor(model, { hidden: 64 })).toThrow(problem('bad-config', 'hidden'))
  expect(() => configFor(model, { hidden: [64, 'x'] })).toThrow(problem('bad-config', 'hidden\\[1\\]'))
  expect(() => configFor(model, ['ridge'])).toThrow(problem('bad-config', 'object'))
  expect(() => configFor(model, null)).toThrow(problem('bad-config', 'object'))
})
