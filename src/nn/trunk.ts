/**
 * The body that both networks share: sparse input, then one or more bent layers.
 *
 * `forward` hands back the outputs of every layer (its trace), which the way back needs; the last is the body's output.
 */
import type { Rng } from '../base/rng.ts'
import type { Activation } from './activation.ts'
import { activate, activationGradient } from './activation.ts'
import type { DenseLayer } from './dense-layer.ts'
import { createDenseLayer } from './dense-layer.ts'
import type { SparseBatch } from './gather-layer.ts'
import { createGatherLayer } from './gather-layer.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Matrix, Parameter, Precision } from './parameter.ts'
import type { SparsePattern } from '../kernels/sparse-rows.ts'

export interface TrunkShape {
  readonly inputs: number
  /** Widths of the layers, first to last; at least one. */
  readonly widths: readonly number[]
  readonly activation: Activation
}

export interface Trunk {
  readonly outputs: number
  readonly parameters: readonly Parameter[]
  forward(input: SparseBatch): readonly Matrix[]
  /** Adds the gradients of all weights, given that of the last output (which it overwrites). */
  addGradient(input: SparseBatch, trace: readonly Matrix[], outputGradient: Matrix): void
  /** The gradient of each entry of the input; weights stay as they are. Overwrites `outputGradient`. */
  inputGradient(pattern: SparsePattern, trace: readonly Matrix[], outputGradient: Matrix): Floats
}

export function createTrunk({ inputs, widths, activation }: TrunkShape, rng: Rng, precision: Precision): Trunk {
  const first = createGatherLayer(inputs, widths[0], rng, precision)
  const rest: DenseLayer[] = widths.slice(1).map((width, at) => createDenseLayer(widths[at], width, rng, precision))

  /** Walks from the last layer to the first and returns the gradient of the first layer's sums. */
  const descend = (trace: readonly Matrix[], outputGradient: Matrix, learn: boolean): Matrix => {
    let gradient = outputGradient
    for (let at = rest.length - 1; at >= 0; at--) {
      activationGradient(activation, trace[at + 1].values, gradient.values)
      if (learn) rest[at].addGradient(trace[at], gradient)
      gradient = rest[at].inputGradient(gradient)
    }
    activationGradient(activation, trace[0].values, gradient.values)
    return gradient
  }

  return {
    outputs: widths[widths.length - 1],
    parameters: [first, ...rest].flatMap((layer) => layer.parameters),
    forward: (input) => {
      const trace = [bent(activation, first.forward(input))]
      for (const layer of rest) trace.push(bent(activation, layer.forward(trace[trace.length - 1])))
      return trace
    },
    addGradient: (input, trace, outputGradient) => first.addGradient(input, descend(trace, outputGradient, true)),
    inputGradient: (pattern, trace, outputGradient) =>
      first.inputGradient(pattern, descend(trace, outputGradient, false)),
  }
}

function bent(activation: Activation, output: Matrix): Matrix {
  activate(activation, output.values)
  return output
}
