import { expect, it } from 'vitest'
import { addScaled, dot } from './vector.ts'

it('multiplies and adds stretches in the middle of arrays', () => {
  const a = Float32Array.of(9, 1, 2, 3)
  const b = Float64Array.of(4, 5, 6, 9)
  expect(dot(a, 1, b, 0, 3)).toBe(32)
  addScaled(b, 1, a, 2, 2, 10)
  expect([...b]).toEqual([4, 25, 36, 9])
})

it('does nothing to an empty stretch and lets NaN through', () => {
  expect(dot(new Float32Array(0), 0, new Float32Array(0), 0, 0)).toBe(0)
  expect(dot(Float32Array.of(NaN, 1), 0, Float32Array.of(1, 1), 0, 2)).toBeNaN()
})
