/** What the singular value decompositions must do on every backend; part of `kernel-suite.ts`. */
import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { randomisedSvd } from './randomised-svd.ts'
import { singularValues } from './singular-values.ts'
import { identity, normals, randomSparse, slowProduct, sparse, transposed, worstDifference } from './slow-reference.ts'

const breathe = createBreathe()

export function svdSuite(): void {
  /** σ of a dense table, exactly. */
  async function exact(dense: Float64Array, rows: number, columns: number): Promise<Float64Array> {
    const size = Math.max(rows, columns)
    const square = new Float64Array(size * size)
    dense.forEach((value, at) => {
      square[Math.floor(at / columns) * size + (at % columns)] = value
    })
    return (await singularValues(square, size, breathe)).values
  }

  /** The largest ‖AᵀA·v − σ²·v‖ / σ₁², and how far V is from orthonormal. */
  async function faults(dense: Float64Array, rows: number, columns: number, rank: number, seed: string) {
    const found = await randomisedSvd(sparse(dense, rows, columns), { rank, rng: createRng(seed), breathe })
    const values = found.singularValues
    const width = values.length
    const v = found.itemFactors
    const back = slowProduct(
      columns,
      width,
      rows,
      transposed(dense, rows, columns),
      slowProduct(rows, width, columns, dense, v),
    )
    const wanted = Float64Array.from(v, (value, at) => value * values[at % width] ** 2)
    const products = slowProduct(width, width, columns, transposed(v, columns, width), v)
    const unit = identity(width).map((value, at) => (values[at % width] > 1e-4 * values[0] ? value : products[at]))
    return { values, residual: worstDifference(back, wanted) / values[0] ** 2, skew: worstDifference(products, unit) }
  }

  describe('randomisedSvd', () => {
    it.each([
      [1, 1, 1],
      [1, 9, 3],
      [9, 1, 3],
      [17, 11, 11],
      [11, 30, 6],
    ])(
      'finds what the exact decomposition of a small table does, at %i × %i and rank %i',
      async (rows, columns, rank) => {
        const { dense } = randomSparse(rows, columns, rows + columns, 0.5)
        dense[0] = 1
        const { values, residual, skew } = await faults(dense, rows, columns, rank, 'small')
        const wanted = (await exact(dense, rows, columns)).slice(0, Math.min(rank, rows, columns))
        expect(worstDifference(values, wanted)).toBeLessThan(1e-4 * wanted[0])
        expect(residual).toBeLessThan(1e-4)
        expect(skew).toBeLessThan(1e-4)
      },
    )

    it('finds the strong directions of a larger table, to a small residual', async () => {
      const [rows, columns] = [260, 190]
      // Five tastes of falling strength over noise.
      const [left, right] = [normals(rows * 5, 1), normals(5 * columns, 2)]
      const scaled = left.map((value, at) => value * (8 - (at % 5)))
      const signal = slowProduct(rows, columns, 5, scaled, right)
      const noise = normals(rows * columns, 3)
      const dense = signal.map((value, at) => (at % 3 === 0 ? Math.fround(value + noise[at]) : 0))
      const { values, residual, skew } = await faults(dense, rows, columns, 5, 'large')
      const wanted = (await exact(dense, rows, columns)).slice(0, 5)
      expect(worstDifference(values, wanted)).toBeLessThan(1e-4 * wanted[0])
      expect(residual).toBeLessThan(1e-3)
      expect(skew).toBeLessThan(1e-4)
    })

    it('stops when it is cancelled', async () => {
      const options = { rank: 2, rng: createRng(1), breathe: createBreathe(AbortSignal.abort()) }
      await expect(randomisedSvd(randomSparse(9, 9, 1).matrix, options)).rejects.toMatchObject({ code: 'cancelled' })
    })

    it('finds no more directions than there are, and lets NaN be seen', async () => {
      const dense = slowProduct(20, 15, 2, normals(40, 1), normals(30, 2)).map(Math.fround)
      const { values } = await faults(dense, 20, 15, 6, 'thin')
      expect(values[1]).toBeGreaterThan(0.1)
      expect(values[2]).toBeLessThan(1e-4 * values[0])
      dense[7] = NaN
      const spoilt = await randomisedSvd(sparse(dense, 20, 15), { rank: 2, rng: createRng(1), breathe })
      expect(spoilt.singularValues[0]).toBeNaN()
    })
  })
}
