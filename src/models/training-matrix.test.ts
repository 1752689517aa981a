import { expect, it } from 'vitest'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { popularityPrior, queryStrengths, trainingMatrix } from './training-matrix.ts'

const matrix = csrFromTriples(2, 3, [0, 0, 1], [0, 1, 1], [5, 0.25, 3])
const ageDays = Float32Array.of(0, 10, 20)
const query = { items: Int32Array.of(0, 1, 2), weights: matrix.values, ageDays, features: null }
const fading = { binarise: true, halfLifeDays: 10 }

it('counts facts by their age alone, alike for who is learnt from and who asks', () => {
  const { values } = trainingMatrix('example', { ...bareInteractions(matrix), ageDays }, fading)
  expect([...values]).toEqual([1, 0.5, 0.25])
  expect(queryStrengths(query, fading)).toEqual(values)
})

it('counts facts whose age is unknown as 1', () => {
  expect([...trainingMatrix('example', bareInteractions(matrix), fading).values]).toEqual([1, 1, 1])
  expect([...queryStrengths({ ...query, ageDays: null }, fading)]).toEqual([1, 1, 1])
})

it('counts strengths as they are where it is told to, whatever their age', () => {
  const config = { ...fading, binarise: false }
  expect(trainingMatrix('example', { ...bareInteractions(matrix), ageDays }, config)).toBe(matrix)
  expect(queryStrengths(query, config)).toBe(query.weights)
})

it('lets a row that is not wholly believed count less, as a fact and as a strength', () => {
  const data = { ...bareInteractions(matrix), rowWeights: Float32Array.of(0.5, 1) }
  expect([...trainingMatrix('example', data, fading).values]).toEqual([0.5, 0.5, 1])
  expect([...trainingMatrix('example', data, { ...fading, binarise: false }).values]).toEqual([2.5, 0.125, 3])
})

it('orders by popularity without ever outweighing a score', () => {
  const prior = popularityPrior(matrix)
  expect([...prior]).toEqual([1e-9, (1e-9 * 3.25) / 5, 0].map(Math.fround))
})
