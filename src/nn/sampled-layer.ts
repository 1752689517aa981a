/**
 * A last layer that computes only the outputs somebody asks for: y_rj = h_r·W_j + b_j for the pairs of a pattern.
 *
 * W is outputs × inputs, one row an item. O(pairs · inputs) each way.
 */
import type { Rng } from '../base/rng.ts'
import type { Space } from '../kernels/space.ts'
import { gatherSum, sampledDots } from '../kernels/sparse-rows.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Matrix, Parameter } from './parameter.ts'
import { batchMatrix, createTable, glorotUniform } from './parameter.ts'

export interface SampledLayer {
  readonly parameters: readonly Parameter[]
  /** One output for each entry of `pattern`. */
  forward(input: Matrix, pattern: SparsePattern): Floats
  /** Adds the gradient of the weights. */
  addGradient(input: Matrix, pattern: SparsePattern, outputGradient: Floats): void
  inputGradient(pattern: SparsePattern, outputGradient: Floats): Matrix
}

export function createSampledLayer(inputs: number, outputs: number, rng: Rng, space: Space): SampledLayer {
  const weights = glorotUniform(createTable(outputs, inputs, space), inputs, outputs, rng)
  const bias = createTable(outputs, 1, space)
  return {
    parameters: [weights, bias],
    forward: (input, pattern) => {
      const { columns } = pattern
      const values = space.batchFloats(columns.length)
      sampledDots(pattern, input.values, weights.values, inputs, values)
      for (let entry = 0; entry < values.length; entry++) values[entry] += bias.values[columns[entry]]
      return values
    },
    addGradient: (input, pattern, coefficients) => {
      if (coefficients.length === 0) return
      weights.parts.push({ pattern, firstRow: 0, coefficients, left: input.values })
      bias.parts.push({ pattern, firstRow: 0, coefficients, left: null })
    },
    inputGradient: (pattern, outputGradient) => {
      const gradient = batchMatrix(pattern.rowCount, inputs, space)
      gatherSum(pattern, outputGradient, weights.values, inputs, gradient.values)
      return gradient
    },
  }
}
