/**
 * "Visits like this one went on to that": the most similar of the recent visits, and what stood in them near what is
 * shared.
 *
 * Query: q_i = strength(i)·decay^(moments since)·D_i^(−sourceExponent), over the latest `historyLength` items.
 * s(q, v) = Σ_i q_i·x_vi / |v|^lengthExponent over visits v; score(j) = D_j^(−targetExponent) · Σ s(q, v)·x_vj·b·
 * nearness^d over the `neighbours` with the highest s. D is the number of visits with an item, d how many moments j
 * stands from the latest shared item of v, b is 1 where it came later and `backward` where it came earlier.
 * For each item only the `sample` latest visits are looked at, and of each visit the latest `maximumLength` items, so
 * that an answer costs at most historyLength × sample + neighbours × maximumLength + items, however old the shop.
 * Source: V-SkNN of Ludewig and Jannach, UMUAI 2018; STAN of Garg et al., SIGIR 2019, whose three weights these are
 * (place in the question, age of the visit through `halfLifeDays`, distance from what is shared). Fit O(interactions ·
 * log); state 12 bytes an interaction, and 4 more once loaded.
 */
import { columnSums, type Csr } from '../kernels/csr.ts'
import { createTopK } from '../kernels/top-k.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { entryOrder, momentsSince } from './entry-order.ts'
import type { Fitted, Model, ModelState, Query } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'

export interface SessionKnnConfig extends StrengthConfig {
  readonly neighbours: number
  readonly sample: number
  readonly historyLength: number
  readonly maximumLength: number
  /** What an item of the question counts for each moment that came after it. */
  readonly decay: number
  readonly lengthExponent: number
  readonly sourceExponent: number
  readonly targetExponent: number
  readonly nearness: number
  readonly backward: number
}

const name = 'session-knn'
const version = 1

export const sessionKnn: Model<SessionKnnConfig> = {
  name,
  defaults: {
    neighbours: 200,
    sample: 1000,
    historyLength: 20,
    maximumLength: 100,
    decay: 0.7,
    lengthExponent: 0.5,
    sourceExponent: 0.4,
    targetExponent: 0,
    nearness: 0.8,
    backward: 0.8,
    binarise: true,
    halfLifeDays: 90,
  },
  space: {
    neighbours: { among: [50, 100, 200, 500, 1000] },
    sample: { among: [500, 1000, 2000] },
    decay: { from: 0.2, to: 1, scale: 'linear' },
    lengthExponent: { from: 0, to: 1, scale: 'linear' },
    sourceExponent: { from: 0, to: 1, scale: 'linear' },
    targetExponent: { from: 0, to: 0.4, scale: 'linear' },
    nearness: { from: 0.5, to: 1, scale: 'linear' },
    backward: { from: 0, to: 1, scale: 'linear' },
    halfLifeDays: { from: 5, to: 365, scale: 'log' },
  },
  plan: ({ matrix }) => ({
    kernels: 0,
    heap: 32 * matrix.columns.length + 16 * (matrix.rowCount + matrix.columnCount),
  }),
  fit: async (data, config, run) => {
    await run.breathe()
    const matrix = trainingMatrix(name, data, config)
    const counts = Float32Array.from(columnSums(matrix, 0))
    const arrays = { ...latestFirst({ ...data, matrix }, config.maximumLength), counts, prior: popularityPrior(matrix) }
    return fitted({ model: name, version, config, itemCount: matrix.columnCount, arrays })
  },
  load: fitted,
}

/** Visits, the latest first; of each its entries, the oldest first. */
interface Visits {
  readonly pointers: Int32Array
  readonly columns: Int32Array
  readonly values: Float32Array
  readonly moments: Int32Array
}

