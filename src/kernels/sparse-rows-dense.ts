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
  const { rowCount, columnCount } = pattern
  const enough = entryCount(pattern) >= density * rowCount * columnCount
  return enough && rowCount >= fewestRows && columnCount * width >= smallestTable
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
  return withScratch(wasm, rowCount * columnCount, (spread) => {
    spreadOut(wasm, pattern, values, spread)
    gemm(rowCount, width, columnCount, spread, table, sums, { accumulate: true })
  })
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
  return withScratch(wasm, rowCount * columnCount, (spread) => {
    spreadOut(wasm, pattern, values, spread)
    gemm(columnCount, width, rowCount, spread, left, table, { transposeA: true, accumulate: true })
  })
}

/**
 * Contributions to a table's gradient that meet much of it are added up by gemm and become one entry for each row met;
 * the others stay as they are. What comes of it is the same gradient, and moves the same rows.
 */
export function condense(parts: readonly Contribution[], width: number, space: Space): readonly Contribution[] {
  const wasm = wasmBackend()
  return wasm === null ? parts : parts.map((part) => addedUp(wasm, part, width, space) ?? part)
}

/** `null` where looking items up is faster. */
function addedUp(wasm: Wasm, part: Contribution, width: number, space: Space): Contribution | null {
  const { pattern, coefficients, left } = part
  if (left === null || !isSingle(left) || !isSingle(coefficients) || !isDense(pattern, width)) return null
  const { columnCount } = pattern
  const gradient = space.batchFloats(columnCount * width)
  if (!isSingle(gradient) || !denseScatterOuter(wasm, pattern, coefficients, left, width, gradient)) return null
  const met = new Uint8Array(columnCount)
  for (const column of pattern.columns) met[column] = 1
  const pointers = space.batchIntegers(columnCount + 1)
  for (let column = 0; column < columnCount; column++) pointers[column + 1] = pointers[column] + met[column]
  const columns = space.batchIntegers(pointers[columnCount])
  for (let column = 0; column < columnCount; column++) if (met[column] === 1) columns[pointers[column]] = column
  const ones = space.batchFloats(columns.length).fill(1)
  const rows = { rowCount: columnCount, columnCount, pointers, columns }
  return { pattern: rows, firstRow: part.firstRow, coefficients: ones, left: gradient }
}

const rowsAtATime = 16

/** A column that occurs twice in a row counts twice. */
function spreadOut(wasm: Wasm, pattern: SparsePattern, values: Float32Array, spread: Float32Array): void {
  const { rowCount, columnCount, pointers, columns } = pattern
  wasm.lend([pointers, columns, values], [spread], (rows, places, from, to) =>
    wasm.run('spreadRows', [rows, places, from, columnCount, to], rowCount, rowsAtATime),
  )
}

/** Lends room for as long as `work` takes, with whatever lies there; `false` where there is none. */
export function withScratch({ arena }: Wasm, length: number, work: (scratch: Float32Array) => void): boolean {
  const address = arena.take(4 * length, true)
  if (address === null) return false
  try {
    work(new Float32Array(arena.buffer, address, length))
  } finally {
    arena.give(address)
  }
  return true
}
