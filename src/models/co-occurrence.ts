/**
 * "Who had this went on to that": what stood near each item in others' histories, and rather after it than before.
 *
 * C(i, j) = Σ over the rows with both of b·a_i^σ·a_j^τ / (d^δ·(1 + t)^κ·log2(n + 1)^ρ): n is the number of the row's
 * entries, d how many moments j stands from i (at most `window`), t how many times `gapMinutes`, b is 1 where j came later
 * and `backward` where it came earlier, a the strength of an entry. What happened in one moment (a basket; a row without times) lies side by side: d = 1, b = 1.
 * W = D_i^(−sourceExponent)·C·D_j^(−targetExponent), D the number of rows with an item, the
 * `neighbours` highest a row. score(j) = Σ over the history of strength(i)^askedStrength·decay^(moments since)·W(i, j).
 * Source: the association and sequential rules of Ludewig and Jannach, "Evaluation of session-based recommendation
 * algorithms", UMUAI 2018, with the popularity exponents of RP3β. Fit: each entry with those of its moment and of 2·window
 * others, memory 32 bytes an interaction; state 8 bytes a neighbour; score history × neighbours + items.
 */
import { dayMs, minuteMs } from '../base/clock.ts'
import { columnSums, type Csr, csrFromRows, type SparseRow } from '../kernels/csr.ts'
import { createTopK } from '../kernels/top-k.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { groupRows } from '../preprocess/row-order.ts'
import { entryOrder, momentsSince } from './entry-order.ts'
import type { FitRun, Model, ModelState, Query } from './model.ts'
import { fittedNeighbours, neighbourArrays, neighbourPlan } from './sparse-neighbours.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface CoOccurrenceConfig extends StrengthConfig {
  readonly window: number
  /** 0: only what follows counts; 1: no direction. */
  readonly backward: number
  /** δ. */
  readonly distanceExponent: number
  /** κ: how much less a pair counts that lies apart in time. */
  readonly gapExponent: number
  /** From about here on it does. */
  readonly gapMinutes: number
  /** ρ: how much less each pair of a long row counts. */
  readonly rowExponent: number
  readonly sourceExponent: number
  readonly targetExponent: number
  /** σ: how much the strength of the item at hand counts in learning. */
  readonly sourceStrength: number
  /** τ: that of the item it leads to. */
  readonly targetStrength: number
  /** How much its strength counts for an item of the history. */
  readonly askedStrength: number
  readonly decay: number
  readonly neighbours: number
}

const name = 'co-occurrence'
const version = 1

