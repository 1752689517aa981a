import { describe, expect, it } from 'vitest'
import { csrFromTriples } from '../kernels/csr.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { createTally } from './tally.ts'

/** Items 0 and 1 are had by three and two of three rows, items 2 and 3 by one and none; row 2 is asked for item 3. */
const matrix = csrFromTriples(3, 4, [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 2], [1, 1, 1, 1, 1, 1])
const train = bareInteractions(matrix)
const split = { train, asked: train, truth: csrFromTriples(3, 4, [2], [3], [1]), rows: Int32Array.of(2) }

function outcomeOf(list: readonly number[], kinds?: readonly Int32Array[]) {
  const tally = createTally(split, split.rows, [1, 2], kinds)
  tally.add(Int32Array.from(list))
  return tally.outcome()
}

describe('a tally of lists', () => {
  it('says how much more popular they are than what their shoppers have', () => {
    // Row 2 has items that 3 and 1 others hold, 2 in the mean.
    expect(outcomeOf([0, 1]).popularityLift).toBeCloseTo(2.5 / 2 - 1, 12)
    expect(outcomeOf([0, 2]).popularityLift).toBeCloseTo(0, 12)
    expect(outcomeOf([3, 2]).popularityLift).toBeCloseTo(-0.75, 12)
  })

  it('says how right, how far spread and how surprising they are', () => {
    const { metrics, perRow, coverage, novelty } = outcomeOf([1, 3])
    expect([metrics['HR@1'], metrics['HR@2'], perRow['M@2'][0], coverage]).toEqual([0, 1, 0.5, 0.5])
    expect(novelty).toBeCloseTo(-(Math.log2(3 / 4) + Math.log2(1 / 4)) / 2, 12)
  })

  it('tells diversity only where kinds are known', () => {
    expect(outcomeOf([1, 3]).diversity).toBeNull()
    const kinds = [0, 0, 1, 1].map((kind) => Int32Array.of(kind))
    expect(outcomeOf([1, 3], kinds).diversity).toBe(1)
    expect(outcomeOf([0, 1], kinds).diversity).toBe(0)
  })
})
