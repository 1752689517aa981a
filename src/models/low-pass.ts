/**
 * Keeps the broad currents of taste and drops the ripples: a shopper's history, seen through the catalogue's strongest
 * directions only.
 *
 * R = D_u^(−userExponent)·X·D_i^(−b) ≈ U·Σ·Vᵀ with `factors` directions and b = itemExponent, and
 * score = q·D_i^(−b)·V·(Σ/σ₁)^gain·Vᵀ·D_i^b; D_u and D_i hold the row and column sums of X. A `gain` above 0 lets weaker
 * directions through more softly, so that the number of directions matters less. Two models under this roof:
 * - `pure-svd`, exponents 0: Cremonesi, Koren, Turrin, "Performance of recommender algorithms on top-N recommendation
 *   tasks", RecSys 2010;
 * - `low-pass`, exponents ½: the ideal low-pass filter of Shen et al., "How powerful is graph convolution for
 *   recommendation?", CIKM 2021 (the part of GF-CF beside the plain walk, which is rp3beta.ts).
 * Fit: that of kernels/randomised-svd.ts, (2 + 2·`powerIterations`) passes over X; score (history + items)·factors;
 * state items·factors floats.
 */
import { columnSums, type Csr, rowSums, scaled } from '../kernels/csr.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { randomisedSvd } from '../kernels/randomised-svd.ts'
import type { Fitted, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface LowPassConfig extends StrengthConfig {
  readonly userExponent: number
  readonly itemExponent: number
  /** `null`: a share of the smaller side of the table; too many, and a history is handed back as it came. */
  readonly factors: number | null
  readonly gain: number
  readonly powerIterations: number
}

export const pureSvd = filterNamed('pure-svd', { userExponent: 0, itemExponent: 0, gain: 0 }, { share: 48, most: 128 })
export const lowPass = filterNamed(
  'low-pass',
  { userExponent: 0.5, itemExponent: 0.5, gain: 0.5 },
  { share: 16, most: 512 },
)

const version = 1
const oversampling = 16

function filterNamed(
  name: string,
  own: Pick<LowPassConfig, 'userExponent' | 'itemExponent' | 'gain'>,
  usual: { readonly share: number; readonly most: number },
): Model<LowPassConfig> {
  const load = (state: ModelState) => fitted(state, name)
  const factorsFor = ({ rowCount, columnCount }: Csr, { factors }: LowPassConfig): number => {
    const smaller = Math.min(rowCount, columnCount)
    return Math.min(smaller, factors ?? Math.min(usual.most, Math.ceil(smaller / usual.share)))
  }
  return {
    name,
    defaults: { ...own, factors: null, powerIterations: 3, binarise: true, halfLifeDays: 90 },
    space: {
      userExponent: { from: 0, to: 0.8, scale: 'linear' },
      itemExponent: { from: 0, to: 0.8, scale: 'linear' },
      factors: { among: [null, 16, 32, 64, 128, 256] },
      gain: { from: 0, to: 1, scale: 'linear' },
      halfLifeDays: { from: 10, to: 365, scale: 'log' },
    },
    plan: ({ matrix }, config) => {
      const factors = factorsFor(matrix, config)
      return {
        // The table by rows and by columns; probes of both sides, twice.
        kernels: 16 * matrix.columns.length + 8 * (matrix.rowCount + matrix.columnCount) * (factors + oversampling),
        heap: 20 * matrix.columns.length + 12 * matrix.columnCount * factors,
      }
    },
    fit: async (data, config, run) => {
      const matrix = trainingMatrix(name, data, config)
      const factors = factorsFor(matrix, config)
      const shares = columnSums(matrix).map((sum) => toMinus(sum, config.itemExponent))
      const rowShares = rowSums(matrix).map((sum) => toMinus(sum, config.userExponent))
      const { singularValues, itemFactors } = await randomisedSvd(scaled(matrix, rowShares, shares), {
        rank: factors,
        oversampling,
        powerIterations: config.powerIterations,
        rng: run.rng.fork(name),
        breathe: run.breathe,
        progress: run.progress,
      })
      const arrays = {
        items: spread(itemFactors, shares, gainsOf(singularValues, config.gain)),
        shares: Float32Array.from(shares),
        prior: popularityPrior(matrix),
      }
      const settled = { ...config, factors: singularValues.length }
      return load({ model: name, version, config: settled, itemCount: matrix.columnCount, arrays })
    },
    load,
  }
}

/** What has faded to nothing has no share in anything. */
function toMinus(sum: number, exponent: number): number {
  return sum > 1e-12 ? sum ** -exponent : 0
}

/** The square root of what each direction is let through with: it is passed on the way in and on the way out. */
function gainsOf(singularValues: Float64Array, gain: number): Float64Array {
  return singularValues.map((value) => (value > 0 ? (value / singularValues[0]) ** (gain / 2) : 0))
}

/** D_i^b·V·(Σ/σ₁)^(gain/2), so that one table serves both ways: the way in divides by D_i^2b. */
function spread(factors: Float32Array, shares: Float64Array, gains: Float64Array): Float32Array {
  return factors.map((value, at) => {
    const share = shares[Math.floor(at / gains.length)]
    return share === 0 ? 0 : (value * gains[at % gains.length]) / share
  })
}

function fitted(state: ModelState, name: string): Fitted {
  const { itemCount } = state
  const config = state.config as LowPassConfig & { readonly factors: number }
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount).slice()
  const shares = opened.floats('shares', itemCount).slice()
  const items = createItemTable(opened.floats('items', itemCount * config.factors), itemCount, config.factors, {
    bias: prior,
  })
  return {
    itemCount,
    score: (query, scores) => {
      const strengths = queryStrengths(query, config).map((strength, at) => strength * shares[query.items[at]] ** 2)
      const taste = new Float32Array(config.factors)
      items.combine(query.items, strengths, taste)
      items.dots(taste, scores)
    },
    serialise: () => ({
      model: name,
      version,
      config,
      itemCount,
      arrays: { items: items.values(), shares, prior },
    }),
  }
}
