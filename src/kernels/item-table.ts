/**
 * What a model knows of every item, laid out for answering: one row an item, asked by one vector at a time.
 *
 * Row-major, rowCount × width, in float32 or int8 (vector-bytes.ts: a quarter of the memory, sums exact in int32, an
 * error of about 1/250 of the largest number of a row and of the vector). One thread: while one shopper is answered the
 * other cores answer others, or learn. Each table has a WebAssembly memory of its own, outside the memory of the
 * threads, which the garbage collector takes back with it. The table is a copy: what it was made of may be released.
 * dots: rowCount × width multiply-adds; combine: entries × width; best: dots and O(rowCount).
 */
import { HaggleError } from '../domain/errors.ts'
import { backend } from './backend.ts'
import { openWasmTable } from './item-table-wasm.ts'
import { createTopK } from './top-k.ts'
import { addScaled, dot, type Floats } from './vector.ts'
import { toBytes } from './vector-bytes.ts'

export interface ItemTable {
  readonly rowCount: number
  readonly width: number
  /** scores[r] = bias[r] + row r · vector. */
  dots(vector: Floats, scores: Float32Array): void
  /** The `k` rows of highest score, best first, equal ones by the lower row; never NaN, nor where skip[row] ≠ 0. */
  best(vector: Floats, k: number, skip: Uint8Array | null): { rows: Int32Array; scores: Float32Array }
  /** sums += Σ strengths[e] · row rows[e]. */
  combine(rows: Int32Array, strengths: Float32Array, sums: Float32Array): void
  /** Copies of some rows, one after the other. */
  rows(indices: Int32Array): Float32Array
  /** A copy of the whole, as it can be made of again. */
  values(): Float32Array
}

export interface ItemTableOptions {
  /** One number a row, added to its scores. */
  readonly bias?: Float32Array
  readonly precision?: 'float32' | 'int8'
}

/** What a table is made of. Rows of `cells` are `stride` apart; with `scales` they are bytes. */
export interface TableParts {
  readonly rowCount: number
  readonly width: number
  readonly stride: number
  readonly cells: Float32Array | Int8Array
  readonly scales: Float32Array | null
  readonly bias: Float32Array
}

type Operations = Pick<ItemTable, 'dots' | 'best' | 'combine'>

/** More would overflow int32. */
const widestBytes = Math.floor((2 ** 31 - 1) / 127 ** 2)

export function createItemTable(
  values: Float32Array,
  rowCount: number,
  width: number,
  { bias = new Float32Array(rowCount), precision = 'float32' }: ItemTableOptions = {},
): ItemTable {
  if (precision === 'int8' && width > widestBytes) {
    throw new HaggleError('too-large', `An int8 table has at most ${widestBytes} columns, not ${width}: use float32.`)
  }
  const { name } = backend()
  const fast = name === 'plain' ? null : openWasmTable(name, rowCount, width, precision)
  const parts = fast?.parts ?? heapParts(rowCount, width, precision)
  fill(parts, values, bias)
  const operations = fast?.operations ?? plainOperations(parts)
  const rows = (indices: ArrayLike<number>) => copyRows(parts, indices)
  return { rowCount, width, ...operations, rows, values: () => copyRows(parts, { length: rowCount }) }
}

function heapParts(rowCount: number, width: number, precision: 'float32' | 'int8'): TableParts {
  const bytes = precision === 'int8'
  return {
    rowCount,
    width,
    stride: width,
    cells: bytes ? new Int8Array(rowCount * width) : new Float32Array(rowCount * width),
    scales: bytes ? new Float32Array(rowCount) : null,
    bias: new Float32Array(rowCount),
  }
}

function fill({ rowCount, width, stride, cells, scales, bias }: TableParts, values: Float32Array, start: Float32Array) {
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
function copyRows({ width, stride, cells, scales }: TableParts, indices: ArrayLike<number>): Float32Array {
  const copy = new Float32Array(indices.length * width)
  for (let at = 0; at < indices.length; at++) {
    const row = indices[at] ?? at
    copy.set(cells.subarray(row * stride, row * stride + width), at * width)
    if (scales === null) continue
    for (let to = at * width; to < (at + 1) * width; to++) copy[to] *= scales[row]
  }
  return copy
}

/** In TypeScript. */
function plainOperations(parts: TableParts): Operations {
  const { rowCount, width, cells, scales, bias } = parts
  const bytes = new Int16Array(width)
  const scoreOf = (vector: Floats): ((row: number) => number) => {
    if (cells instanceof Float32Array) return (row) => bias[row] + dot(vector, 0, cells, row * width, width)
    const by = toBytes(vector, 0, width, bytes, 0)
    return (row) => bias[row] + by * (scales?.[row] ?? 1) * byteDot(cells, row * width, bytes)
  }
  return {
    dots: (vector, scores) => {
      const score = scoreOf(vector)
      for (let row = 0; row < rowCount; row++) scores[row] = score(row)
    },
    best: (vector, k, skip) => {
      const score = scoreOf(vector)
      const top = createTopK(Math.min(k, rowCount))
      const scores = new Float32Array(rowCount)
      for (let row = 0; row < rowCount; row++) {
        scores[row] = score(row)
        if (skip === null || skip[row] === 0) top.offer(row, scores[row])
      }
      const rows = top.drain()
      return { rows, scores: Float32Array.from(rows, (row) => scores[row]) }
    },
    combine: (rows, strengths, sums) => {
      for (let entry = 0; entry < rows.length; entry++) {
        const from = rows[entry] * width
        if (cells instanceof Float32Array) addScaled(sums, 0, cells, from, width, strengths[entry])
        else {
          const by = strengths[entry] * (scales?.[rows[entry]] ?? 1)
          for (let at = 0; at < width; at++) sums[at] += by * cells[from + at]
        }
      }
    },
  }
}

function byteDot(cells: Int8Array, start: number, vector: Int16Array): number {
  let sum = 0
  for (let at = 0; at < vector.length; at++) sum += cells[start + at] * vector[at]
  return sum
}
