/** Puts rows of columns in order without moving them: by time, and into groups that keep that order. */

/** Row numbers by time, ties by row. O(n) where the rows are in order already, O(n log n) else. */
export function timeOrder(timeMs: Float64Array): Int32Array {
  const order = new Int32Array(timeMs.length)
  let sorted = true
  for (let row = 0; row < order.length; row++) {
    order[row] = row
    if (row > 0 && timeMs[row] < timeMs[row - 1]) sorted = false
  }
  return sorted ? order : order.sort((one, other) => timeMs[one] - timeMs[other] || one - other)
}

export interface RowGroups {
  /** Group g is `rows[starts[g]]` to `rows[starts[g + 1]]`. */
  readonly starts: Int32Array
  readonly rows: Int32Array
}

/** Groups `rows` by `keys[row]`; within a group they stay in the order given. Rows with a negative key are left out. O(n). */
export function groupRows(keys: Int32Array, keyCount: number, rows: Int32Array): RowGroups {
  const starts = new Int32Array(keyCount + 1)
  for (const row of rows) if (keys[row] >= 0) starts[keys[row] + 1]++
  for (let key = 0; key < keyCount; key++) starts[key + 1] += starts[key]
  const next = starts.slice()
  const grouped = new Int32Array(starts[keyCount])
  for (const row of rows) if (keys[row] >= 0) grouped[next[keys[row]]++] = row
  return { starts, rows: grouped }
}
