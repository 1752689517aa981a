import { describe, expect, it } from 'vitest'
import { createAdam, createSgd } from './optimiser.ts'
import type { Parameter } from './parameter.ts'
import { createParameter, touch } from './parameter.ts'

/** A 3 × 2 table of ones with a gradient in row 1. */
function table(): Parameter {
  const parameter = createParameter(3, 2, 'float64')
  parameter.values.fill(1)
  touch(parameter, 1)
  parameter.gradient.set([0.5, -2], 2)
  return parameter
}

describe('optimisers', () => {
  it('descend plainly, ridge included, and forget the gradient', () => {
    const parameter = table()
    createSgd([parameter], { learningRate: 0.1, ridge: 0.5 }).step()
    expect([...parameter.values].map((value) => Number(value.toFixed(12)))).toEqual([1, 1, 0.9, 1.15, 1, 1])
    expect(parameter.gradient.every((slope) => slope === 0)).toBe(true)
    expect(parameter.touchedCount).toBe(0)
  })

  it("take Adam's first step of exactly the learning rate, whatever the gradient's size", () => {
    const parameter = table()
    createAdam([parameter], { learningRate: 0.1, ridge: 0 }).step()
    expect(parameter.values[2]).toBeCloseTo(0.9, 6)
    expect(parameter.values[3]).toBeCloseTo(1.1, 6)
  })

  it('let rows without a gradient keep still, moments included', () => {
    const parameter = table()
    const adam = createAdam([parameter], { learningRate: 0.1, ridge: 0.1 })
    adam.step()
    const after = parameter.values.slice()
    adam.step()
    expect(parameter.values).toEqual(after)
  })

  it.each([
    ['Adam', createAdam, 0.05],
    ['descent', createSgd, 0.1],
  ] as const)('reach the minimum of a quadratic bowl by %s', (_name, create, learningRate) => {
    const parameter = createParameter(1, 2, 'float64')
    parameter.values.set([4, -3])
    const optimiser = create([parameter], { learningRate, ridge: 0 })
    for (let round = 0; round < 800; round++) {
      touch(parameter, 0)
      parameter.gradient.set([2 * (parameter.values[0] - 1), 8 * (parameter.values[1] - 2)])
      optimiser.step()
    }
    expect(parameter.values[0]).toBeCloseTo(1, 3)
    expect(parameter.values[1]).toBeCloseTo(2, 3)
  })
})
