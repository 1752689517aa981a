/**
 * In which order a row's entries happened, and which of them in one moment; for models that learn from order.
 *
 * Oldest first. Entries of equal age share a moment (a basket); where a table has no ages, a row is one single moment.
 * O(entries · log of a row's length).
 */
import type { Interactions } from '../preprocess/interactions.ts'

export interface EntryOrder {
  /** Entries of the matrix, row by row under its own pointers. */
  readonly entries: Int32Array
  /** Number of the moment within the row, from 0, aligned with `entries`. */
  readonly moments: Int32Array
}

export function entryOrder({ matrix: { rowCount, pointers, columns }, ageDays }: Interactions): EntryOrder {
  const entries = Int32Array.from(columns, (_, entry) => entry)
  const moments = new Int32Array(entries.length)
  if (ageDays === null) return { entries, moments }
  for (let row = 0; row < rowCount; row++) {
    const [start, end] = [pointers[row], pointers[row + 1]]
    entries.subarray(start, end).sort((a, b) => ageDays[b] - ageDays[a])
    for (let at = start + 1; at < end; at++) {
      moments[at] = moments[at - 1] + (ageDays[entries[at]] < ageDays[entries[at - 1]] ? 1 : 0)
    }
  }
  return { entries, moments }
}

/** How many moments came after each of a query's items, which stand oldest first. */
export function momentsSince(ageDays: Float32Array | null, count: number): Int32Array {
  const since = new Int32Array(count)
  if (ageDays === null) return since
  for (let at = count - 2; at >= 0; at--) since[at] = since[at + 1] + (ageDays[at] > ageDays[at + 1] ? 1 : 0)
  return since
}
