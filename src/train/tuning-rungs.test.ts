import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewestFits, planRungs } from './tuning-rungs.ts'

const folds = { choosing: 4, confirming: 4 }

describe('a plan of rungs', () => {
  it('asks many settings one fold and half as many of them twice the folds, up to all', () => {
    expect(planRungs(60, folds, 256)).toEqual({
      rungs: [
        { count: 25, from: 0, to: 1 },
        { count: 13, from: 1, to: 2 },
        { count: 7, from: 2, to: 4 },
      ],
      fits: 60,
    })
  })

  it('draws no more settings than it is told, however large the budget', () => {
    expect(planRungs(10_000, folds, 9).rungs.map(({ count }) => count)).toEqual([9, 5, 3])
  })

  it('spends no more than its budget, carries two settings to the end, and asks every fold once', () => {
    const counts = fc.record({ choosing: fc.integer({ min: 1, max: 9 }), confirming: fc.integer({ min: 1, max: 5 }) })
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 300 }), (these, more) => {
        const { rungs, fits } = planRungs(fewestFits(these) + more, these, 256)
        expect(fits).toBeLessThanOrEqual(fewestFits(these) + more)
        expect(rungs.at(-1)?.count).toBeGreaterThanOrEqual(2)
        expect(rungs.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))).toEqual(
          Array.from({ length: these.choosing }, (_, at) => at),
        )
        expect(fits).toBe(rungs.reduce((sum, { count, from, to }) => sum + count * (to - from), 2 * these.confirming))
      }),
    )
  })
})
