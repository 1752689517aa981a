import { expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import type { Fitted } from './model.ts'
import { createValidationFold } from './validation-fold.ts'

/** Forty rows of five items each, row r's being r, r + 1 … modulo 30; and one row of a single item. */
const rows = Array.from({ length: 201 }, (_, entry) => Math.floor(entry / 5))
const columns = rows.map((row, entry) => (row + (entry % 5)) % 30)
const data = bareInteractions(csrFromTriples(41, 30, rows, columns, new Float32Array(201).fill(1)))
const fold = createValidationFold(data, 0.4, createRng('fold'))

function fittedWith(score: Fitted['score']): Fitted {
  return {
    itemCount: 30,
    score,
    serialise: () => {
      throw new Error('never stored here')
    },
  }
}

it('holds out the share it was asked for and leaves every row something', () => {
  expect(fold.rest.matrix.columns.length).toBe(40 * 3 + 1)
  for (let row = 0; row < 41; row++) {
    expect(fold.rest.matrix.pointers[row + 1] - fold.rest.matrix.pointers[row]).toBeGreaterThan(0)
  }
})

it('gives 1 to whoever names what was held out, and nothing for naming it backwards', async () => {
  const near = fittedWith((query, scores) => {
    for (let item = 0; item < 30; item++) {
      const distances = [...query.items].map((seen) => Math.min((item - seen + 30) % 30, (seen - item + 30) % 30))
      scores[item] = -Math.max(...distances)
    }
  })
  const far = fittedWith((query, scores) => {
    near.score(query, scores)
    for (let item = 0; item < 30; item++) scores[item] = -scores[item]
  })
  const breathe = createBreathe()
  expect(await fold.accuracy(near, breathe)).toBeGreaterThan(0.8)
  expect(await fold.accuracy(far, breathe)).toBe(0)
})

it('measures nothing where nothing can be held out', async () => {
  const single = bareInteractions(csrFromTriples(1, 2, [0], [1], [1]))
  const empty = createValidationFold(single, 0.5, createRng(1))
  expect(
    await empty.accuracy(
      fittedWith(() => undefined),
      createBreathe(),
    ),
  ).toBe(0)
})
