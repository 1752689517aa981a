import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { lowPass, type LowPassConfig, pureSvd } from './low-pass.ts'
import type { Fitted, FitRun } from './model.ts'

const [rows, columns] = [60, 24]
const run: FitRun = {
  rng: createRng('low-pass'),
  breathe: () => undefined,
  progress: () => undefined,
  epoch: () => undefined,
}

/** Some items much more popular than others, so that degrees matter. */
function table() {
  const rng = createRng('table')
  const cells = Array.from({ length: rows * columns }, (_, cell) => cell).filter(
    (cell) => rng.next() < 0.6 / (1 + (cell % columns) / 6),
  )
  return csrFromTriples(
    rows,
    columns,
    cells.map((cell) => Math.floor(cell / columns)),
    cells.map((cell) => cell % columns),
    cells.map(() => 1),
  )
}

/** What each item says of each: the scores of whoever has only that. */
function weightsOf(fitted: Fitted): number[][] {
  return Array.from({ length: columns }, (_, item) => {
    const scores = new Float32Array(columns)
    fitted.score({ items: Int32Array.of(item), weights: Float32Array.of(1), ageDays: null, features: null }, scores)
    return [...scores]
  })
}

/** RᵀR and D_i, for exponents a and b. */
function normalised(a: number, b: number): { products: number[][]; degrees: number[] } {
  const { pointers, columns: items } = table()
  const degrees = new Array<number>(columns).fill(0)
  for (const item of items) degrees[item]++
  const products = degrees.map(() => new Array<number>(columns).fill(0))
  for (let row = 0; row < rows; row++) {
    const own = items.subarray(pointers[row], pointers[row + 1])
    for (const i of own) {
      for (const j of own) products[i][j] += own.length ** (-2 * a) * (degrees[i] * degrees[j]) ** -b
    }
  }
  return { products, degrees }
}

function times(left: number[][], right: number[][]): number[][] {
  return left.map((line) => right[0].map((_, j) => line.reduce((sum, value, k) => sum + value * right[k][j], 0)))
}

function expectClose(actual: number[][], wanted: number[][]): void {
  const largest = Math.max(...wanted.flat().map(Math.abs))
  actual.forEach((line, i) =>
    line.forEach((value, j) => expect(value / largest).toBeCloseTo(wanted[i][j] / largest, 4)),
  )
}

describe.each([
  { model: pureSvd, a: 0, b: 0 },
  { model: lowPass, a: 0.5, b: 0.5 },
])('$model.name', ({ model, a, b }) => {
  const fit = async (overrides: Partial<LowPassConfig>) => {
    const fitted = await model.fit(bareInteractions(table()), { ...model.defaults, ...overrides }, run)
    const { degrees } = normalised(a, b)
    // D^b·W·D^−b is symmetric, and easier to speak about.
    return weightsOf(fitted).map((line, i) => line.map((value, j) => value * (degrees[i] / degrees[j]) ** b))
  }

  it('is one step of the walk where every direction passes with the square of its strength', async () => {
    const scaled = await fit({ factors: columns, gain: 2 })
    const { products } = normalised(a, b)
    const strongest = products[0][0] / scaled[0][0]
    expectClose(
      scaled.map((line) => line.map((value) => value * strongest)),
      products,
    )
  })

  it('lets the strongest directions through whole, and nothing else', async () => {
    const factors = 5
    const filter = await fit({ factors, gain: 0, powerIterations: 30 })
    const { products } = normalised(a, b)
    expectClose(times(filter, filter), filter)
    expectClose(times(filter, products), times(products, filter))
    const trace = (matrix: number[][]) => matrix.reduce((sum, line, at) => sum + line[at], 0)
    expect(trace(filter)).toBeCloseTo(factors, 4)
    // The sixth direction is the first that is missing: the strongest of what is left.
    const passed = trace(times(filter, products))
    const sixth = trace(times(await fit({ factors: factors + 1, gain: 0, powerIterations: 30 }), products)) - passed
    const left = products.map((line, i) => line.map((value, j) => value - times(filter, products)[i][j]))
    let direction = left.map((_, at) => [1 + at])
    let strength = 0
    for (let step = 0; step < 300; step++) {
      const next = times(left, direction)
      strength = Math.hypot(...next.flat()) / Math.hypot(...direction.flat())
      direction = next.map(([value]) => [value / strength])
    }
    expect(sixth).toBeCloseTo(strength, 2)
    expect(passed / factors).toBeGreaterThan(strength)
  })

  it('hands a history back as it came where all directions pass', async () => {
    const identity = Array.from({ length: columns }, (_, i) =>
      Array.from({ length: columns }, (_, j) => Number(i === j)),
    )
    expectClose(await fit({ factors: columns, gain: 0 }), identity)
  })
})
