/**
 * Brings each row to mean 0 and spread 1, then to a learned scale and centre: deep stacks learn evenly.
 *
 * y = gain ⊙ (x − mean) / √(variance + 1e-5) + bias, over the numbers of a row (Ba, Kiros and Hinton 2016).
 * O(rows × width).
 */
import type { Space } from '../kernels/space.ts'
import { batchMatrix, createWhole, type Matrix, type Parameter } from './parameter.ts'

export interface NormTrace {
  readonly output: Matrix
  /** (x − mean) / √(variance + ε). */
  readonly normalised: Matrix
  /** 1 / √(variance + ε) of each row. */
  readonly inverse: Matrix['values']
}

export interface LayerNorm {
  readonly parameters: readonly Parameter[]
  forward(input: Matrix): NormTrace
  /** Adds the gradients of gain and bias and hands back that of the input. */
  backward(trace: NormTrace, outputGradient: Matrix): Matrix
}

const epsilon = 1e-5

export function createLayerNorm(width: number, space: Space): LayerNorm {
  const gain = createWhole(1, width, space)
  gain.values.fill(1)
  const bias = createWhole(1, width, space)
  return {
    parameters: [gain, bias],
    forward: ({ rowCount, values }) => {
      const normalised = batchMatrix(rowCount, width, space)
      const output = batchMatrix(rowCount, width, space)
      const inverse = space.batchFloats(rowCount)
      for (let row = 0; row < rowCount; row++) {
        const from = row * width
        let mean = 0
        for (let at = from; at < from + width; at++) mean += values[at] / width
        let variance = 0
        for (let at = from; at < from + width; at++) variance += (values[at] - mean) ** 2 / width
        inverse[row] = 1 / Math.sqrt(variance + epsilon)
        for (let at = 0; at < width; at++) {
          normalised.values[from + at] = (values[from + at] - mean) * inverse[row]
          output.values[from + at] = gain.values[at] * normalised.values[from + at] + bias.values[at]
        }
      }
      return { output, normalised, inverse }
    },
    backward: ({ normalised: { values }, inverse }, { rowCount, values: slopes }) => {
      gain.hasGradient = true
      bias.hasGradient = true
      const gradient = batchMatrix(rowCount, width, space)
      for (let row = 0; row < rowCount; row++) {
        const from = row * width
        let mean = 0
        let along = 0
        for (let at = 0; at < width; at++) {
          const slope = slopes[from + at]
          gain.gradient[at] += slope * values[from + at]
          bias.gradient[at] += slope
          mean += (slope * gain.values[at]) / width
          along += (slope * gain.values[at] * values[from + at]) / width
        }
        for (let at = 0; at < width; at++) {
          const scaled = slopes[from + at] * gain.values[at]
          gradient.values[from + at] = inverse[row] * (scaled - mean - values[from + at] * along)
        }
      }
      return gradient
    },
  }
}
