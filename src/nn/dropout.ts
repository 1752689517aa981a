/**
 * Hides a random part of what a layer sees while it learns, so that it must foresee and cannot copy.
 *
 * A number is hidden with probability `rate`, the others grow by 1 / (1 − rate), so that the mean stays. Multiply by the
 * mask on the way there and on the way back (Srivastava et al. 2014, inverted).
 */
import type { Rng } from '../base/rng.ts'
import type { Space } from '../kernels/space.ts'
import type { Floats } from '../kernels/vector.ts'

/** What to multiply each number with: 0, or 1 / (1 − rate). Lives as long as the minibatch. */
export function dropoutMask(length: number, rate: number, rng: Rng, space: Space): Floats {
  const mask = space.batchFloats(length, true)
  const kept = 1 / (1 - rate)
  for (let at = 0; at < length; at++) mask[at] = rng.next() < rate ? 0 : kept
  return mask
}

/** In place: outputs on the way there, their gradient on the way back. */
export function applyMask(mask: Floats, values: Floats): void {
  for (let at = 0; at < values.length; at++) values[at] *= mask[at]
}
