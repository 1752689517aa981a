/**
 * A sparse matrix by rows: for row r, entries `pointers[r]` to `pointers[r + 1]` of `columns` and `values`.
 *
 * Columns ascend within a row and occur once. Memory: 8 bytes an entry and 4 a row.
 */
export interface Csr {
  readonly rowCount: number
  readonly columnCount: number
  /** Length `rowCount + 1`. */
  readonly pointers: Int32Array
  readonly columns: Int32Array
  readonly values: Float32Array
}

/** Builds rows from unordered triples; where a (row, column) pair repeats, its values are added. O(entries). */
export function csrFromTriples(
  rowCount: number,
  columnCount: number,
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
): Csr {
  // Two counting sorts, by column and then (stably) by row, leave the columns of each row in order.
  const byColumn = countingOrder(columns, columnCount)
  const byRow = countingOrder(rows, rowCount, byColumn)
  const pointers = new Int32Array(rowCount + 1)
  const outColumns = new Int32Array(rows.length)
  const outValues = new Float32Array(rows.length)
  let filled = 0
  let row = 0
  for (const entry of byRow) {
    for (; row < rows[entry]; row++) pointers[row + 1] = filled
    if (filled > pointers[row] && outColumns[filled - 1] === columns[entry]) outValues[filled - 1] += values[entry]
    else {
      outColumns[filled] = columns[entry]
      outValues[filled++] = values[entry]
    }
  }
  for (; row < rowCount; row++) pointers[row + 1] = filled
  return { rowCount, columnCount, pointers, columns: outColumns.slice(0, filled), values: outValues.slice(0, filled) }
}

export interface SparseRow {
  /** Ascending. */
  readonly columns: Int32Array
  readonly values: Float32Array
}

/** One below the other. O(entries). */
export function csrFromRows(columnCount: number, rows: readonly SparseRow[]): Csr {
  const pointers = new Int32Array(rows.length + 1)
  rows.forEach((row, at) => (pointers[at + 1] = pointers[at] + row.columns.length))
  const columns = new Int32Array(pointers[rows.length])
  const values = new Float32Array(pointers[rows.length])
  rows.forEach((row, at) => {
    columns.set(row.columns, pointers[at])
    values.set(row.values, pointers[at])
  })
  return { rowCount: rows.length, columnCount, pointers, columns, values }
}

/** One row, without copying it. */
export function rowOf({ pointers, columns, values }: Csr, row: number): SparseRow {
  const [start, end] = [pointers[row], pointers[row + 1]]
  return { columns: columns.subarray(start, end), values: values.subarray(start, end) }
}

/** Some of the rows, in the order they are named; O(their entries). */
export function rowsOf(matrix: Csr, rows: Int32Array): Csr {
  return csrFromRows(
    matrix.columnCount,
    Array.from(rows, (row) => rowOf(matrix, row)),
  )
}

/** Rows become columns. O(entries + rows + columns). */
export function transpose(matrix: Csr): Csr {
  const pointers = new Int32Array(matrix.columnCount + 1)
  for (const column of matrix.columns) pointers[column + 1]++
  for (let column = 0; column < matrix.columnCount; column++) pointers[column + 1] += pointers[column]
  const next = pointers.slice()
  const columns = new Int32Array(matrix.columns.length)
  const values = new Float32Array(matrix.columns.length)
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) {
      const to = next[matrix.columns[at]]++
      columns[to] = row
      values[to] = matrix.values[at]
    }
  }
  return { rowCount: matrix.columnCount, columnCount: matrix.rowCount, pointers, columns, values }
}

/** The sum of each column, or of `power` of its values: 0 counts entries, 2 adds squares. */
export function columnSums(matrix: Csr, power = 1): Float64Array {
  const sums = new Float64Array(matrix.columnCount)
  for (let at = 0; at < matrix.columns.length; at++) sums[matrix.columns[at]] += matrix.values[at] ** power
  return sums
}

/** The sum of each row, or of `power` of its values. */
export function rowSums(matrix: Csr, power = 1): Float64Array {
  const sums = new Float64Array(matrix.rowCount)
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) sums[row] += matrix.values[at] ** power
  }
  return sums
}

/** diag(rows)·matrix·diag(columns), without the latter where absent. O(entries). */
export function scaled(matrix: Csr, rows: ArrayLike<number>, columns?: ArrayLike<number>): Csr {
  const values = matrix.values.slice()
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let at = matrix.pointers[row]; at < matrix.pointers[row + 1]; at++) {
      values[at] *= columns === undefined ? rows[row] : rows[row] * columns[matrix.columns[at]]
    }
  }
  return { ...matrix, values }
}

function countingOrder(keys: ArrayLike<number>, keyCount: number, order?: Int32Array): Int32Array {
  const starts = new Int32Array(keyCount + 1)
  for (let entry = 0; entry < keys.length; entry++) starts[keys[entry] + 1]++
  for (let key = 0; key < keyCount; key++) starts[key + 1] += starts[key]
  const sorted = new Int32Array(keys.length)
  for (let at = 0; at < keys.length; at++) {
    const entry = order === undefined ? at : order[at]
    sorted[starts[keys[entry]]++] = entry
  }
  return sorted
}
