/**
 * Gives every shopper and every item a short list of hidden tastes, such that those who met have tastes that match.
 *
 * Minimises Σ_observed c_ui·(w_u·h_i − 1)² + alpha0·Σ_all (w_u·h_i)² + Σ_u λ_u‖w_u‖² + Σ_i λ_i‖h_i‖², with
 * λ_u = ridge·(#u + alpha0·items), λ_i = ridge·(#i + alpha0·shoppers), by solving for all shoppers, then for all items,
 * `iterations` times. c is what counts (see training-matrix.ts) and # its sum. A shopper who asks is solved for
 * then and there, so new ones and new events need no training.
 * Source: Rendle et al., "Revisiting the performance of iALS on item recommendation benchmarks", RecSys 2022; Hu, Koren,
 * Volinsky, ICDM 2008. An iteration costs 2·interactions·factors² + (shoppers + items)·factors³/6; a score
 * history·factors² + factors³/6 + items·factors multiply-adds; state items·factors floats.
 */
import type { Rng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import { choleskyFactor, choleskySolve } from '../kernels/cholesky.ts'
import { type Csr, transpose } from '../kernels/csr.ts'
import { gemm } from '../kernels/gemm.ts'
import { addScaled, dot } from '../kernels/vector.ts'
import type { Fitted, FitRun, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface IalsConfig extends StrengthConfig {
  readonly factors: number
  readonly iterations: number
  /** Weight of everything a shopper did not meet. */
  readonly alpha0: number
  readonly ridge: number
}

const name = 'ials'
const version = 1

export const ials: Model<IalsConfig> = {
  name,
  defaults: { factors: 64, iterations: 10, alpha0: 0.1, ridge: 0.03, binarise: true, halfLifeDays: 90 },
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, config)
    const byItem = transpose(matrix)
    const users = new Float32Array(matrix.rowCount * config.factors)
    const items = smallNormal(matrix.columnCount * config.factors, config.factors, run.rng.fork(name))
    for (let iteration = 0; iteration < config.iterations; iteration++) {
      const done = (half: number) => (fraction: number) =>
        run.progress((iteration + (half + fraction) / 2) / config.iterations)
      await solveRows(matrix, items, users, config, run, done(0))
      await solveRows(byItem, users, items, config, run, done(1))
    }
    const arrays = { items, prior: popularityPrior(matrix) }
    return fitted({ model: name, version, config, itemCount: matrix.columnCount, arrays })
  },
  load: fitted,
}

/** Deviation 0.1 / √factors, so that products begin around 0.01. */
function smallNormal(length: number, factors: number, rng: Rng): Float32Array {
  return new Float32Array(length).map(() => (0.1 * rng.normal()) / Math.sqrt(factors))
}

/** Solves for the factors of each row of `matrix`, those of its columns being given. */
async function solveRows(
  matrix: Csr,
  given: Float32Array,
  sought: Float32Array,
  config: IalsConfig,
  run: FitRun,
  progress: (fraction: number) => void,
): Promise<void> {
  const { factors } = config
  const solver = createSolver(given, matrix.columnCount, config)
  for (let row = 0; row < matrix.rowCount; row++) {
    const start = matrix.pointers[row]
    const end = matrix.pointers[row + 1]
    const solution = solver(matrix.columns.subarray(start, end), matrix.values.subarray(start, end))
    if (solution === null)
      throw new HaggleError('diverged', 'ials: an equation has no solution; raise ridge or alpha0.')
    sought.set(solution, row * factors)
    progress((row + 1) / matrix.rowCount)
    await run.breathe()
  }
}

/** History rows gathered for one product. */
const gathered = 256

/**
 * Solves (alpha0·VᵀV + Σ c·v·vᵀ + λ·I)·x = Σ c·v over the rows v of `given` that a history names; null where it cannot.
 * The vector belongs to the solver and holds until the next call.
 */
function createSolver(
  given: Float32Array,
  count: number,
  { factors, alpha0, ridge }: IalsConfig,
): (history: Int32Array, strengths: Float32Array) => Float64Array | null {
  const base = new Float64Array(factors * factors)
  gemm(factors, factors, count, given, given, base, { transposeA: true, scale: alpha0 })
  const matrix = new Float64Array(factors * factors)
  const vector = new Float64Array(factors)
  const rows = new Float64Array(gathered * factors)
  return (history, strengths) => {
    matrix.set(base)
    vector.fill(0)
    let total = alpha0 * count
    for (let start = 0; start < history.length; start += gathered) {
      const length = Math.min(gathered, history.length - start)
      for (let at = 0; at < length; at++) {
        // With √c on both sides of the product, one copy serves as both.
        const root = Math.sqrt(strengths[start + at])
        const from = history[start + at] * factors
        for (let factor = 0; factor < factors; factor++) rows[at * factors + factor] = root * given[from + factor]
        addScaled(vector, 0, rows, at * factors, factors, root)
        total += strengths[start + at]
      }
      gemm(factors, factors, length, rows, rows, matrix, { transposeA: true, accumulate: true })
    }
    for (let factor = 0; factor < factors; factor++) matrix[factor * factors + factor] += ridge * total
    if (!choleskyFactor(matrix, factors)) return null
    choleskySolve(matrix, factors, vector)
    return vector
  }
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as IalsConfig
  const { factors } = config
  const opened = openState(state, name, version)
  const items = opened.floats('items', itemCount * factors)
  const prior = opened.floats('prior', itemCount)
  const solver = createSolver(items, itemCount, config)
  return {
    itemCount,
    score: (query, scores) => {
      const taste = query.items.length > 0 ? solver(query.items, queryStrengths(query, config)) : null
      scores.set(prior)
      if (taste === null) return
      for (let item = 0; item < itemCount; item++) scores[item] += dot(items, item * factors, taste, 0, factors)
    },
    serialise: () => state,
  }
}
