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
import { copyRows, fillTable, type Precision, type TableOperations, type TableParts } from './item-table-parts.ts'
import { openWasmTable } from './item-table-wasm.ts'
import { topK } from './top-k.ts'
import { addScaled, dot, type Floats } from './vector.ts'
import { toBytes } from './vector-bytes.ts'

export interface ItemTable extends TableOperations {
  readonly rowCount: number
  readonly width: number
  /** Copies of some rows, one after the other. */
  rows(indices: Int32Array): Float32Array
  /** A copy of the whole, as it can be made of again. */
  values(): Float32Array
}

export interface ItemTableOptions {
  /** One number a row, added to its scores. */
  readonly bias?: Float32Array
  readonly precision?: Precision
}

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
  fillTable(parts, values, bias)
  const operations = fast?.operations ?? plainOperations(parts)
  const rows = (indices: ArrayLike<number>) => copyRows(parts, indices)
  return { rowCount, width, ...operations, rows, values: () => copyRows(parts, { length: rowCount }) }
}

function heapParts(rowCount: number, width: number, precision: Precision): TableParts {
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

/** In TypeScript. */
function plainOperations(parts: TableParts): TableOperations {
  const { rowCount, width, cells, scales, bias } = parts
  const bytes = new Int16Array(width)
  const scoreOf = (vector: Floats): ((row: number) => number) => {
    if (cells instanceof Float32Array) return (row) => bias[row] + dot(vector, 0, cells, row * width, width)
    const by = toBytes(vector, 0, width, bytes, 0)
    return (row) => bias[row] + by * (scales?.[row] ?? 1) * byteDot(cells, row * width, bytes)
  }
  const dots = (vector: Floats, scores: Float32Array) => {
    const score = scoreOf(vector)
    for (let row = 0; row < rowCount; row++) scores[row] = score(row)
  }
  return {
    dots,
    best: (vector, k, skip) => {
      const scores = new Float32Array(rowCount)
      dots(vector, scores)
      const rows = topK(scores, k, skip)
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
