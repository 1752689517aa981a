import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { configFor, models } from './index.ts'
import { type AnySpace, drawSettings } from './search-space.ts'

const space: AnySpace = {
  ridge: { from: 1, to: 10_000, scale: 'log' },
  beta: { from: 0, to: 1, scale: 'linear' },
  depth: { from: 1, to: 4, scale: 'linear', whole: true },
  scheme: { among: ['a', 'b'] },
}
const standard = { ridge: 7, beta: 0.5, depth: 2, scheme: 'a', other: 1 }
const draws = (changes: number, count = 2000) => {
  const rng = createRng('draws')
  return Array.from({ length: count }, () => drawSettings(space, standard, changes, rng))
}
const share = (of: readonly unknown[], what: (value: never) => boolean) => of.filter(what as never).length / of.length

describe('settings drawn from a space', () => {
  it('lie within it, evenly in value or in logarithm, whole where they must be', () => {
    const all = draws(1)
    expect(share(all, ({ ridge }: { ridge: number }) => ridge >= 1 && ridge <= 10_000)).toBe(1)
    expect(share(all, ({ ridge }: { ridge: number }) => ridge < 100)).toBeCloseTo(0.5, 1)
    expect(share(all, ({ beta }: { beta: number }) => beta < 0.5)).toBeCloseTo(0.5, 1)
    expect(new Set(all.map(({ depth }) => depth))).toEqual(new Set([1, 2, 3, 4]))
    expect(share(all, ({ scheme }: { scheme: string }) => scheme === 'a')).toBeCloseTo(0.5, 1)
    expect(
      all.every(
        ({ ridge }) =>
          String(ridge)
            .replace(/^0\.|\D/g, '')
            .replace(/0+$/, '').length <= 3,
      ),
    ).toBe(true)
  })

  it('leave settings as they are where asked to, but never all', () => {
    const kept = draws(0.5)
    expect(share(kept, ({ beta }: { beta: number }) => beta === 0.5)).toBeGreaterThan(0.3)
    const one = draws(0).map((drawn) => Object.keys(space).filter((key) => drawn[key] !== standard[key as 'ridge']))
    expect(Math.max(...one.map((changed) => changed.length))).toBe(1)
    expect(one[0]).not.toHaveProperty('other')
  })
})

describe.each(Object.values(models).filter((model) => model.space !== undefined))('the space of $name', (model) => {
  it('names settings of the model, and values that it takes', () => {
    for (const [key, choices] of Object.entries(model.space as AnySpace)) {
      const values = 'among' in choices ? choices.among : [choices.from, choices.to]
      for (const value of values) expect(() => configFor(model, { [key]: value })).not.toThrow()
      if ('from' in choices) expect(choices.from).toBeLessThan(choices.to)
      if ('scale' in choices && choices.scale === 'log') expect(choices.from).toBeGreaterThan(0)
    }
  })
})
