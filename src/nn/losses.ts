/**
 * How wrong an answer is, and in which direction it would be less wrong.
 *
 * Losses over whole rows (softmax) are in softmax-losses.ts. softplus(x) = log(1 + eˣ), stable for any x. With a logit D, −log σ(D) = softplus(−D) and −log(1 − σ(D)) =
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

/**
 * What a generator wants of a discriminator's logits. `minimax` descends on log(1 − σ(D)) = −softplus(D), the other
 * player's loss turned round; where D is sure of itself its gradient vanishes. `nonSaturating` descends on −log σ(D)
 * = softplus(−D) instead, which has the same optimum and pulls hardest there (Goodfellow et al. 2014, section 3).
 */
export function generatorLoss(
  form: 'minimax' | 'nonSaturating',
  logits: Floats,
  scale: number,
  gradient: Floats,
): number {
  if (form === 'nonSaturating') return binaryCrossEntropy(logits, 1, scale, gradient)
  return -binaryCrossEntropy(logits, 0, -scale, gradient)
}

/** Bayesian personalised ranking: −log σ(wanted − unwanted), pair by pair (Rendle et al. 2009). */
export function pairwiseRanking(
  wanted: Floats,
  unwanted: Floats,
  scale: number,
  wantedGradient: Floats,
  unwantedGradient: Floats,
): number {
  let loss = 0
  for (let at = 0; at < wanted.length; at++) {
    const lead = wanted[at] - unwanted[at]
    loss += softplus(-lead)
    unwantedGradient[at] = scale * sigmoid(-lead)
    wantedGradient[at] = -unwantedGradient[at]
  }
  return loss
}

/**
 * How far a diagonal normal distribution is from the unit one: KL = ½ Σ (mean² + e^l − 1 − l), l the log of its variance
 * (Kingma and Welling 2014, appendix B). Adds to the gradients, so that it joins another loss on the same outputs.
 */
export function addNormalDivergence(
  means: Floats,
  logVariances: Floats,
  scale: number,
  meanGradient: Floats,
  logVarianceGradient: Floats,
): number {
  let loss = 0
  for (let at = 0; at < means.length; at++) {
    const variance = Math.exp(logVariances[at])
    loss += 0.5 * (means[at] * means[at] + variance - 1 - logVariances[at])
    meanGradient[at] += scale * means[at]
    logVarianceGradient[at] += 0.5 * scale * (variance - 1)
  }
  return loss
}
