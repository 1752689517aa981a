/**
 * Gives every shopper and every item a short list of hidden tastes, such that those who met have tastes that match.
 *
 * Minimises Σ_observed c_ui·(w_u·h_i − 1)² + alpha0·Σ_all (w_u·h_i)² + Σ_u λ_u‖w_u‖² + Σ_i λ_i‖h_i‖², with
 * λ_u = ridge·(#u + alpha0·items), λ_i = ridge·(#i + alpha0·shoppers), by solving for all shoppers, then for all items,
 * `iterations` times. c is what counts (see training-matrix.ts) and # its sum. A shopper who asks is solved for
 * then and there, so new ones and new events need no training. With w = A⁻¹·Σ c_i·h_i, A the matrix of that equation, a
 * score is Σ_i c_i·h_i·(A⁻¹·h_j): what each entry says for item j, given that all of them are in A.
 * Source: Rendle et al., "Revisiting the performance of iALS on item recommendation benchmarks", RecSys 2022; Hu, Koren,
 * Volinsky, ICDM 2008. An iteration costs 2·interactions·factors² + (shoppers + items)·factors³/6; a score
 * history·factors² + factors³/6 + items·factors multiply-adds; state items·factors floats.
 */
import type { Rng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import { type Csr, transpose } from '../kernels/csr.ts'
import { gemm } from '../kernels/gemm.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { residentCsr } from '../kernels/resident.ts'
import { createSolver, type SolveOptions, solveRows } from '../kernels/small-solves.ts'
import { openSpace } from '../kernels/space.ts'
import { dot, type Floats } from '../kernels/vector.ts'
import { linearParts } from './explain.ts'
import type { Fitted, FitRun, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface IalsConfig extends StrengthConfig {
  readonly factors: number
  readonly iterations: number
  /** Weight of everything a shopper did not meet. */
  readonly alpha0: number
  /**
   * `null`: such that a shopper of mean history is held by a quarter of that, at most by 5 in all. The same number for every
   * shop would be held by the catalogue alone where that is large, and the same hold leaves nothing of a visit or a basket
   * (docs/log.md).
   */
  readonly ridge: number | null
}

/** With the ridge it learns with. */
type Settled = IalsConfig & { readonly ridge: number }

const holdOfHistory = 1 / 4
const mostHold = 5

const name = 'ials'
const version = 1

export const ials: Model<IalsConfig> = {
  name,
  defaults: { factors: 64, iterations: 10, alpha0: 0.1, ridge: null, binarise: true, halfLifeDays: 90 },
  space: {
    factors: { among: [16, 32, 64, 128, 256] },
    iterations: { among: [5, 10, 20] },
    alpha0: { from: 0.003, to: 1, scale: 'log' },
    ridge: { from: 0.0003, to: 0.3, scale: 'log' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: ({ matrix }, { factors }) => ({
    // The table by shoppers and by items, and the factors of both.
    kernels: 16 * matrix.columns.length + 4 * (matrix.rowCount + matrix.columnCount) * (factors + 1),
    heap: 8 * matrix.columns.length + 4 * matrix.columnCount * (factors + 1),
  }),
  settle: (data, config) => settle(config, trainingMatrix(name, data, config)),
  fit: async (data, wanted, run) => {
    const matrix = trainingMatrix(name, data, wanted)
    const config = settle(wanted, matrix)
    const space = openSpace()
    try {
      const byUser = residentCsr(space, matrix)
      const byItem = residentCsr(space, transpose(matrix))
      const users = space.floats(matrix.rowCount * config.factors)
      const items = smallNormal(space.floats(matrix.columnCount * config.factors), config.factors, run.rng.fork(name))
      for (let iteration = 0; iteration < config.iterations; iteration++) {
        const done = (half: number) => (fraction: number) =>
          run.progress((iteration + (half + fraction) / 2) / config.iterations)
        await solveFor(byUser, items, users, config, run, done(0))
        await solveFor(byItem, users, items, config, run, done(1))
      }
      const arrays = { items, prior: popularityPrior(matrix) }
      return fitted({ model: name, version, config, itemCount: matrix.columnCount, arrays })
    } finally {
      space.release()
    }
  },
  load: fitted,
}

function settle(config: IalsConfig, { rowCount, columnCount, values }: Csr): Settled {
  const meanHistory = values.reduce((sum, value) => sum + value, 0) / rowCount
  const hold = Math.min(mostHold, holdOfHistory * meanHistory)
  return { ...config, ridge: config.ridge ?? hold / (meanHistory + config.alpha0 * columnCount) }
}

/** Deviation 0.1 / √factors, so that products begin around 0.01. */
function smallNormal(table: Floats, factors: number, rng: Rng): Floats {
  for (let at = 0; at < table.length; at++) table[at] = (0.1 * rng.normal()) / Math.sqrt(factors)
  return table
}

/** Solves for the factors of each row of `matrix`, those of its columns being given. */
async function solveFor(
  matrix: Csr,
  given: Floats,
  sought: Floats,
  config: Settled,
  run: FitRun,
  progress: (fraction: number) => void,
): Promise<void> {
  const options = equations(given, matrix.columnCount, config)
  if (!(await solveRows(matrix, sought as Float32Array, options, run.breathe, progress))) {
    throw new HaggleError('diverged', 'ials: an equation has no solution; raise ridge or alpha0.')
  }
}

/** (alpha0·VᵀV + Σ c·v·vᵀ + λ·I)·x = Σ c·v, V being what is given. */
function equations(given: Floats, count: number, { factors, alpha0, ridge }: Settled): SolveOptions {
  const base = new Float32Array(factors * factors)
  gemm(factors, factors, count, given, given, base, { transposeA: true, scale: alpha0 })
  return { factors, given, base, ridge, rest: alpha0 * count }
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as Settled
  const { factors } = config
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount).slice()
  const tastes = opened.floats('items', itemCount * factors)
  const items = createItemTable(tastes, itemCount, factors, { bias: prior })
  const solver = createSolver(equations(tastes, itemCount, config))
  return {
    itemCount,
    score: (query, scores) => {
      // Only the rows of the history are laid out for the solver, one after the other.
      const places = query.items.map((_, at) => at)
      const met = query.items.length > 0 ? items.rows(query.items) : null
      const taste = met && solver(met, places, queryStrengths(query, config))
      if (taste === null) scores.set(prior)
      else items.dots(taste, scores)
    },
    explain: (query, item) => {
      if (query.items.length === 0) return linearParts(query, prior[item], () => 0)
      const met = items.rows(query.items)
      const strengths = queryStrengths(query, config)
      const places = query.items.map((_, at) => at)
      const reach = solver(met, places, strengths, items.rows(Int32Array.of(item)))
      const part = (place: number) =>
        reach === null ? 0 : strengths[place] * dot(reach, 0, met, place * factors, factors)
      return { ...linearParts(query, prior[item], part), kind: 'attribution' }
    },
    serialise: () => ({ model: name, version, config, itemCount, arrays: { items: items.values(), prior } }),
  }
}
