/**
 * Where a minibatch meets a good part of all items, multiplying whole tables is faster than looking items up.
 *
 * The sparse batch is spread out (rows × columns, zeros where nothing is) and multiplied by gemm. A table that stays in
 * the processor's cache is looked up as fast as gemm packs it; a larger one is read anew for every row, so that gemm,
 * which reads it once, is ahead from a density of about .4 (measured: equal at .38 for 256 rows × 3,706 × 300, twice as
 * fast at 1). Costs 4·rows·columns bytes for as long as the call takes; where they are not to be had, nothing is spread.
 */
import type { Wasm } from './backend.ts'
import { gemm } from './gemm.ts'
import { entryCount, type SparsePattern } from './sparse-rows-pattern.ts'

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
    spreadOut(pattern, values, spread)
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
    for (let row = 0; row < rowCount; row++) {
      const start = row * columnCount
      for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) dots[entry] = products[start + columns[entry]]
    }
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
    spreadOut(pattern, values, spread)
    gemm(columnCount, width, rowCount, spread, left, table, { transposeA: true, accumulate: true })
  })
}

/** Lends zeros for as long as `work` takes; `false` where there is no room. */
export function withScratch({ arena }: Wasm, length: number, work: (scratch: Float32Array) => void): boolean {
  const address = arena.take(4 * length)
  if (address === null) return false
  try {
    work(new Float32Array(arena.buffer, address, length))
  } finally {
    arena.give(address)
  }
  return true
}

/** A column that occurs twice in a row counts twice. */
function spreadOut(pattern: SparsePattern, values: Float32Array, spread: Float32Array): void {
  const { rowCount, columnCount, pointers, columns } = pattern
  for (let row = 0; row < rowCount; row++) {
    const start = row * columnCount
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) spread[start + columns[entry]] += values[entry]
  }
}
