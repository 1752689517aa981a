/**
 * The body that both networks share: sparse input, then one or more bent layers.
 *
 * `forward` hands back the outputs of every layer (its trace), which the way back needs; the last is the body's output.
 */
import type { Rng } from '../base/rng.ts'
import { type Activation, activationGradient } from '../kernels/elementwise.ts'
import type { Space } from '../kernels/space.ts'
import type { Floats } from '../kernels/vector.ts'
import { createDenseLayer } from './dense-layer.ts'
import type { SparseBatch } from './embedding-bag.ts'
import { createGatherLayer } from './gather-layer.ts'
import type { Matrix, Parameter } from './parameter.ts'

export interface TrunkShape {
  readonly inputs: number
  /** Widths of the layers, first to last; at least one. */
  readonly widths: readonly number[]
  readonly activation: Activation
}

export interface Trunk {
  readonly outputs: number
  readonly parameters: readonly Parameter[]
  /** What the first layer sums up of an input to which one more part will come. */
  begin(input: SparseBatch): Matrix
  /** `known`: what `begin` said of all parts but the last. */
  forward(input: SparseBatch, known?: Matrix): readonly Matrix[]
  /** Adds the gradients of all weights, given that of the last output (which it overwrites). */
  addGradient(input: SparseBatch, trace: readonly Matrix[], outputGradient: Matrix): void
  /** The gradient of each entry of one part of the input; weights stay as they are. Overwrites `outputGradient`. */
  inputGradient(input: SparseBatch, part: number, trace: readonly Matrix[], outputGradient: Matrix): Floats
}

export function createTrunk({ inputs, widths, activation }: TrunkShape, rng: Rng, space: Space): Trunk {
  const first = createGatherLayer(inputs, widths[0], rng, space)
  const rest = widths.slice(1).map((width, at) => createDenseLayer(widths[at], width, rng, space))

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
    begin: (input) => first.forward(input),
    forward: (input, known) => {
      const trace = [first.forward(input, known, activation)]
      for (const layer of rest) trace.push(layer.forward(trace[trace.length - 1], activation))
      return trace
    },
    addGradient: (input, trace, outputGradient) => first.addGradient(input, descend(trace, outputGradient, true)),
    inputGradient: (input, part, trace, outputGradient) =>
      first.inputGradient(input, part, descend(trace, outputGradient, false)),
  }
}
