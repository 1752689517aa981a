/**
 * Where a minibatch meets a good part of all items, multiplying whole tables is faster than looking items up.
 *
 * The sparse batch is spread out (rows × columns, zeros where nothing is) and multiplied by gemm. A table that stays in
 * the processor's cache is looked up as fast as gemm packs it; a larger one is read anew for every row, so that gemm,
 * which reads it once, is ahead from a density of about .4 (measured: equal at .38 for 256 rows × 3,706 × 300, twice as
 * fast at 1). Costs 4·rows·columns bytes for as long as the call takes; where they are not to be had, nothing is spread.
 */
import { type Wasm, wasmBackend } from './backend.ts'
import { gemm } from './gemm.ts'
import type { Space } from './space.ts'
import type { Contribution } from './sparse-rows-grouped.ts'
import { entryCount, type SparsePattern } from './sparse-rows-pattern.ts'
import { isSingle } from './vector.ts'

const density = 0.4
const fewestRows = 128
/** A mebibyte of float32. */
const smallestTable = 1 << 18

export function isDense(pattern: SparsePattern, width: number): boolean {
  return isCrowded(pattern) && pattern.columnCount * width >= smallestTable
}

function isCrowded(pattern: SparsePattern): boolean {
  const { rowCount, columnCount } = pattern
  return rowCount >= fewestRows && entryCount(pattern) >= density * rowCount * columnCount
}

/** sums += S·table. Hands back whether it could. */
export function denseGatherSum(
  wasm: Wasm,
  pattern: SparsePattern,
  values: Float32Array,
  table: Float32Array,
  width: number,
  sums: Float32Array,
): boolean {
  const { rowCount, columnCount } = pattern
  return withSpread(wasm, pattern, values, (spread) =>
    gemm(rowCount, width, columnCount, spread, table, sums, { accumulate: true }),
  )
}

/** dots = left·tableᵀ where S has entries. Hands back whether it could. */
export function denseSampledDots(
  wasm: Wasm,
  pattern: SparsePattern,
  left: Float32Array,
  table: Float32Array,
  width: number,
  dots: Float32Array,
): boolean {
  const { rowCount, columnCount, pointers, columns } = pattern
  return withScratch(wasm, rowCount * columnCount, (products) => {
    gemm(rowCount, columnCount, width, left, table, products, { transposeB: true })
    wasm.lend([pointers, columns, products], [dots], (rows, places, from, to) =>
      wasm.run('pickRows', [rows, places, from, columnCount, to], rowCount, rowsAtATime),
    )
  })
}

/** table += Sᵀ·left. Hands back whether it could. */
export function denseScatterOuter(
  wasm: Wasm,
  pattern: SparsePattern,
  values: Float32Array,
  left: Float32Array,
  width: number,
  table: Float32Array,
): boolean {
  const { rowCount, columnCount } = pattern
  return withSpread(wasm, pattern, values, (spread) =>
    gemm(columnCount, width, rowCount, spread, left, table, { transposeA: true, accumulate: true }),
  )
}

/**
 * Contributions to a table's gradient that meet much of it are added up, by gemm, and become one entry for each row met;
 * the others stay as they are. What comes of it is the same gradient, and moves the same rows.
 */
export function condense(parts: readonly Contribution[], width: number, space: Space): readonly Contribution[] {
  const wasm = wasmBackend()
  if (wasm === null) return parts
  return parts.map((part) => (part.left === null ? summedUp(part, space) : addedUp(wasm, part, width, space)) ?? part)
}

/** `null` where looking items up is faster. */
function addedUp(wasm: Wasm, part: Contribution, width: number, space: Space): Contribution | null {
  const { pattern, coefficients, left } = part
  if (left === null || !isSingle(left) || !isSingle(coefficients) || !isDense(pattern, width)) return null
  const { columnCount } = pattern
  const gradient = space.batchFloats(columnCount * width)
  if (!isSingle(gradient) || !denseScatterOuter(wasm, pattern, coefficients, left, width, gradient)) return null
  const met = columnsOf(pattern, space)
  const pointers = space.batchIntegers(columnCount + 1)
  for (let column = 0, at = 0; column < columnCount; column++) {
    if (met[at] === column) at++
    pointers[column + 1] = at
  }
  const rows = { rowCount: columnCount, columnCount, pointers, columns: met }
  return { pattern: rows, firstRow: part.firstRow, coefficients: space.batchFloats(met.length).fill(1), left: gradient }
}

/** The same against a column of ones, as for biases: one number a column. */
function summedUp({ pattern, firstRow, coefficients }: Contribution, space: Space): Contribution | null {
  const { columnCount, columns } = pattern
  if (!isCrowded(pattern)) return null
  const sums = new Float64Array(columnCount)
  for (let entry = 0; entry < columns.length; entry++) sums[columns[entry]] += coefficients[entry]
  const met = columnsOf(pattern, space)
  const pointers = space.batchIntegers(2)
  pointers[1] = met.length
  const values = space.batchFloats(met.length)
  for (let at = 0; at < met.length; at++) values[at] = sums[met[at]]
  return { pattern: { rowCount: 1, columnCount, pointers, columns: met }, firstRow, coefficients: values, left: null }
}

/** The columns that have entries, ascending. */
function columnsOf({ columnCount, columns }: SparsePattern, space: Space): Int32Array {
  const met = new Uint8Array(columnCount)
  // By index: an iterator over a million entries costs several times as much.
  for (let entry = 0; entry < columns.length; entry++) met[columns[entry]] = 1
  const found = space.batchIntegers(columnCount)
  let count = 0
  for (let column = 0; column < columnCount; column++) if (met[column] === 1) found[count++] = column
  return found.subarray(0, count)
}

const rowsAtATime = 16

/** Lends S as a whole table, zeros where nothing is; a column that occurs twice in a row counts twice. */
function withSpread(
  wasm: Wasm,
  { rowCount, columnCount, pointers, columns }: SparsePattern,
  values: Float32Array,
  work: (spread: Float32Array) => void,
): boolean {
  return withScratch(wasm, rowCount * columnCount, (spread) => {
    wasm.lend([pointers, columns, values], [spread], (rows, places, from, to) =>
      wasm.run('spreadRows', [rows, places, from, columnCount, to], rowCount, rowsAtATime),
    )
    work(spread)
  })
}

/** Lends room for as long as `work` takes, with whatever lies there; `false` where there is none. */
function withScratch({ arena }: Wasm, length: number, work: (scratch: Float32Array) => void): boolean {
  const address = arena.take(4 * length, true)
  if (address === null) return false
  try {
    work(new Float32Array(arena.buffer, address, length))
  } finally {
    arena.give(address)
  }
  return true
}
