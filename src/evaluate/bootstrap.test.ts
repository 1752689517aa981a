import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { meanInterval, pairedDifference } from './bootstrap.ts'

describe('the bootstrap', () => {
  it('covers the true mean in about 95 of 100 samples', () => {
    const rng = createRng('coverage')
    let covered = 0
    for (let sample = 0; sample < 200; sample++) {
      const values = Float64Array.from({ length: 60 }, () => rng.normal() + 3)
      const { low, high } = meanInterval(values, { rounds: 200, rng })
      if (low <= 3 && 3 <= high) covered++
    }
    expect(covered).toBeGreaterThan(175)
    expect(covered).toBeLessThan(199)
  })

  it('pairs by row, so that a small steady gain shows through large differences between rows', () => {
    const rng = createRng('paired')
    const base = Float64Array.from({ length: 100 }, () => 10 * rng.normal())
    const better = base.map((value) => value + 0.1 + 0.01 * rng.normal())
    expect(pairedDifference(better, base, { rounds: 300, rng }).low).toBeGreaterThan(0.09)
    expect(meanInterval(better, { rounds: 300, rng }).low).toBeLessThan(meanInterval(base, { rounds: 300, rng }).high)
  })

  it('gives the same interval for the same seed, and zeros for no rows', () => {
    const values = [1, 2, 5, 9]
    const once = meanInterval(values, { rounds: 100, rng: createRng(1) })
    expect(meanInterval(values, { rounds: 100, rng: createRng(1) })).toEqual(once)
    expect(once.mean).toBe(4.25)
    expect(once.low).toBeLessThan(once.high)
    expect(meanInterval([], { rounds: 100, rng: createRng(1) })).toEqual({ mean: 0, low: 0, high: 0 })
  })
})
