/**
 * How a discriminator is told what shoppers chose from a slate. s are its logits, M what was chosen.
 *
 * - listwise (maximum likelihood of the choice): L = −Σ_{i∈M} log softmax(s)_i
 * - (a) density ratio: L = Σ_{i∈M} softplus(−s_i) + |M|·E_{i~p} softplus(s_i) against the generator's p; at the optimum
 *   s = log p_data/p, and L/|M| → 2 ln 2 once data and generator cannot be told apart
 * - (b) hard negatives: L = Σ_{i∈M} softplus(A − s_i), A = log Σ_{j∉M} q_j·exp s_j with q the softmax of s over what was
 *   not chosen, held fixed: the adversary's best reply under a budget of divergence has this closed form
 *
 * Each adds `weight` times its gradient to `gradient` and returns `weight`·L. `chosen[i]` is 1 or 0; listwise also takes
 * votes, any whole numbers: an item with two stands in M twice. O(slate).
 */
import type { Floats } from '../kernels/vector.ts'
import { sigmoid, softplus } from '../nn/losses.ts'

export function listwiseLoss(logits: Floats, chosen: Uint8Array, weight: number, gradient: Floats): number {
  const normaliser = logSumExp(logits)
  let count = 0
  let loss = 0
  for (let at = 0; at < logits.length; at++) {
    if (chosen[at] === 0) continue
    count += chosen[at]
    loss += chosen[at] * (normaliser - logits[at])
    gradient[at] -= weight * chosen[at]
  }
  for (let at = 0; at < logits.length; at++) gradient[at] += weight * count * Math.exp(logits[at] - normaliser)
  return weight * loss
}

/** @param generator log p, up to a constant */
export function densityRatioLoss(
  logits: Floats,
  chosen: Uint8Array,
  weight: number,
  gradient: Floats,
  generator: Floats,
): number {
  const normaliser = logSumExp(generator)
  const count = chosen.reduce((sum, own) => sum + own, 0)
  let loss = 0
  for (let at = 0; at < logits.length; at++) {
    const mass = count * Math.exp(generator[at] - normaliser)
    loss += mass * softplus(logits[at])
    gradient[at] += weight * mass * sigmoid(logits[at])
    if (chosen[at] === 0) continue
    loss += softplus(-logits[at])
    gradient[at] -= weight * sigmoid(-logits[at])
  }
  return weight * loss
}

/** 0 where everything was chosen: there is nothing an adversary could put forward. */
export function hardNegativeLoss(logits: Floats, chosen: Uint8Array, weight: number, gradient: Floats): number {
  const negatives = logits.filter((_, at) => chosen[at] === 0)
  if (negatives.length === 0) return 0
  // A = log Σ q_j·exp s_j = log Σ exp 2s_j − log Σ exp s_j.
  const doubled = logSumExp(negatives.map((logit) => 2 * logit))
  const adversary = doubled - logSumExp(negatives)
  let loss = 0
  let pull = 0
  for (let at = 0; at < logits.length; at++) {
    if (chosen[at] === 0) continue
    loss += softplus(adversary - logits[at])
    const slope = sigmoid(adversary - logits[at])
    gradient[at] -= weight * slope
    pull += slope
  }
  // With q held fixed, dA/ds_j = q_j·exp s_j / Σ q·exp s.
  for (let at = 0; at < logits.length; at++) {
    if (chosen[at] === 0) gradient[at] += weight * pull * Math.exp(2 * logits[at] - doubled)
  }
  return weight * loss
}

/** Slates with what the generator says of each item, and what was chosen. */
type Choices = readonly { readonly generator: Floats; readonly chosen: Uint8Array }[]

/** By how many halvings the sharpness is found. */
const halvings = 16
const [softest, sharpest] = [2 ** -8, 4]

/**
 * τ such that softmax(τ·generator) foresees best what was chosen, each slate with its weight in the loss: opinions in
 * deviations are ten and more on a large catalogue, and taken for log p they are far too sure. The likelihood has one
 * summit in τ, so that halving finds it. O(halvings · slates · slate).
 */
export function fittedSharpness(lessons: Choices): number {
  let [low, high] = [softest, sharpest]
  for (let step = 0; step < halvings; step++) {
    const middle = Math.sqrt(low * high)
    const slope = lessons.reduce((sum, lesson) => sum + sharpnessSlope(lesson, middle), 0)
    if (slope > 0) high = middle
    else low = middle
  }
  return Math.sqrt(low * high)
}

/** dL/dτ of one slate: what the generator says in the mean under softmax(τ·generator), less what it says of the chosen. */
function sharpnessSlope({ generator, chosen }: Choices[number], sharpness: number): number {
  let highest = Number.NEGATIVE_INFINITY
  for (const value of generator) highest = Math.max(highest, value)
  let [mass, expected, said, count] = [0, 0, 0, 0]
  for (let at = 0; at < generator.length; at++) {
    const probability = Math.exp(sharpness * (generator[at] - highest))
    mass += probability
    expected += probability * generator[at]
    if (chosen[at] === 0) continue
    said += generator[at]
    count++
  }
  return count === 0 ? 0 : (count * (expected / mass) - said) / Math.sqrt(count)
}

function logSumExp(values: Floats): number {
  let highest = Number.NEGATIVE_INFINITY
  for (const value of values) highest = Math.max(highest, value)
  let sum = 0
  for (const value of values) sum += Math.exp(value - highest)
  return highest + Math.log(sum)
}
