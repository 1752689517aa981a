import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import { basketsOfRow, stackBaskets } from '../preprocess/baskets.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { rowQuery } from './row-query.ts'
import { tifuKnn } from './tifu-knn.ts'

const run = { rng: createRng('t'), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }

describe('tifu-knn', () => {
  it('is the published sum, worked out by hand', async () => {
    // One took item 0, then 0 and 1, then 1; the other item 2 twice.
    const baskets = stackBaskets([
      [
        { items: [0], ageDays: 9 },
        { items: [0, 1], ageDays: 4 },
        { items: [1], ageDays: 0 },
      ],
      [
        { items: [2], ageDays: 3 },
        { items: [2], ageDays: 0 },
      ],
    ])
    const matrix = csrFromTriples(2, 3, [0, 0, 1], [0, 1, 2], [1, 1, 1])
    const data = { ...bareInteractions(matrix), baskets }
    const config = { neighbours: 2, groupSize: 2, withinDecay: 0.5, groupDecay: 0.25, ownShare: 0.75 }
    const fitted = await tifuKnn.fit(data, config, run)
    const scores = new Float32Array(3)
    fitted.score(rowQuery(data, 0), scores)
    // Groups from the latest back: {b2, b3} weigh (.5, 1)/2 each, {b1} alone 1·.25; the mean of the two groups.
    const one = [(0.25 + 0.25) / 2, (0.25 + 0.5) / 2, 0]
    const other = [0, 0, (0.5 + 1) / 2]
    one.forEach((value, item) => {
      expect(scores[item]).toBeCloseTo(0.75 * value + 0.25 * ((value + other[item]) / 2), 6)
    })
    expect(basketsOfRow(baskets, 0).items).toHaveLength(4)
  })

  it('asks the nearest by distance, who may share nothing and have taken little', async () => {
    // Far: much of what is asked about and much else. Near: one small thing.
    const lists = [[{ items: [0, 1, 2, 3, 4, 5], ageDays: 0 }], [{ items: [6], ageDays: 0 }]]
    const rows = [0, 0, 0, 0, 0, 0, 1]
    const matrix = csrFromTriples(2, 8, rows, [0, 1, 2, 3, 4, 5, 6], new Float32Array(7).fill(1))
    const data = { ...bareInteractions(matrix), baskets: stackBaskets(lists) }
    const fitted = await tifuKnn.fit(data, { ...tifuKnn.defaults, neighbours: 1 }, run)
    const scores = new Float32Array(8)
    fitted.score(
      {
        ...rowQuery(data, 0),
        items: Int32Array.of(0),
        baskets: basketsOfRow(stackBaskets([[{ items: [0], ageDays: 0 }]]), 0),
      },
      scores,
    )
    // ‖(1) − far‖² = 5, ‖(1) − near‖² = 2.
    expect(scores[6]).toBeGreaterThan(0.5)
    expect(scores[1]).toBeLessThan(0.01)
  })
})