function latestFirst(data: Interactions, maximumLength: number): Visits & Record<string, Int32Array | Float32Array> {
  const { matrix, ageDays } = data
  const { entries, moments } = entryOrder(data)
  const ends = matrix.pointers.subarray(1)
  const age = (row: number) => (ageDays === null ? 0 : ageDays[entries[ends[row] - 1]])
  const rows = Int32Array.from({ length: matrix.rowCount }, (_, row) => row)
    .filter((row) => ends[row] > matrix.pointers[row])
    .sort((a, b) => age(a) - age(b) || a - b)
  const starts = rows.map((row) => Math.max(matrix.pointers[row], ends[row] - maximumLength))
  const pointers = new Int32Array(rows.length + 1)
  rows.forEach((row, at) => (pointers[at + 1] = pointers[at] + ends[row] - starts[at]))
  const places = new Int32Array(pointers[rows.length])
  rows.forEach((row, at) => {
    for (let place = starts[at]; place < ends[row]; place++) places[pointers[at] + place - starts[at]] = place
  })
  return {
    pointers,
    columns: places.map((place) => matrix.columns[entries[place]]),
    values: Float32Array.from(places, (place) => matrix.values[entries[place]]),
    moments: places.map((place) => moments[place]),
  }
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const config = state.config as SessionKnnConfig
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const counts = opened.floats('counts', itemCount)
  const visits: Visits & Csr = {
    ...opened.csr((state.arrays.pointers?.length ?? 1) - 1, itemCount),
    moments: opened.integers('moments', state.arrays.columns?.length ?? 0),
  }
  const fromSource = counts.map((count) => Math.max(1, count) ** -config.sourceExponent)
  const toTarget = counts.map((count) => Math.max(1, count) ** -config.targetExponent)
  const postings = latestVisits(visits, config.sample)
  const similarities = new Float64Array(visits.rowCount)
  const met = new Int32Array(visits.rowCount)
  const nearest = createTopK(Math.min(config.neighbours, visits.rowCount))
  /** How recent each item of the question is: 0 not in it, else higher for later. */
  const recent = new Int32Array(itemCount)

  /** Fills `similarities` and lists in `met` who has any. */
  const meet = (items: Int32Array, strengths: Float32Array): number => {
    let count = 0
    items.forEach((item, at) => {
      for (let posting = postings.pointers[item]; posting < postings.pointers[item + 1]; posting++) {
        const visit = postings.visits[posting]
        const product = strengths[at] * fromSource[item] * visits.values[postings.places[posting]]
        if (product === 0) continue
        if (similarities[visit] === 0) met[count++] = visit
        similarities[visit] += product
      }
    })
    return count
  }

  const addVisit = (visit: number, similarity: number, scores: Float32Array) => {
    const [start, end] = [visits.pointers[visit], visits.pointers[visit + 1]]
    let shared = start
    for (let at = start; at < end; at++) if (recent[visits.columns[at]] > recent[visits.columns[shared]]) shared = at
    for (let at = start; at < end; at++) {
      const item = visits.columns[at]
      const apart = visits.moments[at] - visits.moments[shared]
      const near = apart < 0 ? config.backward * config.nearness ** -apart : config.nearness ** apart
      scores[item] += similarity * near * visits.values[at] * toTarget[item]
    }
  }

  return {
    itemCount,
    score: (query, scores) => {
      scores.set(prior)
      const { items, strengths } = latestOf(query, config)
      items.forEach((item, at) => (recent[item] = at + 1))
      const count = meet(items, strengths)
      for (let at = 0; at < count; at++) {
        const visit = met[at]
        similarities[visit] /= (visits.pointers[visit + 1] - visits.pointers[visit]) ** config.lengthExponent
        nearest.offer(visit, similarities[visit])
      }
      for (const visit of nearest.drain()) addVisit(visit, similarities[visit], scores)
      for (let at = 0; at < count; at++) similarities[met[at]] = 0
      for (const item of items) recent[item] = 0
    },
    serialise: () => state,
  }
}

function latestOf(query: Query, config: SessionKnnConfig): { items: Int32Array; strengths: Float32Array } {
  const since = momentsSince(query.ageDays, query.items.length)
  const strengths = queryStrengths(query, config).map((strength, at) => strength * config.decay ** since[at])
  return { items: query.items.slice(-config.historyLength), strengths: strengths.slice(-config.historyLength) }
}

/** For each item the latest `sample` visits with it, and where it stands in them. */
function latestVisits({ rowCount, columnCount, pointers, columns }: Csr, sample: number) {
  const starts = new Int32Array(columnCount + 1)
  for (const item of columns) starts[item + 1]++
  for (let item = 0; item < columnCount; item++) starts[item + 1] = starts[item] + Math.min(sample, starts[item + 1])
  const next = starts.slice()
  const places = new Int32Array(starts[columnCount])
  const visits = new Int32Array(starts[columnCount])
  for (let visit = 0; visit < rowCount; visit++) {
    for (let place = pointers[visit]; place < pointers[visit + 1]; place++) {
      const item = columns[place]
      if (next[item] === starts[item + 1]) continue
      places[next[item]] = place
      visits[next[item]++] = visit
    }
  }
  return { pointers: starts, places, visits }
}
