import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { type Csr, csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions, type Interactions } from '../preprocess/interactions.ts'
import { content, type ContentConfig } from './content.ts'
import { mapped, ridgeMap } from './content-map.ts'
import type { Query } from './model.ts'
import { strangerQuery } from './query.ts'
import { decodeState, encodeState } from './state.ts'

const breathe = createBreathe()
const [kinds, perKind] = [3, 8]
/** Of every kind six items were met; two nobody has met. The kinds go round: item i is of kind i mod 3. */
const itemCount = kinds * perKind
const cold = (kind: number) => [18 + kind, 21 + kind]
/** Tokens: two of each kind, one of which only half of its items have, one of everything sold by the shop itself. */
const tokens = 2 * kinds

function describedItems(): Csr {
  const entries = Array.from({ length: itemCount }, (_, item) => {
    const kind = item % kinds
    return item % 2 === 0
      ? [[item, kind, 1]]
      : [
          [item, kind, 0.6],
          [item, kinds + kind, 0.8],
        ]
  }).flat()
  const column = (at: number) => entries.map((entry) => entry[at])
  return csrFromTriples(itemCount, tokens, column(0), column(1), column(2))
}

/** Who likes kind 0 likes kind 1; nobody who does likes kind 2. */
function shop(described: Csr | null = describedItems()): Interactions {
  const rng = createRng('cold')
  const entries: [number, number][] = []
  for (let row = 0; row < 60; row++) {
    for (let item = 0; item < 18; item++) {
      const likes = row % 2 === 0 ? item % kinds < 2 : item % kinds === 2
      if (likes && rng.next() < 0.7) entries.push([row, item])
    }
  }
  const matrix = csrFromTriples(
    60,
    itemCount,
    entries.map(([row]) => row),
    entries.map(([, item]) => item),
    entries.map(() => 1),
  )
  return { ...bareInteractions(matrix), content: described }
}

async function learnt(data: Interactions, config: Partial<ContentConfig> = {}) {
  const fitted = await content.fit(
    data,
    { ...content.defaults, factors: 3, ridge: 0.1, ...config },
    { rng: createRng(1), breathe, progress: () => undefined, epoch: () => undefined },
  )
  const scoresOf = (query: Query) => {
    const scores = new Float32Array(itemCount)
    fitted.score(query, scores)
    expect(scores.every(Number.isFinite)).toBe(true)
    return scores
  }
  return { fitted, scoresOf }
}

function having(...items: number[]): Query {
  const weights = new Float32Array(items.length).fill(1)
  return { items: Int32Array.from(items), weights, ageDays: null, features: null }
}

describe('items nobody has met', () => {
  it('stand above others where they are like what the shopper has', async () => {
    const { scoresOf } = await learnt(shop())
    for (let kind = 0; kind < kinds; kind++) {
      const scores = scoresOf(having(kind, kind + 3))
      for (const alike of cold(kind)) {
        for (const other of cold((kind + 1) % kinds)) expect(scores[alike]).toBeGreaterThan(scores[other])
      }
    }
  })

  it('stand above others where those who share the taste like their kind, though nothing is alike', async () => {
    const tastes = await learnt(shop())
    const likeness = await learnt(shop(), { mapWeight: 0, priorWeight: 0 })
    for (const [of, { scoresOf }] of Object.entries({ tastes, likeness })) {
      const scores = scoresOf(having(0, 3, 6))
      const gap = Math.min(...cold(1).map((item) => scores[item])) - Math.max(...cold(2).map((item) => scores[item]))
      if (of === 'tastes') expect(gap).toBeGreaterThan(0.1)
      else expect(gap).toBeLessThanOrEqual(1e-6)
    }
  })

  it('may be what a shopper has: a taste all of new items is a taste', async () => {
    const { scoresOf } = await learnt(shop())
    const scores = scoresOf(having(...cold(2)))
    expect(Math.min(scores[2], scores[5], scores[8])).toBeGreaterThan(Math.max(scores[0], scores[1], scores[3]))
  })

  it('are told apart by the sort that sells, for a stranger too', async () => {
    // One token more, of a third of the items: of those that were met all have it, of the others one.
    const base = describedItems()
    const rows = Array.from(base.columns, (_, at) => base.pointers.findIndex((end) => end > at) - 1)
    const sells = [...Array(18).keys(), 20]
    const described = csrFromTriples(
      itemCount,
      tokens + 1,
      [...rows, ...sells],
      [...base.columns, ...sells.map(() => tokens)],
      [...base.values, ...sells.map(() => 0.1)],
    )
    const { scoresOf } = await learnt(shop(described), { priorRidge: 1 })
    const scores = scoresOf(strangerQuery)
    expect(scores[20]).toBeGreaterThan(Math.max(...[18, 19, 21, 22, 23].map((item) => scores[item])))
    expect(scores[0]).toBeGreaterThan(scores[20])
  })

  it('of which the catalogue says nothing get a score all the same', async () => {
    const { values, columns, pointers } = describedItems()
    const shorter = pointers.map((end) => Math.min(end, pointers[20]))
    const described = {
      rowCount: itemCount,
      columnCount: tokens,
      pointers: shorter,
      columns: columns.slice(0, pointers[20]),
      values: values.slice(0, pointers[20]),
    }
    const { scoresOf } = await learnt(shop(described))
    const scores = scoresOf(having(0, 3))
    expect(scores[18]).toBeGreaterThan(scores[21])
    scoresOf(having(23))
  })

  it('are scored the same after a trip through bytes', async () => {
    const { fitted, scoresOf } = await learnt(shop())
    const scores = new Float32Array(itemCount)
    content.load(decodeState(encodeState(fitted.serialise()))).score(having(0, 4), scores)
    expect(scores).toEqual(scoresOf(having(0, 4)))
  })
})

it('finds the map that solves the normal equations', async () => {
  const described = describedItems()
  const rng = createRng('map')
  const [width, ridge] = [2, 0.5]
  const targets = Float32Array.from({ length: itemCount * width }, () => rng.normal())
  const options = { width, ridge, breathe }
  const map = await ridgeMap(described, targets, options)
  const fit = await mapped(described, map, options)
  // Fᵀ(F·C − Y) + ridge·C = 0
  const gradient = Float64Array.from(map, (value) => ridge * value)
  for (let item = 0; item < itemCount; item++) {
    for (let at = described.pointers[item]; at < described.pointers[item + 1]; at++) {
      for (let column = 0; column < width; column++) {
        const error = fit[item * width + column] - targets[item * width + column]
        gradient[described.columns[at] * width + column] += described.values[at] * error
      }
    }
  }
  expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-3)
  expect(Math.max(...map.map(Math.abs))).toBeGreaterThan(0.1)
})

it('hears only what came last where everything before it fades at once', async () => {
  const asked = { ...having(0, 2), ageDays: Float32Array.of(2 / 86_400, 1 / 86_400) }
  const orderOf = (scores: Float32Array) =>
    [...scores.keys()].filter((item) => item !== 0 && item !== 2).sort((a, b) => scores[b] - scores[a] || a - b)
  const { scoresOf } = await learnt(shop(), { mapWeight: 0, priorWeight: 0, decay: 0 })
  const latest = scoresOf({ ...having(2), ageDays: Float32Array.of(1 / 86_400) })
  expect(orderOf(scoresOf(asked))).toEqual(orderOf(latest))
  const { scoresOf: all } = await learnt(shop(), { mapWeight: 0, priorWeight: 0 })
  expect(orderOf(all(asked))).not.toEqual(orderOf(latest))
})
