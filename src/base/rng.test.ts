import { describe, expect, it } from 'vitest'
import { createRng } from './rng.ts'

describe('rng', () => {
  it('repeats itself for the same seed and differs for another', () => {
    const draw = (seed: string) => {
      const rng = createRng(seed)
      return Array.from({ length: 5 }, () => rng.next())
    }
    expect(draw('a')).toEqual(draw('a'))
    expect(draw('a')).not.toEqual(draw('b'))
  })

  it('forks streams that do not move the parent', () => {
    const parent = createRng(1)
    parent.fork('x').next()
    expect(parent.next()).toBe(createRng(1).next())
  })

  it('is uniform, normal and weighted as it says', () => {
    const rng = createRng('moments')
    const count = 50_000
    let sum = 0
    let square = 0
    let heavy = 0
    const buckets = new Float64Array(10)
    for (let round = 0; round < count; round++) {
      const value = rng.normal()
      sum += value
      square += value * value
      buckets[rng.int(10)]++
      heavy += rng.weighted([1, 0, 3]) === 2 ? 1 : 0
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.02)
    expect(Math.abs(square / count - 1)).toBeLessThan(0.03)
    expect(heavy / count).toBeCloseTo(0.75, 1)
    for (const bucket of buckets) expect(bucket / count).toBeCloseTo(0.1, 1)
  })

  it('draws indices below the bound, each about as often', () => {
    const rng = createRng('index')
    const counts = new Int32Array(7)
    for (let round = 0; round < 70_000; round++) counts[rng.index(7)]++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})
