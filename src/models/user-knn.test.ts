import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { userKnn, type UserKnnConfig } from './user-knn.ts'

const run = { rng: createRng(1), breathe: () => undefined, progress: () => undefined, epoch: () => undefined }

const [shoppers, items] = [30, 20]

function random() {
  const rng = createRng('user-knn')
  const at = Array.from({ length: shoppers * items }, (_, cell) => cell).filter(() => rng.next() < 0.3)
  const [rows, columns] = [at.map((cell) => Math.floor(cell / items)), at.map((cell) => cell % items)]
  const strengths = at.map(() => 1 + rng.int(4))
  return bareInteractions(csrFromTriples(shoppers, items, rows, columns, strengths))
}

function slow(dense: number[][], query: number[], { neighbours, shrinkage }: UserKnnConfig): number[] {
  const norm = (row: number[]) => Math.hypot(...row)
  const near = dense
    .map((row) => ({
      row,
      similarity:
        row.reduce((sum, value, item) => sum + value * query[item], 0) / (norm(row) * norm(query) + shrinkage),
    }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, neighbours)
  return query.map((_, item) => near.reduce((sum, { row, similarity }) => sum + similarity * row[item], 0))
}

it.each([true, false])(
  'adds up what the nearest shoppers have, as near as they are (binarise %s)',
  async (binarise) => {
    const data = random()
    const config = { ...userKnn.defaults, binarise, neighbours: 7, shrinkage: 2 }
    const fitted = await userKnn.fit(data, config, run)
    const dense = Array.from({ length: shoppers }, (_, row) => {
      const values = new Array<number>(items).fill(0)
      for (let at = data.matrix.pointers[row]; at < data.matrix.pointers[row + 1]; at++) {
        values[data.matrix.columns[at]] = binarise ? 1 : data.matrix.values[at]
      }
      return values
    })
    const scores = new Float32Array(items)
    for (const asked of [[0, 3, 11], [5], [2, 4, 7, 9, 13, 19]]) {
      const weights = Float32Array.from(asked, (_, at) => 1 + (at % 3))
      fitted.score({ items: Int32Array.from(asked), weights, ageDays: null, features: null }, scores)
      const query = new Array<number>(items).fill(0)
      asked.forEach((item, at) => (query[item] = binarise ? 1 : weights[at]))
      slow(dense, query, config).forEach((score, item) => expect(scores[item]).toBeCloseTo(score, 5))
    }
  },
)

it('counts a shopper once, and one with nothing left of a history not at all', async () => {
  const fitted = await userKnn.fit(random(), userKnn.defaults, run)
  const [scores, stranger] = [new Float32Array(items), new Float32Array(items)]
  const old = Float32Array.of(1e9, 1e9, 1e9)
  fitted.score(
    { items: Int32Array.of(0, 3, 11), weights: Float32Array.of(1, 1, 1), ageDays: old, features: null },
    scores,
  )
  fitted.score({ items: new Int32Array(0), weights: new Float32Array(0), ageDays: null, features: null }, stranger)
  expect(scores).toEqual(stranger)
})
