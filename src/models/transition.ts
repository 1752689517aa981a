/**
 * "Who had all this went on to that": what each item of a history says of what comes next, the others considered.
 *
 * For every item j, S the `support` items that j most follows, C(s, j) / (c_s·c_j)^½ with C as in co-occurrence.ts, and
 * b = (X_SᵀX_S + ridge·I)⁻¹·C(S, j): the ridge regression from what rows hold to what came after it, weights outside S
 * held at 0. Two things that are always had together share what either would say alone; co-occurrence says it twice.
 * score(j) = c_j^(−targetExponent)·Σ over the history of strength(i)·decay^(moments since)·B(i, j).
 * Source: SLIT of Choi et al., "Session-aware linear item-item models for session-based recommendation", WWW 2021, which
 * inverts the whole; solved item by item here as in sparse-ease.ts, so that the cost grows with the catalogue and not
 * with its cube. Fit: that of co-occurrence, then for each item Σ_{s∈S} rows of s + Σ_u |u ∩ S|²/2 + support³/6
 * multiply-adds; 8 bytes a weight; score history × support.
 */
import { HaggleError } from '../domain/errors.ts'
import { choleskyFactor, choleskySolve } from '../kernels/cholesky.ts'
import { columnSums, type Csr, csrFromRows, type SparseRow, transpose } from '../kernels/csr.ts'
import { createTopK } from '../kernels/top-k.ts'
import { fadingStrengths, findNeighbours } from './co-occurrence.ts'
import type { FitRun, Model } from './model.ts'
import { createProducts } from './sparse-ease.ts'
import { fittedNeighbours, neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { popularityPrior, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface TransitionConfig extends StrengthConfig {
  readonly ridge: number
  /** Items that may speak for one. */
  readonly support: number
  readonly window: number
  /** 0: only what follows counts; 1: no direction. */
  readonly backward: number
  readonly distanceExponent: number
  readonly targetExponent: number
  readonly decay: number
}

const name = 'transition'
const version = 1
/** Of each item, this many times `support` of what follows it are looked at. */
const pool = 4

export const transition: Model<TransitionConfig> = {
  name,
  defaults: {
    ridge: 30,
    support: 100,
    window: 20,
    backward: 0.3,
    distanceExponent: 0.5,
    targetExponent: 0.1,
    decay: 0.8,
    binarise: true,
    halfLifeDays: 90,
  },
  space: {
    ridge: { from: 3, to: 1000, scale: 'log' },
    support: { among: [50, 100, 200] },
    window: { among: [5, 10, 20, 50] },
    backward: { from: 0, to: 1, scale: 'linear' },
    distanceExponent: { from: 0, to: 1, scale: 'linear' },
    targetExponent: { from: 0, to: 0.5, scale: 'linear' },
    decay: { from: 0.4, to: 1, scale: 'linear' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: (data, config) => neighbourPlan(data, (pool + 1) * config.support),
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, config)
    const followed = await findNeighbours(
      { ...data, matrix },
      { ...config, ...asTheyAre, neighbours: pool * config.support },
      { ...run, progress: (fraction) => run.progress(fraction / 2) },
    )
    const counts = columnSums(matrix, 0).map((count) => Math.max(1, count))
    const explained = await explain(transpose(followed), transpose(matrix), counts, config, run)
    const arrays = neighbourArrays(transpose(explained), popularityPrior(matrix))
    const state = { model: name, version, config, itemCount: matrix.columnCount, arrays }
    return fittedNeighbours(state, name, version, fadingStrengths(config))
  },
  load: (state) => fittedNeighbours(state, name, version, fadingStrengths(state.config as TransitionConfig)),
}

/** Chosen by what stands near relative to how common both are. */
const asTheyAre = {
  gapExponent: 0,
  gapMinutes: 60,
  rowExponent: 0,
  sourceExponent: 0.5,
  targetExponent: 0.5,
  sourceStrength: 0,
  targetStrength: 1,
}

/** @param before row j: what j follows, by which S is chosen */
async function explain(
  before: Csr,
  rowsOf: Csr,
  counts: Float64Array,
  config: TransitionConfig,
  run: FitRun,
): Promise<Csr> {
  const { rowCount, pointers, columns, values } = before
  const support = Math.min(config.support, rowCount)
  const productsOf = createProducts(rowsOf, support)
  const best = createTopK(support)
  const rows: SparseRow[] = []
  for (let item = 0; item < rowCount; item++) {
    for (let at = pointers[item]; at < pointers[item + 1]; at++) best.offer(at, values[at])
    const chosen = best.drain().sort()
    const others = chosen.map((at) => columns[at])
    const { among } = productsOf(others, item)
    for (let at = 0; at < others.length; at++) among[at * others.length + at] += config.ridge
    if (!choleskyFactor(among, others.length)) {
      throw new HaggleError('diverged', `${name}: an equation has no solution; raise ridge (now ${config.ridge}).`)
    }
    const weights = Float64Array.from(
      chosen,
      (at, place) => values[at] * Math.sqrt(counts[others[place]] * counts[item]),
    )
    choleskySolve(among, others.length, weights)
    const damped = counts[item] ** -config.targetExponent
    rows.push({ columns: others, values: Float32Array.from(weights, (weight) => weight * damped) })
    run.progress(Math.min(1, 0.5 + (item + 1) / (2 * rowCount)))
    await run.breathe()
  }
  return csrFromRows(rowCount, rows)
}
