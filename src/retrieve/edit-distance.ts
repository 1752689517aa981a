/**
 * How many slips of the finger lie between two words: letters too many, missing, wrong, or two swapped.
 *
 * Optimal string alignment (Damerau 1964): d(i, j) = min of d(i−1, j) + 1, d(i, j−1) + 1, d(i−1, j−1) + [aᵢ ≠ bⱼ] and,
 * where aᵢ = bⱼ₋₁ and aᵢ₋₁ = bⱼ, d(i−2, j−2) + 1. Only the band |i − j| ≤ `most` is filled: O(most · length).
 */
const rows = [new Uint8Array(128), new Uint8Array(128), new Uint8Array(128)]

/** The distance, or `most + 1` where it is larger. With `prefix`, the least distance of `a` to a beginning of `b`. */
export function editDistance(a: string, b: string, most: number, prefix = false): number {
  if (a.length > 120 || a.length - b.length > most) return a === b ? 0 : most + 1
  if (!prefix && b.length - a.length > most) return most + 1
  const width = Math.min(b.length, a.length + most)
  let [before, last, row] = rows
  for (let j = 0; j <= width; j++) last[j] = j
  let best = prefix ? Infinity : 0
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - most)
    const to = Math.min(width, i + most)
    row[from - 1] = from === 1 ? i : most + 1
    let least = row[from - 1]
    for (let j = from; j <= to; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      const above = j === i + most ? most + 1 : last[j]
      let value = Math.min(last[j - 1] + (same ? 0 : 1), above + 1, row[j - 1] + 1)
      if (
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      ) {
        value = Math.min(value, before[j - 2] + 1)
      }
      row[j] = value
      if (value < least) least = value
    }
    if (least > most) return most + 1
    const spare = before
    before = last
    last = row
    row = spare
  }
  if (!prefix) return Math.min(last[b.length], most + 1)
  for (let j = Math.max(0, a.length - most); j <= width; j++) best = Math.min(best, last[j])
  return Math.min(best, most + 1)
}
