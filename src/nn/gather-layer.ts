/**
 * A first layer that reads only the items a shopper met: y = bend(S·W + b) for a sparse batch S.
 *
 * An embedding bag with a bias. It also hands back the gradient of the entries themselves: through it a discriminator
 * tells a generator what to change.
 */
import type { Rng } from '../base/rng.ts'
import { type Activation, activate } from '../kernels/elementwise.ts'
import type { Space } from '../kernels/space.ts'
import { addBiasGradient } from './dense-layer.ts'
import { createEmbeddingBag, type EmbeddingBag, type SparseBatch } from './embedding-bag.ts'
import type { Matrix } from './parameter.ts'
import { createWhole } from './parameter.ts'

export interface GatherLayer extends EmbeddingBag {
  /** `known`: what it says, unbent, of all parts but the last. */
  forward(input: SparseBatch, known?: Matrix, activation?: Activation): Matrix
}

export function createGatherLayer(inputs: number, outputs: number, rng: Rng, space: Space): GatherLayer {
  const bag = createEmbeddingBag(inputs, outputs, rng, space)
  const bias = createWhole(1, outputs, space)
  return {
    parameters: [...bag.parameters, bias],
    forward: (input, known, activation = 'none') => {
      const output = bag.forward(input, known)
      // It is in what is known.
      activate(activation, output.values, known === undefined ? bias.values : null)
      return output
    },
    addGradient: (input, sumGradient) => {
      bag.addGradient(input, sumGradient)
      addBiasGradient(bias, sumGradient.values)
    },
    inputGradient: (input, part, sumGradient) => bag.inputGradient(input, part, sumGradient),
  }
}
