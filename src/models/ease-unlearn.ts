/**
 * Takes rows out of a fitted EASE again, as exactly as single precision holds, without fitting it anew.
 *
 * P = (XᵀX + ridge·I)⁻¹ is in the weights and its diagonal: P(i, j) = −B(i, j)·P(j, j)^γ. Without a row x
 * (Sherman and Morrison): P′ = P + (P·x)(P·x)ᵀ / (1 − xᵀ·P·x). Cost: items² a row; memory: 4·items² bytes beside the state.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Csr } from '../kernels/csr.ts'

export interface EaseArrays {
  readonly weights: Float32Array
  /** P(j, j). */
  readonly diagonal: Float32Array
}

/** Where less than this is left of 1, what remains of P is noise. */
const leastLeft = 1e-4

/** `null` where the rows make up too much of what was learnt to be taken out. */
export async function withoutRows(
  { weights, diagonal }: EaseArrays,
  rows: Csr,
  exponent: number,
  breathe: Breathe,
): Promise<EaseArrays | null> {
  const size = diagonal.length
  const inverse = Float32Array.from(weights)
  const scales = powersOf(diagonal, exponent)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) inverse[row * size + column] *= -scales[column]
    inverse[row * size + row] = diagonal[row]
    await breathe()
  }
  for (let row = 0; row < rows.rowCount; row++) {
    const columns = rows.columns.subarray(rows.pointers[row], rows.pointers[row + 1])
    const values = rows.values.subarray(rows.pointers[row], rows.pointers[row + 1])
    if (!(await takeOut(inverse, columns, values, breathe))) return null
  }
  const left = Float32Array.from({ length: size }, (_, item) => inverse[item * size + item])
  const newScales = powersOf(left, exponent)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) inverse[row * size + column] /= -newScales[column]
    inverse[row * size + row] = 0
    await breathe()
  }
  return { weights: inverse, diagonal: left }
}

/** In double precision, as they are multiplied by. */
function powersOf(diagonal: Float32Array, exponent: number): Float64Array {
  return Float64Array.from(diagonal, (value) => value ** exponent)
}

async function takeOut(
  inverse: Float32Array,
  columns: Int32Array,
  values: Float32Array,
  breathe: Breathe,
): Promise<boolean> {
  const size = Math.sqrt(inverse.length)
  const moved = new Float64Array(size)
  columns.forEach((item, at) => {
    for (let other = 0; other < size; other++) moved[other] += values[at] * inverse[item * size + other]
  })
  const left = 1 - columns.reduce((sum, item, at) => sum + values[at] * moved[item], 0)
  if (!(left > leastLeft)) return false
  for (let row = 0; row < size; row++) {
    const scale = moved[row] / left
    if (scale !== 0) for (let column = 0; column < size; column++) inverse[row * size + column] += scale * moved[column]
    await breathe()
  }
  return true
}
