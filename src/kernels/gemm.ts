/**
 * Multiplies two tables of numbers: C = scale·op(A)·op(B), or C += that.
 *
 * op(A) is m × k, op(B) k × n, C m × n, all row-major. 2·m·n·k floating-point operations. Both sides are packed into
 * strips, so that the innermost loop reads memory in order (Goto and van de Geijn 2008, in small): in assembly/gemm.ts,
 * where sums run in float32, for float32 tables that are worth the way; here, where sums of up to 256 products run in
 * float64, for the others.
 */
import { type Wasm, wasmBackend } from './backend.ts'
import { nativeGemm } from './native-gemm.ts'
import { type Floats, isSingle } from './vector.ts'

export interface GemmOptions {
  /** A is stored k × m. */
  readonly transposeA?: boolean
  /** B is stored n × k. */
  readonly transposeB?: boolean
  /** Adds to what C holds instead of replacing it. */
  readonly accumulate?: boolean
  readonly scale?: number
  /** Distance between rows as stored, where a table is part of a wider one. */
  readonly strideA?: number
  readonly strideB?: number
  readonly strideC?: number
}

const depth = 256
const width = 512
const packedA = new Float64Array(4 * depth)
const packedB = new Float64Array(width * depth)

export function gemm(
  m: number,
  n: number,
  k: number,
  a: Floats,
  b: Floats,
  c: Floats,
  options: GemmOptions = {},
): void {
  const wasm = 2 * m * n * k >= worthwhile ? wasmBackend() : null
  if (wasm !== null && isSingle(a) && isSingle(b) && isSingle(c)) fastGemm(wasm, m, n, k, a, b, c, options)
  else plainGemm(m, n, k, a, b, c, options)
}

/** Below this many operations the way there costs more than it saves. */
const worthwhile = 20_000
/** Below this many, some 50 µs, waking other threads does. */
const worthSharing = 2_000_000

function settle(m: number, n: number, k: number, options: GemmOptions): Required<GemmOptions> {
  const { transposeA = false, transposeB = false, accumulate = false, scale = 1 } = options
  const { strideA = transposeA ? m : k, strideB = transposeB ? k : n, strideC = n } = options
  return { transposeA, transposeB, accumulate, scale, strideA, strideB, strideC }
}

/** Strides of an operand as the kernel wants them: from row to row and from column to column of op(X). */
function strides(transposed: boolean, stride: number): readonly [row: number, column: number] {
  return transposed ? [1, stride] : [stride, 1]
}

function fastGemm(
  wasm: Wasm,
  m: number,
  n: number,
  k: number,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  options: GemmOptions,
): void {
  const { transposeA, transposeB, accumulate, scale, strideA, strideB, strideC } = settle(m, n, k, options)
  const native = nativeGemm()
  if (native !== null) {
    native(transposeA, transposeB, [m, n, k], scale, [a, strideA, b, strideB], accumulate, c, strideC)
    return
  }
  const sideA = strides(transposeA, strideA)
  const sideB = strides(transposeB, strideB)
  wasm.lend([a, b], [c], (atA, atB, atC) => {
    const values = [m, n, k, scale, atA, ...sideA, atB, ...sideB, atC, strideC, accumulate ? 1 : 0]
    // Each piece packs the whole other side: cut the longer one, and coarsely.
    const shared = 2 * m * n * k >= worthSharing
    if (n >= m) wasm.run('gemmColumns', values, n, shared ? piece(n, wasm.threads) : n)
    else wasm.run('gemmRows', values, m, shared ? piece(m, wasm.threads) : m)
  })
}

function piece(length: number, threads: number): number {
  return threads === 1 ? length : Math.max(48, Math.ceil(length / (2 * threads) / 8) * 8)
}

