import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { teachLogistic } from './logistic.ts'

const rng = createRng('logistic')
const rows = (count: number, shift: number) =>
  Array.from({ length: count }, () => [rng.normal() + shift, 100 * rng.normal()])

it('finds the direction in which two kinds differ, whatever the scale of what does not tell', () => {
  const taught = teachLogistic(rows(400, 0), rows(100, 2), 1e-4)
  const logit = (row: number[]) => taught.logit(row)
  // Two unit normals two apart: the log ratio is 2·x − 2.
  expect(logit([1, 0])).toBeCloseTo(0, 0)
  expect(logit([2, 0]) - logit([1, 0])).toBeGreaterThan(1.4)
  expect(logit([2, 0]) - logit([1, 0])).toBeLessThan(2.6)
  expect(Math.abs(logit([1, 100]) - logit([1, 0]))).toBeLessThan(0.5)
})
