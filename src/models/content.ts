/**
 * Recommends what nobody has met yet, by what it is: like what the shopper has, of the taste of those who share it, and
 * of the sort that sells.
 *
 * Of items × tokens F (preprocess/item-content.ts) and a history x: s = z(F·(x·F)) + mapWeight·z(V̂·(x·V)·σ²) +
 * priorWeight·z(b), z standardised over all items but those of the history.
 *
 * - F·(x·F): the cosine to each item of the history, summed.
 * - V, σ: the `factors` strongest directions of D_u^(−.3)·X·D_i^(−.5) (a low-rank walk shopper to item to shopper). V̂_j is
 *   V_j for an item that was met, F_j·C for one that was not: C the linear map from content to factors, learnt by ridge
 *   regression on those that were met (content-map.ts). A history of items not met counts by their V̂ too.
 * - b: whether an item was new and met within the last `halfLifeDays` (1), or never (0), regressed with `priorRidge` on
 *   the tokens that a twenty-fifth of the items have: which sort of listing sells at all. Some of the 0 are only not
 *   met yet; the regression is soft enough to say so.
 *
 * Without content what remains is the low-rank walk. Source: Lops et al. 2011 (content); Gantner et al., "Learning
 * attribute-to-feature mappings for cold-start recommendations", ICDM 2010; Volkovs et al., "DropoutNet", NIPS 2017.
 * Fit: the decomposition and 80·entries(F)·factors; score: entries(F) + items·factors; state: F and items·factors floats.
 */
import { columnSums, type Csr, rowsOf, rowSums, scaled } from '../kernels/csr.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { randomisedSvd } from '../kernels/randomised-svd.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { fadingOf } from './co-occurrence.ts'
import { mapped, ridgeMap } from './content-map.ts'
import type { Fitted, FitRun, Model, ModelState, Query } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface ContentConfig extends StrengthConfig {
  readonly factors: number
  /** Of the map from content to factors. */
  readonly ridge: number
  readonly mapWeight: number
  readonly priorRidge: number
  readonly priorWeight: number
  /** How much of an item of the history is left a moment later; 1: nothing fades. */
  readonly decay: number
}

/** The settings as they are stored: with the sizes of what was learnt. */
interface LearntConfig extends ContentConfig {
  readonly learnt: { readonly tokens: number; readonly factors: number }
}

const name = 'content'
const version = 1

export const content: Model<ContentConfig> = {
  name,
  defaults: {
    factors: 64,
    ridge: 1,
    mapWeight: 2,
    priorRidge: 30,
    priorWeight: 0.5,
    decay: 1,
    binarise: true,
    halfLifeDays: 365,
  },
  plan: (data, { factors }) => {
    const entries = data.content?.columns.length ?? 0
    const tokens = data.content?.columnCount ?? 0
    const { rowCount, columnCount, columns } = data.matrix
    const decomposition = 8 * (rowCount + columnCount) * (factors + 10) + 16 * columns.length
    const map = 4 * (5 * tokens + columnCount) * factors + 16 * entries
    return { kernels: Math.max(decomposition, map), heap: 4 * (3 * columnCount + tokens) * factors + 24 * entries }
  },
  fit: async (data, config, run) => {
    const matrix = trainingMatrix(name, data, config)
    const itemCount = matrix.columnCount
    const popularity = columnSums(matrix)
    const described = data.content ?? noContent(itemCount)
    const { factors, scales } = await walkFactors(matrix, popularity, config.factors, run)
    await mapCold(factors, scales.length, described, popularity, config.ridge, run)
    const prior = await sellingPrior(described, firstMet(data), config, run)
    const { pointers, columns, values } = described
    const arrays = { factors, scales, prior, popular: popularityPrior(matrix), pointers, columns, values }
    const learnt = { tokens: described.columnCount, factors: scales.length }
    return fitted({
      model: name,
      version,
      config: { ...config, learnt } satisfies LearntConfig,
      itemCount,
      arrays,
    })
  },
  load: fitted,
}

function noContent(itemCount: number): Csr {
  return {
    rowCount: itemCount,
    columnCount: 0,
    pointers: new Int32Array(itemCount + 1),
    columns: new Int32Array(),
    values: new Float32Array(),
  }
}

/** V and σ². */
async function walkFactors(
  matrix: Csr,
  popularity: Float64Array,
  rank: number,
  run: FitRun,
): Promise<{ factors: Float32Array; scales: Float32Array }> {
  const rows = rowSums(matrix).map((sum) => sum ** -0.3)
  const walk = scaled(
    matrix,
    rows,
    popularity.map((sum) => sum ** -0.5),
  )
  const { singularValues, itemFactors } = await randomisedSvd(walk, {
    rank,
    rng: run.rng.fork(name),
    breathe: run.breathe,
    progress: (fraction) => run.progress(fraction / 2, 'tastes'),
  })
  return { factors: itemFactors, scales: Float32Array.from(singularValues, (value) => value ** 2) }
}

