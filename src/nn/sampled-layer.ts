/**
 * A last layer that computes only the outputs somebody asks for: y_rj = h_r·W_j + b_j for the pairs of a pattern.
 *
 * W is outputs × inputs, one row an item. O(pairs · inputs) each way. Where about half of all outputs or more are asked
 * for, all of them by gemm are cheaper (from a density of about .4, as in embedding-bag.ts): `all` asks for every output
 * of every row, in that order.
 */
import type { Rng } from '../base/rng.ts'
import { activate, addColumnSums } from '../kernels/elementwise.ts'
import { gemm } from '../kernels/gemm.ts'
import type { Space } from '../kernels/space.ts'
import { gatherSum, sampledDots } from '../kernels/sparse-rows.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Matrix, Parameter } from './parameter.ts'
import { addRowGradients, batchMatrix, createTable, glorotUniform } from './parameter.ts'

export type Asked = SparsePattern | 'all'

export interface SampledLayer {
  readonly parameters: readonly Parameter[]
  /** One output for each entry of `asked`. */
  forward(input: Matrix, asked: Asked): Floats
  /** Adds the gradient of the weights. */
  addGradient(input: Matrix, asked: Asked, outputGradient: Floats): void
  inputGradient(asked: Asked, outputGradient: Floats): Matrix
}

export function createSampledLayer(inputs: number, outputs: number, rng: Rng, space: Space): SampledLayer {
  const weights = glorotUniform(createTable(outputs, inputs, space), inputs, outputs, rng)
  const bias = createTable(outputs, 1, space)

  const forwardAll = ({ rowCount, values }: Matrix): Floats => {
    const products = space.batchFloats(rowCount * outputs, true)
    gemm(rowCount, outputs, inputs, values, weights.values, products, { transposeB: true })
    activate('none', products, bias.values)
    return products
  }
  const addAll = ({ rowCount, values }: Matrix, outputGradient: Floats): void => {
    const gradient = batchMatrix(outputs, inputs, space, true)
    gemm(outputs, inputs, rowCount, outputGradient, values, gradient.values, { transposeA: true })
    addRowGradients(weights, 0, gradient, space)
    const sums = batchMatrix(outputs, 1, space)
    addColumnSums(outputGradient, sums.values)
    addRowGradients(bias, 0, sums, space)
  }
  return {
    parameters: [weights, bias],
    forward: (input, asked) => {
      if (asked === 'all') return forwardAll(input)
      const { columns } = asked
      const values = space.batchFloats(columns.length, true)
      sampledDots(asked, input.values, weights.values, inputs, values)
      for (let entry = 0; entry < values.length; entry++) values[entry] += bias.values[columns[entry]]
      return values
    },
    addGradient: (input, asked, coefficients) => {
      if (asked === 'all') addAll(input, coefficients)
      else if (coefficients.length > 0) {
        weights.parts.push({ pattern: asked, firstRow: 0, coefficients, left: input.values })
        bias.parts.push({ pattern: asked, firstRow: 0, coefficients, left: null })
      }
    },
    inputGradient: (asked, outputGradient) => {
      if (asked === 'all') {
        const gradient = batchMatrix(outputGradient.length / outputs, inputs, space, true)
        gemm(gradient.rowCount, inputs, outputs, outputGradient, weights.values, gradient.values)
        return gradient
      }
      const gradient = batchMatrix(asked.rowCount, inputs, space)
      gatherSum(asked, outputGradient, weights.values, inputs, gradient.values)
      return gradient
    },
  }
}
