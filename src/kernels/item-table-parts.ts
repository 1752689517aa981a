/**
 * What an item table is made of and can do, whoever does it: how rows lie, how they come in and how they come out.
 */
import type { Floats } from './vector.ts'
import { toBytes } from './vector-bytes.ts'

export type Precision = 'float32' | 'int8'

/** Rows of `cells` are `stride` apart; with `scales` they are bytes. */
export interface TableParts {
  readonly rowCount: number
  readonly width: number
  readonly stride: number
  readonly cells: Float32Array | Int8Array
  readonly scales: Float32Array | null
  readonly bias: Float32Array
}

export interface TableOperations {
  /** scores[r] = bias[r] + row r · vector. */
  dots(vector: Floats, scores: Float32Array): void
  /** The `k` rows of highest score, best first, equal ones by the lower row; never NaN, nor where skip[row] ≠ 0. */
  best(vector: Floats, k: number, skip: Uint8Array | null): { rows: Int32Array; scores: Float32Array }
  /** sums += Σ strengths[e] · row rows[e]. */
  combine(rows: Int32Array, strengths: Float32Array, sums: Float32Array): void
}

export function fillTable(
  { rowCount, width, stride, cells, scales, bias }: TableParts,
  values: Float32Array,
  start: Float32Array,
) {
  bias.set(start)
  if (cells instanceof Float32Array && stride === width) cells.set(values)
  else {
    for (let row = 0; row < rowCount; row++) {
      const from = row * width
      if (cells instanceof Float32Array) cells.set(values.subarray(from, from + width), row * stride)
      else if (scales !== null) scales[row] = toBytes(values, from, width, cells, row * stride)
    }
  }
}

/** Where `indices` has a length only, row 0 and on. */
export function copyRows({ width, stride, cells, scales }: TableParts, indices: ArrayLike<number>): Float32Array {
  const copy = new Float32Array(indices.length * width)
  for (let at = 0; at < indices.length; at++) {
    const row = indices[at] ?? at
    const from = row * stride
    if (scales === null) copy.set(cells.subarray(from, from + width), at * width)
    else for (let k = 0, scale = scales[row]; k < width; k++) copy[at * width + k] = cells[from + k] * scale
  }
  return copy
}
