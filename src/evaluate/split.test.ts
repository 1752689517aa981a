import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { holdOutRandom } from './split.ts'

const table = fc.array(fc.tuple(fc.nat(7), fc.nat(11)), { maxLength: 60 }).map((pairs) =>
  bareInteractions(
    csrFromTriples(
      8,
      12,
      pairs.map(([row]) => row),
      pairs.map(([, item]) => item),
      pairs.map(() => 1),
    ),
  ),
)

const cells = ({ rowCount, pointers, columns }: { rowCount: number; pointers: Int32Array; columns: Int32Array }) =>
  Array.from({ length: rowCount }, (_, row) => [...columns.subarray(pointers[row], pointers[row + 1])])

describe('a random hold-out', () => {
  it('puts each entry on exactly one side and leaves every row something to learn from', () => {
    fc.assert(
      fc.property(table, fc.double({ min: 0, max: 1, noNaN: true }), fc.string(), (interactions, fraction, seed) => {
        const split = holdOutRandom(interactions, fraction, createRng(seed))
        const [train, truth] = [cells(split.train.matrix), cells(split.truth)]
        cells(interactions.matrix).forEach((row, at) => {
          expect([...train[at], ...truth[at]].sort((a, b) => a - b)).toEqual(row)
          if (row.length > 0) expect(train[at].length).toBeGreaterThan(0)
        })
        expect([...split.rows]).toEqual(truth.flatMap((row, at) => (row.length > 0 ? [at] : [])))
      }),
    )
  })

  it('hides about the asked share, also where rows are too short for a whole one', () => {
    const rows = 2000
    const pairs = Array.from({ length: rows * 3 }, (_, at) => at)
    const matrix = csrFromTriples(
      rows,
      3,
      pairs.map((at) => Math.floor(at / 3)),
      pairs.map((at) => at % 3),
      pairs.map(() => 1),
    )
    const split = holdOutRandom(bareInteractions(matrix), 0.2, createRng('share'))
    expect(split.truth.columns.length / pairs.length).toBeCloseTo(0.2, 1)
  })

  it('hides exactly perRow entries of each row that is longer', () => {
    const matrix = csrFromTriples(2, 3, [0, 0, 0, 1], [0, 1, 2, 1], [1, 1, 1, 1])
    const split = holdOutRandom(bareInteractions(matrix), 0, createRng(3), { perRow: 1 })
    expect(cells(split.truth).map((row) => row.length)).toEqual([1, 0])
  })

  it('gives the same split for the same seed and another for another', () => {
    const all = Array.from({ length: 200 }, (_, at) => at)
    const matrix = csrFromTriples(
      10,
      20,
      all.map((at) => at % 10),
      all.map((at) => Math.floor(at / 10)),
      all.map(() => 1),
    )
    const hidden = (seed: string) => [...holdOutRandom(bareInteractions(matrix), 0.3, createRng(seed)).truth.columns]
    expect(hidden('a')).toEqual(hidden('a'))
    expect(hidden('a')).not.toEqual(hidden('b'))
  })
})
