/**
 * The bend between two layers, without which any stack of them would be one straight line.
 *
 * Each derivative is written in terms of the output, so that only outputs are kept for the way back.
 */
import type { Floats } from '../kernels/vector.ts'

export type Activation = 'sigmoid' | 'tanh' | 'relu'

const functions: Readonly<Record<Activation, (input: number) => number>> = {
  sigmoid: (input) => 1 / (1 + Math.exp(-input)),
  tanh: Math.tanh,
  relu: (input) => (input > 0 ? input : 0 * input),
}

const derivatives: Readonly<Record<Activation, (output: number) => number>> = {
  sigmoid: (output) => output * (1 - output),
  tanh: (output) => 1 - output * output,
  relu: (output) => (output > 0 ? 1 : 0),
}

/** In place. NaN stays NaN, so that a failed fit is seen. */
export function activate(activation: Activation, values: Floats): void {
  const apply = functions[activation]
  for (let at = 0; at < values.length; at++) values[at] = apply(values[at])
}

/** Turns the gradient with respect to the outputs into that with respect to the inputs, in place. */
export function activationGradient(activation: Activation, outputs: Floats, gradient: Floats): void {
  const derive = derivatives[activation]
  for (let at = 0; at < gradient.length; at++) gradient[at] *= derive(outputs[at])
}
