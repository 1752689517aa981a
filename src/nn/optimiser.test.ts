import { describe, expect, it } from 'vitest'
import { heapSpace } from '../kernels/space.ts'
import { createAdam, createSgd } from './optimiser.ts'
import { createTable, createWhole, gradientOf, type TableParameter } from './parameter.ts'

const space = heapSpace('float64')

/** A 3 × 2 table of ones with a gradient of (.5, −2) in row 1, from two contributions. */
function table(): TableParameter {
  const parameter = createTable(3, 2, space)
  parameter.values.fill(1)
  const pattern = { rowCount: 1, columnCount: 2, pointers: Int32Array.of(0, 1), columns: Int32Array.of(0) }
  for (const [first, second] of [
    [0.1, -1],
    [0.15, 0],
  ]) {
    parameter.parts.push({
      pattern,
      firstRow: 1,
      coefficients: Float64Array.of(2),
      left: Float64Array.of(first, second),
    })
  }
  return parameter
}

describe('optimisers', () => {
  it('descend plainly, ridge included, and forget the gradient', () => {
    const parameter = table()
    createSgd([parameter], { learningRate: 0.1, ridge: 0.5 }, space).step()
    expect([...parameter.values].map((value) => Number(value.toFixed(12)))).toEqual([1, 1, 0.9, 1.15, 1, 1])
    expect(gradientOf(parameter).every((slope) => slope === 0)).toBe(true)
    expect(parameter.parts).toEqual([])
  })

  it("take Adam's first step of exactly the learning rate, whatever the gradient's size", () => {
    const parameter = table()
    createAdam([parameter], { learningRate: 0.1, ridge: 0 }, space).step()
    expect(parameter.values[2]).toBeCloseTo(0.9, 6)
    expect(parameter.values[3]).toBeCloseTo(1.1, 6)
  })

  it('let what has no gradient keep still, moments included', () => {
    const parameters = [table(), createWhole(1, 2, space)]
    const adam = createAdam(parameters, { learningRate: 0.1, ridge: 0.1 }, space)
    parameters[1].values.fill(3)
    adam.step()
    const after = parameters.map(({ values }) => values.slice())
    expect([...after[1]]).toEqual([3, 3])
    adam.step()
    expect(parameters.map(({ values }) => values)).toEqual(after)
  })

  it('move a table as they move the same numbers with the same gradient whole', () => {
    const [first, second] = [table(), createWhole(3, 2, space)]
    second.values.fill(1)
    const adams = [first, second].map((parameter) => createAdam([parameter], { learningRate: 0.1, ridge: 0 }, space))
    for (let round = 0; round < 3; round++) {
      second.gradient.set(gradientOf(first))
      second.hasGradient = true
      adams.forEach((adam) => adam.step())
      expect([...first.values]).toEqual([...second.values])
      first.parts.push(...table().parts)
    }
  })

  it('move a table by two gradients of the same entries as by one of their sum', () => {
    const pattern = { rowCount: 2, columnCount: 3, pointers: Int32Array.of(0, 1, 2), columns: Int32Array.of(2, 1) }
    const coefficients = Float64Array.of(3, -1)
    const moved = [[Float64Array.of(1, 2, 3, 4), Float64Array.of(0.5, 0, -1, 2)], [Float64Array.of(1.5, 2, 2, 6)]].map(
      (lefts) => {
        const parameter = createTable(3, 2, space)
        const adam = createAdam([parameter], { learningRate: 0.1, ridge: 0 }, space)
        for (const left of lefts) parameter.parts.push({ pattern, firstRow: 0, coefficients, left })
        adam.step()
        return { values: [...parameter.values], lefts }
      },
    )
    expect(moved[0].values).toEqual(moved[1].values)
    expect([...moved[0].lefts[0]]).toEqual([1, 2, 3, 4])
  })

  it.each([
    ['Adam', createAdam, 0.05],
    ['descent', createSgd, 0.1],
  ] as const)('reach the minimum of a quadratic bowl by %s', (_name, create, learningRate) => {
    const parameter = createWhole(1, 2, space)
    parameter.values.set([4, -3])
    const optimiser = create([parameter], { learningRate, ridge: 0 }, space)
    for (let round = 0; round < 800; round++) {
      parameter.hasGradient = true
      parameter.gradient.set([2 * (parameter.values[0] - 1), 8 * (parameter.values[1] - 2)])
      optimiser.step()
    }
    expect(parameter.values[0]).toBeCloseTo(1, 3)
    expect(parameter.values[1]).toBeCloseTo(2, 3)
  })
})
