/**
 * How wrong an answer is, and in which direction it would be less wrong.
 *
 * softplus(x) = log(1 + eˣ), stable for any x. With a logit D, −log σ(D) = softplus(−D) and −log(1 − σ(D)) =
 * softplus(D). Every loss returns its sum and writes `scale` times its gradient.
 */
import type { Floats } from '../kernels/vector.ts'

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))
}

/** Binary cross-entropy with logits against one label for all. */
export function binaryCrossEntropy(logits: Floats, label: 0 | 1, scale: number, gradient: Floats): number {
  let loss = 0
  for (let at = 0; at < logits.length; at++) {
    loss += softplus(label === 1 ? -logits[at] : logits[at])
    gradient[at] = scale * (sigmoid(logits[at]) - label)
  }
  return loss
}

/** Σ (outputs − target)²; adds to the gradient, so that it joins another loss on the same outputs. */
export function addSquaredError(outputs: Floats, target: number, scale: number, gradient: Floats): number {
  let loss = 0
  for (let at = 0; at < outputs.length; at++) {
    const error = outputs[at] - target
    loss += error * error
    gradient[at] += 2 * scale * error
  }
  return loss
}
