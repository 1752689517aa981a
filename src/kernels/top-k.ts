/**
 * Picks the k best of many: the highest values first, equal ones by the lower index first.
 *
 * A heap of the k best so far with the worst at its root: O(count · log k) at worst, close to O(count) where most
 * values lose against the root. NaN is never picked. Item tables (item-table.ts) have the same in the memory of their
 * scores.
 */

/** The indices of the `k` highest `scores`, best first; fewer where fewer are left. `skip[index]` ≠ 0 leaves one out. */
export function topK(scores: ArrayLike<number>, k: number, skip: ArrayLike<number> | null = null): Int32Array {
  const best = createTopK(Math.min(k, scores.length))
  const count = scores.length
  let floor = best.floor()
  for (let index = 0; index < count; ) {
    index = firstAbove(floor, scores, index)
    for (const end = Math.min(count, index + 4); index < end; index++) {
      if (scores[index] <= floor || (skip !== null && skip[index] !== 0)) continue
      best.offer(index, scores[index])
      floor = best.floor()
    }
  }
  return best.drain()
}

/** Where among the next four stands one that is not below or at `floor`; four at a time, as most are. */
function firstAbove(floor: number, scores: ArrayLike<number>, from: number): number {
  let at = from
  const last = scores.length - 4
  while (
    at <= last &&
    scores[at] <= floor &&
    scores[at + 1] <= floor &&
    scores[at + 2] <= floor &&
    scores[at + 3] <= floor
  ) {
    at += 4
  }
  return at
}

export interface TopK {
  /** Whether it would be among the best so far: lets a caller ask costly questions of few candidates. */
  admits(index: number, value: number): boolean
  offer(index: number, value: number): void
  /** What a value offered in ascending order of its index must exceed; NaN, which nothing is below, until there are k. */
  floor(): number
  /** The indices, best first; empty afterwards, ready for the next round. */
  drain(): Int32Array
}

export function createTopK(k: number): TopK {
  const values = new Float64Array(k)
  const indices = new Int32Array(k)
  let size = 0

  /** Whether the candidate would stand behind the one at `at`. */
  const losesTo = (at: number, index: number, value: number): boolean =>
    value < values[at] || (value === values[at] && index > indices[at])

  /** Puts a candidate at `at` or below, so that each parent stands behind its children. */
  const sink = (at: number, index: number, value: number): void => {
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && losesTo(child, indices[child + 1], values[child + 1])) child++
      if (losesTo(child, index, value)) break
      values[at] = values[child]
      indices[at] = indices[child]
      at = child
    }
    values[at] = value
    indices[at] = index
  }

  const rise = (at: number, index: number, value: number): void => {
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!losesTo(parent, index, value)) break
      values[at] = values[parent]
      indices[at] = indices[parent]
      at = parent
    }
    values[at] = value
    indices[at] = index
  }

  const admits = (index: number, value: number): boolean =>
    !Number.isNaN(value) && (size < k || (k > 0 && !losesTo(0, index, value)))

  return {
    admits,
    offer: (index, value) => {
      if (!admits(index, value)) return
      if (size < k) rise(size++, index, value)
      else sink(0, index, value)
    },
    floor: () => (size < k ? NaN : k === 0 ? Infinity : values[0]),
    drain: () => {
      const sorted = new Int32Array(size)
      while (size > 0) {
        sorted[size - 1] = indices[0]
        size--
        sink(0, indices[size], values[size])
      }
      return sorted
    },
  }
}
