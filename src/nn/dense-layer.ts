/**
 * A layer in which every input speaks to every output: y = x·W + b.
 *
 * W is inputs × outputs, b one row. O(rows · inputs · outputs) each way. Layers keep no memory of what they saw:
 * the caller hands the input back on the way back.
 */
import type { Rng } from '../base/rng.ts'
import { gemm } from '../kernels/gemm.ts'
import type { Matrix, Parameter, Precision } from './parameter.ts'
import { createParameter, glorotUniform, touchAll, zerosLike } from './parameter.ts'

export interface DenseLayer {
  readonly parameters: readonly Parameter[]
  forward(input: Matrix): Matrix
  /** Adds the gradient of the weights. */
  addGradient(input: Matrix, outputGradient: Matrix): void
  inputGradient(outputGradient: Matrix): Matrix
}

export function createDenseLayer(inputs: number, outputs: number, rng: Rng, precision: Precision): DenseLayer {
  const weights = glorotUniform(createParameter(inputs, outputs, precision), inputs, outputs, rng)
  const bias = createParameter(1, outputs, precision)
  return {
    parameters: [weights, bias],
    forward: (input) => {
      const output = withBias(input.rowCount, bias)
      gemm(input.rowCount, outputs, inputs, input.values, weights.values, output.values, { accumulate: true })
      return output
    },
    addGradient: (input, outputGradient) => {
      touchAll(weights)
      gemm(inputs, outputs, input.rowCount, input.values, outputGradient.values, weights.gradient, {
        transposeA: true,
        accumulate: true,
      })
      addBiasGradient(bias, outputGradient)
    },
    inputGradient: (outputGradient) => {
      const { rowCount, values } = outputGradient
      const gradient = zerosLike(values, rowCount * inputs)
      gemm(rowCount, inputs, outputs, values, weights.values, gradient, { transposeB: true })
      return { rowCount, columnCount: inputs, values: gradient }
    },
  }
}

/** A batch with the bias in every row. */
export function withBias(rowCount: number, bias: Parameter): Matrix {
  const { columnCount } = bias
  const values = zerosLike(bias.values, rowCount * columnCount)
  for (let row = 0; row < rowCount; row++) values.set(bias.values, row * columnCount)
  return { rowCount, columnCount, values }
}

export function addBiasGradient(bias: Parameter, outputGradient: Matrix): void {
  touchAll(bias)
  const { values, columnCount } = outputGradient
  for (let at = 0; at < values.length; at++) bias.gradient[at % columnCount] += values[at]
}
