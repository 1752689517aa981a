import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import type { Epoch } from './model.ts'
import { vae, type VaeConfig } from './vae.ts'

const [rows, items, tastes] = [90, 30, 3]

/** Everyone has six of the ten items of one taste: item i is of taste i mod 3. */
const data = (() => {
  const rng = createRng('vae')
  const entries = Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: items / tastes }, (_item, at) => (row % tastes) + tastes * at)
    return rng
      .shuffle(own)
      .slice(0, 6)
      .map((item) => [row, item])
  }).flat()
  const [at, columns] = [0, 1].map((side) => entries.map((entry) => entry[side]))
  return bareInteractions(
    csrFromTriples(
      rows,
      items,
      at,
      columns,
      at.map(() => 1),
    ),
  )
})()

async function fit(overrides: Partial<VaeConfig>) {
  const epochs: Epoch[] = []
  const small = { hiddenLayers: [24], factors: 6, batchSize: 15, epochs: 60, learningRate: 0.003 }
  const fitted = await vae.fit(
    data,
    { ...vae.defaults, ...small, ...overrides },
    {
      rng: createRng('fit'),
      breathe: () => undefined,
      progress: () => undefined,
      epoch: (epoch) => epochs.push(epoch),
    },
  )
  return { fitted, epochs }
}

describe.each([
  ['plain', {}],
  ['variational', { variational: true }],
  ['plain, with drawn outputs', { wholeUpTo: 10, negatives: 8 }],
  ['variational, with drawn outputs', { variational: true, wholeUpTo: 10, negatives: 8 }],
] satisfies [string, Partial<VaeConfig>][])('the autoencoder, %s', (_, overrides) => {
  it('restores the rest of a taste from three of its items', async () => {
    const { fitted } = await fit({ ...overrides, validationFraction: 0 })
    for (let taste = 0; taste < tastes; taste++) {
      const scores = new Float32Array(items)
      const history = Int32Array.of(taste, taste + tastes, taste + 2 * tastes)
      fitted.score({ items: history, weights: new Float32Array(3).fill(1), ageDays: null, features: null }, scores)
      const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, items / tastes)
      expect(best.every((item) => item % tastes === taste)).toBe(true)
    }
  })

  it('is less surprised by what shoppers took the longer it learns', async () => {
    const { epochs } = await fit({ ...overrides, validationFraction: 0 })
    expect(epochs).toHaveLength(60)
    const mean = (part: readonly Epoch[]) => part.reduce((sum, { losses }) => sum + losses.likelihood / part.length, 0)
    expect(mean(epochs.slice(-5))).toBeLessThan(0.95 * mean(epochs.slice(0, 5)))
  })
})

it('learns as many epochs as served a validation fold best', async () => {
  const { epochs } = await fit({ validationFraction: 0.2, learningRate: 0.03, epochs: 400 })
  // Restoring six of ten items by heart begins long before 400 epochs at this rate.
  expect(epochs.length).toBeLessThan(400)
  expect(epochs.length % 20).toBe(0)
})

it('reports how far codes are from a standard normal only where there are codes', async () => {
  const plain = (await fit({ epochs: 3, validationFraction: 0 })).epochs
  const variational = (await fit({ epochs: 3, validationFraction: 0, variational: true })).epochs
  expect(plain.every(({ losses }) => losses.divergence === 0)).toBe(true)
  expect(variational.every(({ losses }) => losses.divergence > 0)).toBe(true)
})

it.each([
  [{ hiddenLayers: [] }, 'hiddenLayers'],
  [{ hiddenLayers: [2.5] }, 'hiddenLayers'],
  [{ dropout: 1 }, 'dropout'],
  [{ validationFraction: 1 }, 'validationFraction'],
])('refuses %o, naming the setting', async (overrides, setting) => {
  await expect(fit(overrides)).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringContaining(setting) as string,
  })
})
