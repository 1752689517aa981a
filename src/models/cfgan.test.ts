import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { cfgan, type CfganConfig } from './cfgan.ts'
import type { Epoch, FitRun, Query } from './model.ts'
import { modelSuite } from './model-suite.ts'

const small: CfganConfig = {
  ...cfgan.defaults,
  generatorLayers: [16],
  discriminatorLayers: [8],
  epochs: 60,
  learningRate: 0.01,
  validationFraction: 0,
}

// The registry's suite runs items mode; this is the other, with a second hidden layer each.
modelSuite(
  { ...cfgan, name: 'cfgan' },
  {
    config: {
      ...small,
      mode: 'users',
      generatorLayers: [16, 16],
      discriminatorLayers: [8, 8],
      // Steps small enough that rounding, which differs from machine to machine, does not decide.
      scheme: 'ZR',
      zeroRatio: 10,
      dropout: 0.5,
      learningRate: 0.003,
      epochs: 250,
    },
  },
)

/** Forty shoppers of two tastes over twelve items, each without one item of their taste. */
function twoTastes(strength = 1): Interactions {
  const rows: number[] = []
  const columns: number[] = []
  for (let row = 0; row < 40; row++) {
    for (let item = row % 2; item < 12; item += 2) {
      if (Math.floor(item / 2) === (row >> 1) % 6) continue
      rows.push(row)
      columns.push(item)
    }
  }
  return bareInteractions(csrFromTriples(40, 12, rows, columns, new Float32Array(rows.length).fill(strength)))
}

function runInto(epochs: Epoch[] = [], seed = 'cfgan'): FitRun {
  return {
    rng: createRng(seed),
    breathe: createBreathe(),
    progress: () => undefined,
    epoch: (epoch) => epochs.push(epoch),
  }
}

function scoresOf(fitted: Awaited<ReturnType<typeof cfgan.fit>>, query: Partial<Query>): Float32Array {
  const scores = new Float32Array(fitted.itemCount)
  const items = query.items ?? Int32Array.of(0, 2)
  fitted.score(
    { weights: new Float32Array(items.length).fill(1), ageDays: null, features: null, ...query, items },
    scores,
  )
  return scores
}

describe('cfgan', () => {
  it.each(['ZR', 'PM', 'ZP'] as const)(
    'reports both losses and their sum every epoch, by scheme %s',
    async (scheme) => {
      const epochs: Epoch[] = []
      await cfgan.fit(twoTastes(), { ...small, scheme, epochs: 7, lambda: 0.5 }, runInto(epochs))
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7])
      for (const { losses } of epochs) {
        expect(losses.generator).toBeGreaterThan(0)
        expect(losses.discriminator).toBeGreaterThan(0)
        expect(losses.total).toBeCloseTo(losses.generator + 0.5 * losses.discriminator, 12)
      }
    },
  )

  it('haggles: the discriminator objects well at first, the better the larger λ, and can only guess at last', async () => {
    const objections = async (lambda: number, from: number, to: number) => {
      const epochs: Epoch[] = []
      await cfgan.fit(twoTastes(), { ...small, epochs: to, lambda }, runInto(epochs))
      return epochs.slice(from).reduce((sum, { losses }) => sum + losses.discriminator / (to - from), 0)
    }
    const early = { weak: await objections(0.01, 0, 12), strong: await objections(5, 0, 12) }
    expect(early.strong).toBeLessThan(early.weak - 0.1)
    expect(await objections(1, 130, 150)).toBeCloseTo(2 * Math.LN2, 1)
  })

  it('stops loudly when its numbers overflow', async () => {
    const wild = cfgan.fit(twoTastes(), { ...small, learningRate: 1e30 }, runInto())
    await expect(wild).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('not a number') as string,
    })
  })

  it.each(['users', 'items'] as const)('stops loudly when every %s row is told the same', async (mode) => {
    const crushed = cfgan.fit(twoTastes(), { ...small, mode, ridge: 100, epochs: 200 }, runInto())
    await expect(crushed).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('collapse') as string,
    })
  })

  it.each(['users', 'items'] as const)('takes no account of how strong an interaction was, by %s', async (mode) => {
    const weak = await cfgan.fit(twoTastes(1), { ...small, mode, epochs: 5 }, runInto())
    const strong = await cfgan.fit(twoTastes(9), { ...small, mode, epochs: 5 }, runInto())
    expect(scoresOf(strong, { weights: Float32Array.of(9, 2) })).toEqual(scoresOf(weak, {}))
  })

  it.each(['users', 'items'] as const)('learns from behaviour features, by %s', async (mode) => {
    const bare = twoTastes()
    const rowFeatures = Float32Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? 2 : -2))
    const data = { ...bare, rowFeatures, featureNames: ['taste'] }
    const fitted = await cfgan.fit(data, { ...small, mode }, runInto())
    expect(scoresOf(fitted, {})).not.toEqual(scoresOf(await cfgan.fit(bare, { ...small, mode }, runInto()), {}))
    const [even, odd] = [2, -2].map((feature) =>
      scoresOf(fitted, { items: Int32Array.of(0), features: Float32Array.of(feature) }),
    )
    // An item's shoppers carry the features into its row; a shopper's own row carries them itself.
    if (mode === 'items') expect(odd).toEqual(even)
    else expect(odd[1] - odd[2]).toBeGreaterThan(even[1] - even[2])
  })

  it('listens more to what a shopper did lately', async () => {
    const fitted = await cfgan.fit(twoTastes(), small, runInto())
    const [evenLately, oddLately] = [
      [200, 1],
      [1, 200],
    ].map((ages) => scoresOf(fitted, { items: Int32Array.of(1, 2), ageDays: Float32Array.from(ages) }))
    expect(evenLately[4] - evenLately[5]).toBeGreaterThan(oddLately[4] - oddLately[5])
  })

  it('chooses the number of epochs on a fold and plays them anew', async () => {
    const epochs: Epoch[] = []
    const notes: string[] = []
    const run = { ...runInto(epochs), progress: (_: number, note = '') => void notes.push(note) }
    await cfgan.fit(twoTastes(), { ...small, epochs: 40, validationFraction: 0.2 }, run)
    const watched = notes.filter((note) => note.includes('validation')).map((note) => note.split(' '))
    const best = watched.reduce((a, b) => (Number(b[4]) > Number(a[4]) ? b : a))
    expect(watched.length).toBeGreaterThan(3)
    expect(epochs.length).toBe(Number(best[1]))
  })

  it('names every setting that is wrong', async () => {
    const wrong = { ...small, mode: 'baskets', scheme: 'XX', generatorLayers: [], dropout: 1 } as unknown as CfganConfig
    const refused = cfgan.fit(twoTastes(), wrong, runInto())
    await expect(refused).rejects.toMatchObject({ code: 'bad-config' })
    await expect(refused).rejects.toThrow(/"mode".*"scheme".*"generatorLayers".*"dropout"/)
  })
})
