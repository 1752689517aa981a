/**
 * The best of many scores that somebody accepts, where asking costs more than looking: one look at each score, and few are
 * asked about.
 *
 * Scores lie in some thousand blocks. The k-th highest of the blocks' peaks is a floor: k blocks reach it, so at least k
 * scores do, and hardly more than that where the best lie anywhere. Only where too few of those are accepted, what lies
 * below is looked at as well. O(count), and O(k · log k) for the order.
 */
import { createTopK } from './top-k.ts'

export interface Peaks {
  readonly least: number
  /** Scores a block. */
  readonly width: number
  /** The highest of each block. */
  readonly peaks: Float32Array
}

const blocks = 1_024
const narrowest = 4

/** Scores are numbers. */
export function peaksOf(scores: Float32Array): Peaks {
  const width = Math.max(narrowest, Math.ceil(scores.length / blocks))
  const peaks = new Float32Array(Math.ceil(scores.length / width))
  let least = Number.POSITIVE_INFINITY
  for (let block = 0, at = 0; block < peaks.length; block++) {
    let peak = Number.NEGATIVE_INFINITY
    for (const end = Math.min(at + width, scores.length); at < end; at++) {
      const score = scores[at]
      if (score > peak) peak = score
      if (score < least) least = score
    }
    peaks[block] = peak
  }
  return { least, width, peaks }
}

/** The highest score that `accept` takes; -∞ where it takes none. */
export function highestAccepted(
  scores: Float32Array,
  { width, peaks }: Peaks,
  accept: (at: number) => boolean,
): number {
  let highest = Number.NEGATIVE_INFINITY
  peaks.forEach((peak, block) => {
    if (peak <= highest) return
    for (let at = block * width, end = Math.min(at + width, scores.length); at < end; at++) {
      if (scores[at] > highest && accept(at)) highest = scores[at]
    }
  })
  return highest
}

/** Where the `k` highest scores stand that are above the least and that `accept` takes: best first, of equals the first. */
export function topAccepted(
  scores: Float32Array,
  { least, width, peaks }: Peaks,
  k: number,
  accept: (at: number) => boolean,
): Int32Array {
  const top = createTopK(Math.min(k, scores.length))
  const floor = k < peaks.length ? kthHighest(peaks.slice(), k) : least
  const look = (from: number, below: number): void => {
    let lowest = from
    for (let block = 0; block < peaks.length; block++) {
      if (peaks[block] < lowest) continue
      for (let at = block * width, end = Math.min(at + width, scores.length); at < end; at++) {
        const score = scores[at]
        if (score < lowest || score >= below || score <= least || !top.admits(at, score) || !accept(at)) continue
        top.offer(at, score)
        if (top.floor() > lowest) lowest = top.floor()
      }
    }
  }
  look(floor, Number.POSITIVE_INFINITY)
  // Full, it holds none below the floor: whatever is there would stand behind all of them.
  if (Number.isNaN(top.floor())) look(least, floor)
  return top.drain()
}

/** Puts `values` in another order (Hoare, "Find", 1961). O(count). */
function kthHighest(values: Float32Array, k: number): number {
  let [from, to] = [0, values.length - 1]
  while (from < to) {
    const pivot = values[(from + to) >> 1]
    let [low, high] = [from, to]
    while (low <= high) {
      while (values[low] > pivot) low++
      while (values[high] < pivot) high--
      if (low <= high) {
        const kept = values[low]
        values[low++] = values[high]
        values[high--] = kept
      }
    }
    if (k - 1 <= high) to = high
    else if (k - 1 >= low) from = low
    else break
  }
  return values[k - 1]
}
