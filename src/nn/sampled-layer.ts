/**
 * A last layer that computes only the outputs somebody asks for: y_rj = h_r·W_j + b_j for the pairs of a pattern.
 *
 * W is outputs × inputs, one row an item. O(pairs · inputs) each way.
 */
import type { Rng } from '../base/rng.ts'
import { touchColumns } from './gather-layer.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Matrix, Parameter, Precision } from './parameter.ts'
import { createParameter, glorotUniform, zerosLike } from './parameter.ts'
import type { SparsePattern } from '../kernels/sparse-rows.ts'
import { gatherSum, sampledDots, scatterOuter } from '../kernels/sparse-rows.ts'

export interface SampledLayer {
  readonly parameters: readonly Parameter[]
  /** One output for each entry of `pattern`. */
  forward(input: Matrix, pattern: SparsePattern): Floats
  /** Adds the gradient of the weights. */
  addGradient(input: Matrix, pattern: SparsePattern, outputGradient: Floats): void
  inputGradient(pattern: SparsePattern, outputGradient: Floats): Matrix
  /** The same, added to what other outputs of the same input asked for. */
  addInputGradient(pattern: SparsePattern, outputGradient: Floats, inputGradient: Matrix): void
}

export function createSampledLayer(inputs: number, outputs: number, rng: Rng, precision: Precision): SampledLayer {
  const weights = glorotUniform(createParameter(outputs, inputs, precision), inputs, outputs, rng)
  const bias = createParameter(outputs, 1, precision)
  return {
    parameters: [weights, bias],
    forward: (input, pattern) => {
      const values = zerosLike(input.values, pattern.columns.length)
      sampledDots(pattern, input.values, weights.values, inputs, values)
      for (let entry = 0; entry < values.length; entry++) values[entry] += bias.values[pattern.columns[entry]]
      return values
    },
    addGradient: (input, pattern, outputGradient) => {
      touchColumns(weights, pattern)
      touchColumns(bias, pattern)
      scatterOuter(pattern, outputGradient, input.values, inputs, weights.gradient)
      for (let entry = 0; entry < outputGradient.length; entry++) {
        bias.gradient[pattern.columns[entry]] += outputGradient[entry]
      }
    },
    inputGradient: (pattern, outputGradient) => {
      const values = zerosLike(outputGradient, pattern.rowCount * inputs)
      gatherSum(pattern, outputGradient, weights.values, inputs, values)
      return { rowCount: pattern.rowCount, columnCount: inputs, values }
    },
    addInputGradient: (pattern, outputGradient, inputGradient) =>
      gatherSum(pattern, outputGradient, weights.values, inputs, inputGradient.values),
  }
}
