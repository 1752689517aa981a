/**
 * Learns what each word of a catalogue stands for, from the items that shoppers have met: so that the words of one
 * nobody has met say what it will be like.
 *
 * C = argmin ‖F·C − Y‖² + ridge·‖C‖², F items × tokens and sparse, Y items × width; a new item f is given f·C. By
 * conjugate gradients on (FᵀF + ridge·I)·C = Fᵀ·Y, all columns of C side by side (Hestenes and Stiefel 1952), float32
 * tables and float64 steps. A step costs 2·entries·width multiply-adds; memory (5·tokens + items)·width floats.
 */
import type { Breathe } from '../base/breathe.ts'
import { type Csr, transpose } from '../kernels/csr.ts'
import { times } from '../kernels/randomised-svd.ts'
import { residentCsr } from '../kernels/resident.ts'
import { openSpace } from '../kernels/space.ts'
import type { Floats } from '../kernels/vector.ts'

export interface MapOptions {
  /** Numbers an item. */
  readonly width: number
  /** > 0. */
  readonly ridge: number
  readonly breathe: Breathe
}

const steps = 40
/** A column has arrived when its squared residual has fallen to this share. */
const arrived = 1e-8

/** C, tokens × width, row-major. @param targets Y, row-major */
export async function ridgeMap(content: Csr, targets: Float32Array, options: MapOptions): Promise<Float32Array> {
  const { width, ridge, breathe } = options
  const size = content.columnCount * width
  const space = openSpace()
  try {
    const forward = residentCsr(space, content)
    const backward = residentCsr(space, transpose(content))
    const items = space.floats(content.rowCount * width)
    const [map, residual, direction, image] = Array.from({ length: 4 }, () => space.floats(size))
    items.set(targets)
    await times(backward, items, width, residual, breathe)
    direction.set(residual)
    let squares = columnProducts(residual, residual, width)
    const enough = squares.map((value) => value * arrived)
    for (let step = 0; step < steps && squares.some((value, column) => value > enough[column]); step++) {
      await times(forward, direction, width, items, breathe)
      await times(backward, items, width, image, breathe)
      addColumns(image, direction, new Float64Array(width).fill(ridge))
      const curvature = columnProducts(direction, image, width)
      const lengths = squares.map((value, column) => (curvature[column] > 0 ? value / curvature[column] : 0))
      addColumns(map, direction, lengths)
      addColumns(
        residual,
        image,
        lengths.map((length) => -length),
      )
      const next = columnProducts(residual, residual, width)
      const turn = next.map((value, column) => (squares[column] > 0 ? value / squares[column] : 0))
      for (let at = 0; at < size; at++) direction[at] = residual[at] + turn[at % width] * direction[at]
      squares = next
    }
    return Float32Array.from(map)
  } finally {
    space.release()
  }
}

/** What the map says of every row of `content`: F·C. */
export async function mapped(content: Csr, map: Float32Array, { width, breathe }: MapOptions): Promise<Float32Array> {
  const values = new Float32Array(content.rowCount * width)
  await times(content, map, width, values, breathe)
  return values
}

/** The scalar product of each two columns. */
function columnProducts(one: Floats, other: Floats, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let at = 0; at < one.length; at++) sums[at % width] += one[at] * other[at]
  return sums
}

/** table += addend · diag(scales). */
function addColumns(table: Floats, addend: Floats, scales: Float64Array): void {
  for (let at = 0; at < table.length; at++) table[at] += scales[at % scales.length] * addend[at]
}
