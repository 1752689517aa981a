/**
 * Solves, for each of many shoppers (or items), the small least-squares problem of their own history.
 *
 * For row r of a sparse C: (base + Σ c·v·vᵀ + λ·I)·x = Σ c·v, over the rows v of `given` (columns × factors) that r
 * names, with λ = ridge·(Σ c + rest). `base` is factors × factors and symmetric, c ≥ 0; a row that names nothing gets
 * zeros. The half-steps of alternating least squares (Hu, Koren, Volinsky, ICDM 2008) are this. entries·factors²/2 +
 * rows·factors³/6 multiply-adds, rows shared among threads; float32 in the kernels, float64 in TypeScript.
 */
import type { Breathe } from '../base/breathe.ts'
import { type Wasm, wasmBackend, workspaceBytes } from './backend.ts'
import { choleskyFactor, choleskySolve } from './cholesky.ts'
import type { Csr } from './csr.ts'
import { gemm } from './gemm.ts'
import { inStretches, resident } from './resident.ts'
import { openSpace } from './space.ts'
import { addScaled, type Floats } from './vector.ts'

export interface SolveOptions {
  readonly factors: number
  readonly given: Floats
  readonly base: Floats
  readonly ridge: number
  readonly rest: number
}

/** Fills `sought` (rows × factors). Resolves to false where an equation has no solution, or a number is not one. */
export async function solveRows(
  matrix: Csr,
  sought: Float32Array,
  options: SolveOptions,
  breathe: Breathe,
  progress: (fraction: number) => void = () => undefined,
): Promise<boolean> {
  const wasm = wasmBackend()
  if (wasm !== null && wasm.call('solveRowsWorkspaceBytes', options.factors) <= workspaceBytes) {
    return fastSolves(wasm, matrix, sought, options, breathe, progress)
  }
  const { factors } = options
  const solver = createSolver(options)
  for (let row = 0; row < matrix.rowCount; row++) {
    const [start, end] = [matrix.pointers[row], matrix.pointers[row + 1]]
    const solution = solver(options.given, matrix.columns.subarray(start, end), matrix.values.subarray(start, end))
    if (solution === null) return false
    sought.set(solution, row * factors)
    progress((row + 1) / matrix.rowCount)
    await breathe()
  }
  return true
}

/** Multiply-adds between two breaths. */
const stretch = 300_000_000

async function fastSolves(
  wasm: Wasm,
  matrix: Csr,
  sought: Float32Array,
  { factors, given, base, ridge, rest }: SolveOptions,
  breathe: Breathe,
  progress: (fraction: number) => void,
): Promise<boolean> {
  const { pointers, rowCount } = matrix
  const space = openSpace()
  try {
    const addressOf = (array: Int32Array | Floats) =>
      resident(space, array instanceof Float64Array ? Float32Array.from(array) : array).byteOffset
    const [atPointers, ...sparse] = [pointers, matrix.columns, matrix.values].map(addressOf)
    const settings = [addressOf(given), factors, addressOf(base), ridge, rest]
    const target = resident(space, sought)
    const failed = space.integers(1)
    const workOf = (row: number) => (pointers[row + 1] - pointers[row] + factors / 3) * factors * (factors / 2) + 1
    await inStretches(rowCount, workOf, stretch, breathe, (first, length) => {
      const from = [atPointers + 4 * first, ...sparse, ...settings]
      wasm.run('solveRows', [...from, target.byteOffset + 4 * first * factors, failed.byteOffset], length, 16)
      progress((first + length) / rowCount)
    })
    if (target !== sought) sought.set(target)
    return failed[0] === 0
  } finally {
    space.release()
  }
}

/** History rows gathered for one product. */
const gathered = 256

/** `right` takes the place of Σ c·v on the right side. */
export type RowSolver = (
  given: Floats,
  columns: Int32Array,
  strengths: Float32Array,
  right?: Floats,
) => Float64Array | null

/**
 * Solves for one row at a time, in float64, whatever `given` it comes with; null where it cannot. The vector belongs to
 * the solver and holds until the next call.
 */
export function createSolver({ factors, base, ridge, rest }: Omit<SolveOptions, 'given'>): RowSolver {
  const matrix = new Float64Array(factors * factors)
  const vector = new Float64Array(factors)
  const rows = new Float64Array(gathered * factors)
  return (given, columns, strengths, right) => {
    vector.fill(0)
    if (columns.length === 0) return vector
    matrix.set(base)
    let total = rest
    for (let start = 0; start < columns.length; start += gathered) {
      const length = Math.min(gathered, columns.length - start)
      for (let at = 0; at < length; at++) {
        // With √c on both sides of the product, one copy serves as both.
        const root = Math.sqrt(strengths[start + at])
        const from = columns[start + at] * factors
        for (let factor = 0; factor < factors; factor++) rows[at * factors + factor] = root * given[from + factor]
        addScaled(vector, 0, rows, at * factors, factors, root)
        total += strengths[start + at]
      }
      gemm(factors, factors, length, rows, rows, matrix, { transposeA: true, accumulate: true })
    }
    for (let factor = 0; factor < factors; factor++) matrix[factor * factors + factor] += ridge * total
    if (!choleskyFactor(matrix, factors)) return null
    if (right !== undefined) vector.set(right)
    choleskySolve(matrix, factors, vector)
    return vector
  }
}