/** In TypeScript, for any precision. */
export function plainGemm(
  m: number,
  n: number,
  k: number,
  a: Floats,
  b: Floats,
  c: Floats,
  options: GemmOptions = {},
): void {
  const { transposeA, transposeB, accumulate, scale, strideA, strideB, strideC } = settle(m, n, k, options)
  if (!accumulate) for (let row = 0; row < m; row++) c.fill(0, row * strideC, row * strideC + n)
  for (let k0 = 0; k0 < k; k0 += depth) {
    const steps = Math.min(depth, k - k0)
    for (let n0 = 0; n0 < n; n0 += width) {
      const columns = Math.min(width, n - n0)
      for (let strip = 0; strip < columns; strip += 4) {
        pack(packedB, strip * steps, b, !transposeB, n0 + strip, Math.min(4, columns - strip), k0, steps, strideB, 1)
      }
      for (let row = 0; row < m; row += 4) {
        const rows = Math.min(4, m - row)
        pack(packedA, 0, a, transposeA, row, rows, k0, steps, strideA, scale)
        for (let strip = 0; strip < columns; strip += 4) {
          const at = row * strideC + n0 + strip
          tile(packedB, strip * steps, steps, c, at, strideC, rows, Math.min(4, columns - strip))
        }
      }
    }
  }
}

/** Lays `count` ≤ 4 vectors of a table side by side, step by step; missing ones become zeros. */
function pack(
  target: Float64Array,
  start: number,
  source: Floats,
  /** The vectors are columns of the stored table, not rows. */
  asColumns: boolean,
  first: number,
  count: number,
  firstStep: number,
  steps: number,
  stride: number,
  scale: number,
): void {
  for (let vector = 0; vector < 4; vector++) {
    let to = start + vector
    if (vector >= count) {
      for (let step = 0; step < steps; step++, to += 4) target[to] = 0
      continue
    }
    const by = asColumns ? stride : 1
    let from = asColumns ? firstStep * stride + first + vector : (first + vector) * stride + firstStep
    for (let step = 0; step < steps; step++, to += 4, from += by) target[to] = scale * source[from]
  }
}

/** Adds the product of the packed strips of A and B to a 4 × 4 tile of C, of which `rows` × `columns` exist. */
function tile(
  strips: Float64Array,
  start: number,
  steps: number,
  c: Floats,
  at: number,
  stride: number,
  rows: number,
  columns: number,
): void {
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0
  let c20 = 0,
    c21 = 0,
    c22 = 0,
    c23 = 0
  let c30 = 0,
    c31 = 0,
    c32 = 0,
    c33 = 0
  const end = steps * 4
  for (let a = 0, b = start; a < end; a += 4, b += 4) {
    const b0 = strips[b]
    const b1 = strips[b + 1]
    const b2 = strips[b + 2]
    const b3 = strips[b + 3]
    const a0 = packedA[a]
    c00 += a0 * b0
    c01 += a0 * b1
    c02 += a0 * b2
    c03 += a0 * b3
    const a1 = packedA[a + 1]
    c10 += a1 * b0
    c11 += a1 * b1
    c12 += a1 * b2
    c13 += a1 * b3
    const a2 = packedA[a + 2]
    c20 += a2 * b0
    c21 += a2 * b1
    c22 += a2 * b2
    c23 += a2 * b3
    const a3 = packedA[a + 3]
    c30 += a3 * b0
    c31 += a3 * b1
    c32 += a3 * b2
    c33 += a3 * b3
  }
  addRow(c, at, columns, c00, c01, c02, c03)
  if (rows > 1) addRow(c, at + stride, columns, c10, c11, c12, c13)
  if (rows > 2) addRow(c, at + 2 * stride, columns, c20, c21, c22, c23)
  if (rows > 3) addRow(c, at + 3 * stride, columns, c30, c31, c32, c33)
}

function addRow(c: Floats, at: number, columns: number, v0: number, v1: number, v2: number, v3: number): void {
  c[at] += v0
  if (columns > 1) c[at + 1] += v1
  if (columns > 2) c[at + 2] += v2
  if (columns > 3) c[at + 3] += v3
}
