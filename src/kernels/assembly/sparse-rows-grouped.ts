/** A counting sort of the entries of a minibatch by the row of the table they belong to; see sparse-rows-grouped.ts. */

/** counts[firstRow + column] += 1 for every entry. */
export function countEntries(columns: usize, entries: i32, firstRow: i32, counts: usize): void {
  const first = counts + (<usize>firstRow << 2)
  const end = columns + (<usize>entries << 2)
  for (let at = columns; at < end; at += 4) {
    const count = first + (<usize>load<i32>(at) << 2)
    store<i32>(count, load<i32>(count) + 1)
  }
}

/** Counts become the places where rows begin; hands back how many rows have entries. */
export function startEntries(counts: usize, rowCount: i32, rows: usize, starts: usize): i32 {
  let used = 0
  let start = 0
  store<i32>(starts, 0)
  for (let row = 0; row < rowCount; row++) {
    const at = counts + (<usize>row << 2)
    const count = load<i32>(at)
    if (count == 0) continue
    store<i32>(at, start)
    store<i32>(rows + (<usize>used << 2), row)
    start += count
    used++
    store<i32>(starts + (<usize>used << 2), start)
  }
  return used
}

/** Puts every entry behind those of its row that came before. */
export function placeEntries(
  pointers: usize, rowCount: i32, columns: usize, values: usize, firstRow: i32, leftRow: i32,
  next: usize, coefficients: usize, leftRows: usize,
): void {
  const first = next + (<usize>firstRow << 2)
  let entry = <usize>load<i32>(pointers) << 2
  for (let row = 0; row < rowCount; row++) {
    const end = <usize>load<i32>(pointers + (<usize>row << 2), 4) << 2
    for (; entry < end; entry += 4) {
      const place = first + (<usize>load<i32>(columns + entry) << 2)
      const at = load<i32>(place)
      store<i32>(place, at + 1)
      store<f32>(coefficients + (<usize>at << 2), load<f32>(values + entry))
      store<i32>(leftRows + (<usize>at << 2), leftRow + row)
    }
  }
}