/** Gives items that nobody met the factors that their content stands for, in place. */
async function mapCold(
  factors: Float32Array,
  width: number,
  described: Csr,
  popularity: Float64Array,
  ridge: number,
  run: FitRun,
): Promise<void> {
  const met = Int32Array.from(popularity.keys()).filter((item) => popularity[item] > 0)
  if (described.columnCount === 0 || met.length === popularity.length) return
  const targets = new Float32Array(met.length * width)
  met.forEach((item, at) => targets.set(factors.subarray(item * width, (item + 1) * width), at * width))
  const options = { width, ridge, breathe: run.breathe }
  const values = await mapped(described, await ridgeMap(rowsOf(described, met), targets, options), options)
  for (let item = 0; item < popularity.length; item++) {
    if (popularity[item] > 0) continue
    factors.set(values.subarray(item * width, (item + 1) * width), item * width)
  }
  run.progress(0.9, 'from content to tastes')
}

/** Of rarer tokens too little is known to say that they sell. */
const commonShare = 0.04
const fewestItems = 5

/** b, to mean 0 and deviation 1. Learnt on what was new within a half-life, against what nobody has met. */
async function sellingPrior(
  described: Csr,
  oldestDays: Float32Array,
  { priorRidge, halfLifeDays }: ContentConfig,
  run: FitRun,
): Promise<Float32Array> {
  const fewest = Math.max(fewestItems, commonShare * described.rowCount)
  const held = columnSums(described, 0)
  // A common token counts the same wherever it stands; a rare one not at all.
  const common = { ...described, values: Float32Array.from(described.columns, (token) => +(held[token] >= fewest)) }
  const told = Int32Array.from(oldestDays.keys()).filter((item) => !(oldestDays[item] > halfLifeDays))
  const isNew = Float32Array.from(told, (item) => +(oldestDays[item] >= 0))
  const share = isNew.reduce((sum, value) => sum + value, 0) / isNew.length
  const options = { width: 1, ridge: priorRidge, breathe: run.breathe }
  const targets = isNew.map((value) => value - share)
  const prior = await mapped(common, await ridgeMap(rowsOf(common, told), targets, options), options)
  standardise(prior, [])
  run.progress(1, 'what sells')
  return prior
}

/** How long ago each item was first met; NaN where it never was, 0 where the log has no times. */
function firstMet({ matrix, ageDays }: Interactions): Float32Array {
  const oldest = new Float32Array(matrix.columnCount).fill(Number.NaN)
  matrix.columns.forEach((item, entry) => {
    const age = ageDays?.[entry] ?? 0
    if (!(oldest[item] >= age)) oldest[item] = age
  })
  return oldest
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const opened = openState(state, name, version)
  const config = state.config as LearntConfig
  const { tokens, factors: width } = config.learnt
  const strengthsOf = fadingOf(state) ?? ((query: Query) => queryStrengths(query, config))
  const described = opened.csr(itemCount, tokens)
  const scales = opened.floats('scales', width)
  const factors = createItemTable(opened.floats('factors', itemCount * width), itemCount, width)
  const prior = opened.floats('prior', itemCount)
  const popular = opened.floats('popular', itemCount)
  const profile = new Float32Array(tokens)
  const walk = new Float32Array(itemCount)
  const taste = new Float32Array(width)

  const score = (query: Query, scores: Float32Array): void => {
    const strengths = strengthsOf(query)
    alike(described, profile, query.items, strengths, scores)
    standardise(scores, query.items)
    taste.fill(0)
    factors.combine(query.items, strengths, taste)
    factors.dots(
      taste.map((value, factor) => value * scales[factor]),
      walk,
    )
    standardise(walk, query.items)
    for (let item = 0; item < itemCount; item++) {
      scores[item] += config.mapWeight * walk[item] + config.priorWeight * prior[item] + popular[item]
    }
  }
  return {
    itemCount,
    score: (query, scores) => {
      if (query.items.length > 0) score(query, scores)
      // The popular ones first, and of those nobody met what is of the sort that sells.
      else for (let item = 0; item < itemCount; item++) scores[item] = popular[item] + 1e-15 * prior[item]
    },
    serialise: () => state,
  }
}

/** scores = F·(x·F). `profile` is room for x·F. */
function alike(
  { pointers, columns, values }: Csr,
  profile: Float32Array,
  items: Int32Array,
  strengths: Float32Array,
  scores: Float32Array,
): void {
  profile.fill(0)
  items.forEach((item, at) => {
    for (let entry = pointers[item]; entry < pointers[item + 1]; entry++) {
      profile[columns[entry]] += strengths[at] * values[entry]
    }
  })
  for (let item = 0; item < scores.length; item++) {
    let sum = 0
    for (let entry = pointers[item]; entry < pointers[item + 1]; entry++) sum += profile[columns[entry]] * values[entry]
    scores[item] = sum
  }
}

/** To mean 0 and deviation 1 over all but `apart`; scores that are all alike become 0. */
function standardise(scores: Float32Array, apart: ArrayLike<number>): void {
  let [sum, squares] = [0, 0]
  for (let item = 0; item < scores.length; item++) {
    sum += scores[item]
    squares += scores[item] ** 2
  }
  for (let at = 0; at < apart.length; at++) {
    sum -= scores[apart[at]]
    squares -= scores[apart[at]] ** 2
  }
  const count = Math.max(1, scores.length - apart.length)
  const mean = sum / count
  const variance = squares / count - mean ** 2
  const by = variance > 1e-9 * (squares / count) && variance > 0 ? 1 / Math.sqrt(variance) : 0
  for (let item = 0; item < scores.length; item++) scores[item] = (scores[item] - mean) * by
}
