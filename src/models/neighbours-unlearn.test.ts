import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples, rowsOf } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { itemKnn } from './item-knn.ts'
import type { FitRun, Model, ModelState } from './model.ts'
import { rp3beta } from './rp3beta.ts'
import type { StrengthConfig } from './training-matrix.ts'
import { userKnn } from './user-knn.ts'

const run: FitRun = {
  rng: createRng('unlearn'),
  breathe: createBreathe(),
  progress: () => undefined,
  epoch: () => undefined,
}

/** Shoppers 0 to 3 share items 0 to 3, shoppers 4 to 6 items 4 to 6, and the last meets item 7 alone. */
const rows = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7]
const items = [0, 1, 2, 1, 2, 3, 0, 2, 3, 0, 3, 4, 5, 6, 4, 5, 5, 6, 7]
const all = csrFromTriples(8, 8, rows, items, new Float32Array(rows.length).fill(1))
const only = (...wanted: number[]) => bareInteractions(rowsOf(all, Int32Array.from(wanted)))

async function without<Config extends StrengthConfig>(
  model: Model<Config>,
  settings: Partial<Config>,
  gone: number,
): Promise<{ readonly own: ModelState | null; readonly anew: ModelState }> {
  const config = { ...model.defaults, ...settings }
  const rest = [0, 1, 2, 3, 4, 5, 6, 7].filter((row) => row !== gone)
  const [before, anew] = await Promise.all([
    model.fit(bareInteractions(all), config, run),
    model.fit(only(...rest), config, run),
  ])
  return {
    own: (await model.unlearn?.(before.serialise(), only(gone), createBreathe())) ?? null,
    anew: anew.serialise(),
  }
}

describe('a table of neighbours', () => {
  it.each([itemKnn, rp3beta])('is the same without a shopper as one that never met them', async (model) => {
    for (const gone of [0, 3, 4, 7]) {
      const { own, anew } = await without(model as Model<StrengthConfig>, {}, gone)
      expect(own?.arrays.pointers).toEqual(anew.arrays.pointers)
      expect(own?.arrays.columns).toEqual(anew.arrays.columns)
      for (const name of ['values', 'prior', 'sums']) {
        const [left, right] = [own, anew].map((state) => Array.from(state?.arrays[name] ?? []))
        right.forEach((value, at) => expect(Math.abs(left[at] - value)).toBeLessThanOrEqual(1e-6 * value))
      }
    }
  })

  it.each([itemKnn, rp3beta])('is left alone where a list that the shopper concerns was cut', async (model) => {
    // Each of 0 to 3 has three neighbours, each of 4 to 6 two.
    const cut = { neighbours: 3 } as Partial<StrengthConfig>
    expect((await without(model as Model<StrengthConfig>, cut, 0)).own).toBeNull()
    expect((await without(model as Model<StrengthConfig>, cut, 4)).own).not.toBeNull()
  })
})

describe('a table of shoppers', () => {
  it('is the same without one of them, and says where one was never in it', async () => {
    const { own, anew } = await without(userKnn, {}, 2)
    expect(own?.arrays).toEqual(anew.arrays)
    const state = (await userKnn.fit(bareInteractions(all), userKnn.defaults, run)).serialise()
    const foreign = bareInteractions(csrFromTriples(1, 8, [0, 0], [0, 7], [1, 1]))
    expect(await userKnn.unlearn?.(state, foreign, createBreathe())).toBeNull()
  })
})
