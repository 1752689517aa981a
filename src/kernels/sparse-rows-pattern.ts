/** Where a sparse table of numbers has any: which items each row of a minibatch speaks of. */
/** Which (row, column) pairs exist: row r holds `columns[pointers[r]]` … `columns[pointers[r + 1] - 1]`, in any order. */
export interface SparsePattern {
  readonly rowCount: number
  readonly columnCount: number
  readonly pointers: Int32Array
  readonly columns: Int32Array
}

/** A pattern may be a stretch of rows of a larger one, whose columns it shares. */
export function entryCount({ rowCount, pointers }: SparsePattern): number {
  return pointers[rowCount] - pointers[0]
}
