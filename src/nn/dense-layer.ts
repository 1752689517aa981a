/**
 * A layer in which every input speaks to every output: y = bend(x·W + b).
 *
 * W is inputs × outputs, b one row. O(rows · inputs · outputs) each way. Layers keep no memory of what they saw:
 * the caller hands the input back on the way back, with the gradient of the sums x·W + b (activationGradient makes it of
 * that of the outputs).
 */
import type { Rng } from '../base/rng.ts'
import { type Activation, activate, addColumnSums } from '../kernels/elementwise.ts'
import { gemm } from '../kernels/gemm.ts'
import type { Space } from '../kernels/space.ts'
import type { Matrix, Parameter, WholeParameter } from './parameter.ts'
import { batchMatrix, createWhole, glorotUniform } from './parameter.ts'

export interface DenseLayer {
  readonly parameters: readonly Parameter[]
  forward(input: Matrix, activation?: Activation): Matrix
  /** Adds the gradient of the weights. */
  addGradient(input: Matrix, sumGradient: Matrix): void
  inputGradient(sumGradient: Matrix): Matrix
}

export function createDenseLayer(inputs: number, outputs: number, rng: Rng, space: Space): DenseLayer {
  const weights = glorotUniform(createWhole(inputs, outputs, space), inputs, outputs, rng)
  const bias = createWhole(1, outputs, space)
  return {
    parameters: [weights, bias],
    forward: (input, activation = 'none') => {
      const output = batchMatrix(input.rowCount, outputs, space, true)
      gemm(input.rowCount, outputs, inputs, input.values, weights.values, output.values)
      activate(activation, output.values, bias.values)
      return output
    },
    addGradient: (input, { values }) => {
      weights.hasGradient = true
      const how = { transposeA: true, accumulate: true }
      gemm(inputs, outputs, input.rowCount, input.values, values, weights.gradient, how)
      addBiasGradient(bias, values)
    },
    inputGradient: ({ rowCount, values }) => {
      const gradient = batchMatrix(rowCount, inputs, space, true)
      gemm(rowCount, inputs, outputs, values, weights.values, gradient.values, { transposeB: true })
      return gradient
    },
  }
}

export function addBiasGradient(bias: WholeParameter, sumGradient: Matrix['values']): void {
  bias.hasGradient = true
  addColumnSums(sumGradient, bias.gradient)
}
