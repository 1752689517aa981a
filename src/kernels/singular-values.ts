/**
 * Finds the main directions of a small square table, exactly.
 *
 * One-sided Jacobi (Hestenes 1958; the eigenvectors of AᵀA without ever forming it): plane rotations from the right
 * until all columns of A are orthogonal. A = U·diag(σ)·Vᵀ, size × size, row-major, float64; about 8 sweeps of 3·size³
 * multiply-adds. Small σ are as exact as large ones where the columns allow it (Demmel and Veselić 1992).
 */
import type { Breathe } from '../base/breathe.ts'

export interface SingularValues {
  /** Largest first. */
  readonly values: Float64Array
  /** size × size, row-major, a column a value; zeros where the value is zero. */
  readonly left: Float64Array
}

const mostSweeps = 60

/** σ and U. NaN comes out where NaN went in. */
export async function singularValues(matrix: Float64Array, size: number, breathe: Breathe): Promise<SingularValues> {
  // Columns as rows: each rotation then works on two stretches of memory.
  const columns = Array.from({ length: size }, (_, column) =>
    new Float64Array(size).map((_, row) => matrix[row * size + column]),
  )
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let turned = false
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++) if (rotate(columns[i], columns[j])) turned = true
      await breathe()
    }
    if (!turned) break
  }
  const norms = columns.map((column) => Math.sqrt(inner(column, column)))
  const order = [...norms.keys()].sort((a, b) => norms[b] - norms[a])
  const left = new Float64Array(size * size)
  order.forEach((from, to) => {
    for (let row = 0; row < size; row++)
      left[row * size + to] = norms[from] === 0 ? 0 : columns[from][row] / norms[from]
  })
  return { values: Float64Array.from(order, (column) => norms[column]), left }
}

/** Makes two columns orthogonal; false where they are already. */
function rotate(a: Float64Array, b: Float64Array): boolean {
  const aa = inner(a, a)
  const bb = inner(b, b)
  const ab = inner(a, b)
  if (!(Math.abs(ab) > 1e-14 * Math.sqrt(aa * bb))) return false
  const zeta = (bb - aa) / (2 * ab)
  const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta))
  const cosine = 1 / Math.hypot(1, tangent)
  const sine = cosine * tangent
  for (let at = 0; at < a.length; at++) {
    const value = a[at]
    a[at] = cosine * value - sine * b[at]
    b[at] = sine * value + cosine * b[at]
  }
  return true
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at]
  return sum
}
