/**
 * How surprised a model is by what a shopper took, when each item has a share of one: the likelihood of the choice.
 *
 * For logits y_r and what was taken x_r (weights ≥ 0): L = Σ_r Σ_j x_rj · (log Σ_k e^(y_rk) − y_rj), gradient
 * n_r · softmax(y_r) − x_r with n_r = Σ_j x_rj. Full: over all items, O(rows × items). Sampled: over the entries of a
 * pattern only (what was taken and some items drawn for comparison); where items were drawn with unequal chances q, y −
 * log q stands for y and the expected gradient is nearly that of the full loss (Bengio and Senécal 2008). Both return
 * their sum and write `scale` times its gradient.
 */
import { softmax } from '../kernels/softmax.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import type { SparsePart } from './embedding-bag.ts'
import type { Matrix } from './parameter.ts'

/** Over all items; `taken` says which were, and how much of them. */
export function softmaxLoss(logits: Matrix, taken: SparsePart, scale: number, gradient: Floats): number {
  const { rowCount, columnCount: width, values } = logits
  const { pointers, columns } = taken.pattern
  const logSums = floatsLike(gradient, rowCount)
  softmax({ rowCount, pointers: null, width }, values, gradient, logSums)
  let loss = 0
  for (let row = 0; row < rowCount; row++) {
    const [first, end] = [pointers[row], pointers[row + 1]]
    const total = sum(taken.values, first, end)
    for (let at = row * width; at < (row + 1) * width; at++) gradient[at] *= scale * total
    for (let entry = first; entry < end; entry++) {
      const at = row * width + columns[entry]
      loss += taken.values[entry] * (logSums[row] - values[at])
      gradient[at] -= scale * taken.values[entry]
    }
  }
  return loss
}

/**
 * Over the entries of `pattern`, of which each was taken `taken[entry]` times (0: drawn for comparison).
 *
 * @param logChances log q of each entry's item; `null` where all were drawn alike
 */
export function sampledSoftmaxLoss(
  pattern: SparsePattern,
  logits: Floats,
  taken: Floats,
  logChances: Floats | null,
  scale: number,
  gradient: Floats,
): number {
  const { rowCount, pointers } = pattern
  const logSums = floatsLike(gradient, rowCount)
  for (let entry = 0; entry < logits.length; entry++) gradient[entry] = logits[entry] - (logChances?.[entry] ?? 0)
  softmax({ rowCount, pointers, width: 0 }, gradient, gradient, logSums)
  let loss = 0
  for (let row = 0; row < rowCount; row++) {
    const [first, end] = [pointers[row], pointers[row + 1]]
    const total = sum(taken, first, end)
    for (let entry = first; entry < end; entry++) {
      const corrected = logits[entry] - (logChances?.[entry] ?? 0)
      // 0 · −∞ would be no number: what was not taken has no part in the loss.
      if (taken[entry] !== 0) loss += taken[entry] * (logSums[row] - corrected)
      gradient[entry] = scale * (total * gradient[entry] - taken[entry])
    }
  }
  return loss
}

function floatsLike(like: Floats, length: number): Floats {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)
}

function sum(values: Floats, first: number, end: number): number {
  let total = 0
  for (let at = first; at < end; at++) total += values[at]
  return total
}
