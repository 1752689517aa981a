/**
 * A first layer that reads only the items a shopper met: y = S·W + b for a sparse batch S.
 *
 * W is items × outputs, one row an item. O(entries · outputs) each way, whatever the size of the catalogue. It also
 * hands back the gradient of the entries themselves: through it a discriminator tells a generator what to change.
 */
import type { Rng } from '../base/rng.ts'
import { addBiasGradient, withBias } from './dense-layer.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Matrix, Parameter, Precision } from './parameter.ts'
import { createParameter, glorotUniform, touch, zerosLike } from './parameter.ts'
import type { SparsePattern } from '../kernels/sparse-rows.ts'
import { gatherSum, sampledDots, scatterOuter } from '../kernels/sparse-rows.ts'

/** A sparse minibatch: the entry at e has the value `values[e]`. */
export interface SparseBatch {
  readonly pattern: SparsePattern
  readonly values: Floats
}

export interface GatherLayer {
  readonly parameters: readonly Parameter[]
  forward(input: SparseBatch): Matrix
  /** Adds the gradient of the weights. */
  addGradient(input: SparseBatch, outputGradient: Matrix): void
  /** The gradient of each entry of the input. */
  inputGradient(pattern: SparsePattern, outputGradient: Matrix): Floats
}

export function createGatherLayer(inputs: number, outputs: number, rng: Rng, precision: Precision): GatherLayer {
  const weights = glorotUniform(createParameter(inputs, outputs, precision), inputs, outputs, rng)
  const bias = createParameter(1, outputs, precision)
  return {
    parameters: [weights, bias],
    forward: ({ pattern, values }) => {
      const output = withBias(pattern.rowCount, bias)
      gatherSum(pattern, values, weights.values, outputs, output.values)
      return output
    },
    addGradient: ({ pattern, values }, outputGradient) => {
      touchColumns(weights, pattern)
      scatterOuter(pattern, values, outputGradient.values, outputs, weights.gradient)
      addBiasGradient(bias, outputGradient)
    },
    inputGradient: (pattern, outputGradient) => {
      const gradient = zerosLike(outputGradient.values, pattern.columns.length)
      sampledDots(pattern, outputGradient.values, weights.values, outputs, gradient)
      return gradient
    },
  }
}

export function touchColumns(table: Parameter, pattern: SparsePattern): void {
  for (let entry = 0; entry < pattern.pointers[pattern.rowCount]; entry++) touch(table, pattern.columns[entry])
}
