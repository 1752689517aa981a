import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { holdOutRandom } from '../evaluate/split.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { foldsOf, partsOf } from './tuning-folds.ts'

const counts = { choosing: 2, confirming: 1 }

/** Entry k of a row of n is n − k days old; rows of 1 to 5. */
function sequences(rowCount: number): Interactions {
  const rng = createRng('sequences')
  const rows: number[] = []
  const columns: number[] = []
  const ages: number[] = []
  for (let row = 0; row < rowCount; row++) {
    const length = 1 + (row % 5)
    const items = rng
      .shuffle(Int32Array.from({ length: 40 }, (_, item) => item))
      .slice(0, length)
      .sort()
    items.forEach((item) => {
      rows.push(row)
      columns.push(item)
      ages.push(1 + rng.int(1000))
    })
  }
  const matrix = csrFromTriples(rowCount, 40, rows, columns, new Float32Array(rows.length).fill(1))
  return { ...bareInteractions(matrix), ageDays: Float32Array.from(ages) }
}

const entries = ({ pointers, columns }: Interactions['matrix'], row: number) => [
  ...columns.subarray(pointers[row], pointers[row + 1]),
]

describe('folds of one table', () => {
  it('hide a fifth of the entries at random, others each time, the same for the same number', () => {
    const data = sequences(400)
    const folds = foldsOf(data, 'at random', counts, 's')
    const [first, second] = [folds.at(0).split, folds.at(1).split]
    const share = first.truth.columns.length / data.matrix.columns.length
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.25)
    expect(second.truth).not.toEqual(first.truth)
    expect(folds.at(0).split).toEqual(first)
  })

  it('hide the latest entry of a row, of other rows each time where there are enough', () => {
    const data = sequences(7500)
    const folds = foldsOf(data, 'latest', counts, 's')
    const asked = [0, 1, 2].map((index) => folds.at(index).split)
    for (const { train, truth, rows } of asked) {
      for (const row of rows) {
        const all = entries(data.matrix, row)
        const ages = all.map((_, at) => data.ageDays?.[data.matrix.pointers[row] + at] ?? 0)
        const [hidden, ...more] = entries(truth, row)
        expect(more).toEqual([])
        expect(ages[all.indexOf(hidden)]).toBe(Math.min(...ages))
        expect([...entries(train.matrix, row), hidden].sort((a, b) => a - b)).toEqual(all)
      }
    }
    const rows = asked.flatMap((split) => [...split.rows])
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows.length).toBe(6000)
  })

  it('ask all rows in every fold where there are few', () => {
    const folds = foldsOf(sequences(100), 'latest', counts, 's')
    expect([0, 1, 2].map((index) => folds.at(index).split.rows.length)).toEqual([80, 80, 80])
  })
})

describe('a fold that is given', () => {
  it('is dealt out, so that every row is asked in one part', () => {
    const split = holdOutRandom(sequences(300), 0.3, createRng('given'))
    const folds = partsOf(split, counts, 's')
    const parts = [0, 1, 2].map((index) => folds.at(index).split)
    for (const part of parts) expect([part.train, part.truth]).toEqual([split.train, split.truth])
    expect(parts.map(({ rows }) => Math.round(rows.length / 10))).toEqual(
      Array.from({ length: 3 }, () => Math.round(split.rows.length / 30)),
    )
    expect(parts.flatMap(({ rows }) => [...rows]).sort((a, b) => a - b)).toEqual([...split.rows])
  })
})