export const coOccurrence: Model<CoOccurrenceConfig> = {
  name,
  defaults: {
    window: 10,
    backward: 0.5,
    distanceExponent: 0.5,
    gapExponent: 0,
    gapMinutes: 60,
    rowExponent: 0.5,
    sourceExponent: 0.4,
    targetExponent: 0.2,
    sourceStrength: 0,
    targetStrength: 1,
    askedStrength: 1,
    decay: 0.9,
    neighbours: 400,
    binarise: true,
    halfLifeDays: 90,
  },
  space: {
    window: { among: [5, 10, 20, 50] },
    backward: { from: 0, to: 1, scale: 'linear' },
    distanceExponent: { from: 0, to: 1, scale: 'linear' },
    rowExponent: { from: 0, to: 1, scale: 'linear' },
    sourceExponent: { from: 0, to: 0.8, scale: 'linear' },
    targetExponent: { from: 0, to: 0.5, scale: 'linear' },
    decay: { from: 0.4, to: 1, scale: 'linear' },
    neighbours: { among: [100, 200, 400, 1000] },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: (data, config) => ({
    kernels: 0,
    heap: neighbourPlan(data, config.neighbours).heap + 32 * data.matrix.columns.length + 32 * data.matrix.columnCount,
  }),
  fit: async (data, config, run) => {
    await run.breathe()
    const matrix = trainingMatrix(name, data, config)
    const neighbours = await findNeighbours({ ...data, matrix }, config, run)
    const arrays = neighbourArrays(neighbours, popularityPrior(matrix))
    const state = { model: name, version, config, itemCount: matrix.columnCount, arrays }
    return fittedNeighbours(state, name, version, fadingStrengths(config))
  },
  load: (state) => fittedNeighbours(state, name, version, fadingStrengths(state.config as CoOccurrenceConfig)),
}

/** How much each item of a query counts: less for each moment that came after it. */
export function fadingStrengths(
  config: StrengthConfig & Pick<CoOccurrenceConfig, 'decay'> & Partial<Pick<CoOccurrenceConfig, 'askedStrength'>>,
): (query: Query) => Float32Array {
  const { decay, askedStrength = 1 } = config
  return (query) => {
    const since = momentsSince(query.ageDays, query.items.length)
    return queryStrengths(query, config).map((strength, at) => strength ** askedStrength * decay ** since[at])
  }
}

/** The same for models that need not fade: `undefined`, the strengths as they are, where nothing does. */
export function fadingOf(state: ModelState): ((query: Query) => Float32Array) | undefined {
  // States of before know of no fading.
  const { decay = 1, ...config } = state.config as StrengthConfig & { decay?: number }
  return decay === 1 ? undefined : fadingStrengths({ ...config, decay })
}

/** What neighbours are found by. */
export type NearnessConfig = Omit<CoOccurrenceConfig, keyof StrengthConfig | 'decay' | 'askedStrength'>

/** W, item by item: no more than one row of C is ever whole. */
export async function findNeighbours(data: Interactions, config: NearnessConfig, run: FitRun): Promise<Csr> {
  const { columnCount } = data.matrix
  const pairs = createPairs(data, config)
  const counts = columnSums(data.matrix, 0)
  const toTarget = counts.map((count) => Math.max(1, count) ** -config.targetExponent)
  const best = createTopK(Math.min(config.neighbours, columnCount))
  const rows: SparseRow[] = []
  for (let item = 0; item < columnCount; item++) {
    const met = pairs.addAll(item)
    const fromSource = Math.max(1, counts[item]) ** -config.sourceExponent
    for (const target of met) {
      pairs.sums[target] *= fromSource * toTarget[target]
      best.offer(target, pairs.sums[target])
    }
    const columns = best.drain().sort()
    rows.push({ columns, values: Float32Array.from(columns, (target) => pairs.sums[target]) })
    for (const target of met) pairs.sums[target] = 0
    run.progress((item + 1) / columnCount)
    await run.breathe()
  }
  return csrFromRows(columnCount, rows)
}

interface Pairs {
  /** C(item, ·) after `addAll(item)`; the caller clears what it was told. */
  readonly sums: Float64Array
  /** Returns the items met; they hold until the next call. */
  addAll(item: number): Int32Array
}

function createPairs(data: Interactions, config: NearnessConfig): Pairs {
  const { matrix } = data
  const { window, backward } = config
  const { entries, moments } = entryOrder(data)
  const items = entries.map((entry) => matrix.columns[entry])
  const asSource = strengthsOf(matrix, entries, config.sourceStrength)
  const asTarget = strengthsOf(matrix, entries, config.targetStrength)
  const nearness = Float64Array.from({ length: window + 1 }, (_, distance) => distance ** -config.distanceExponent)
  const apartInTime = gapsBetween(data.ageDays, entries, config)
  const rowOf = rowsOfPlaces(matrix)
  const byItem = groupRows(items, matrix.columnCount, Int32Array.from(items.keys()))
  const sums = new Float64Array(matrix.columnCount)
  const met = new Int32Array(matrix.columnCount)
  let count = 0

  const add = (target: number, weight: number) => {
    if (weight === 0) return
    if (sums[target] === 0) met[count++] = target
    sums[target] += weight
  }

  /** Walks away from `place`, one entry a step, as far as the window reaches. */
  const walk = (place: number, step: 1 | -1, end: number, weight: number) => {
    const directed = step === 1 ? weight : weight * backward
    for (let at = place + step; at !== end; at += step) {
      const distance = Math.abs(moments[at] - moments[place])
      if (distance > window) break
      const near = distance === 0 ? weight : directed * nearness[distance] * apartInTime(place, at)
      add(items[at], near * asTarget[at])
    }
  }

  return {
    sums,
    addAll: (item) => {
      count = 0
      for (let at = byItem.starts[item]; at < byItem.starts[item + 1]; at++) {
        const place = byItem.rows[at]
        const [start, end] = [matrix.pointers[rowOf[place]], matrix.pointers[rowOf[place] + 1]]
        const weight = asSource[place] / Math.log2(end - start + 1) ** config.rowExponent
        walk(place, 1, end, weight)
        walk(place, -1, start - 1, weight)
      }
      return met.subarray(0, count)
    },
  }
}

/** (1 + t)^−κ by the places of two entries. */
function gapsBetween(
  ageDays: Float32Array | null,
  entries: Int32Array,
  { gapExponent, gapMinutes }: NearnessConfig,
): (one: number, other: number) => number {
  if (ageDays === null || gapExponent === 0) return () => 1
  const gaps = Float64Array.from(entries, (entry) => (ageDays[entry] * dayMs) / (gapMinutes * minuteMs))
  return (one, other) => (1 + Math.abs(gaps[one] - gaps[other])) ** -gapExponent
}

function strengthsOf({ values }: Csr, entries: Int32Array, exponent: number): Float32Array {
  return Float32Array.from(entries, (entry) => values[entry] ** exponent)
}

function rowsOfPlaces({ rowCount, pointers, columns }: Csr): Int32Array {
  const rows = new Int32Array(columns.length)
  for (let row = 0; row < rowCount; row++) rows.fill(row, pointers[row], pointers[row + 1])
  return rows
}
