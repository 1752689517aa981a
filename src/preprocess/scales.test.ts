import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { applyScales, fitScales, quantile } from './scales.ts'

describe('robust scales', () => {
  it('bring a normal column to mean 0 and deviation 1, whatever a few outliers say', () => {
    const rng = createRng('scales')
    const values = Float32Array.from({ length: 4000 }, (_, row) => (row < 40 ? 1e9 : 7 + 3 * rng.normal()))
    const [scale] = fitScales(['x'], values)
    expect(scale.centre).toBeCloseTo(7, 0)
    expect(scale.spread).toBeGreaterThan(2.7)
    expect(scale.spread).toBeLessThan(3.3)
    const [high, low, middle] = applyScales([scale], Float32Array.of(1e9, -1e9, scale.centre))
    expect([high, low]).toEqual([4, -4])
    expect(middle).toBeCloseTo(0)
  })

  it('treat columns apart and put what is absent at the centre', () => {
    const values = Float32Array.of(1, 100, 2, Number.NaN, 3, 300)
    const scales = fitScales(['a', 'b'], values)
    expect(scales.map(({ centre }) => centre)).toEqual([2, 200])
    expect(applyScales(scales, values)[3]).toBe(0)
  })

  it('leave a constant or empty column finite', () => {
    const scales = fitScales(['constant', 'absent'], Float32Array.of(5, Number.NaN, 5, Number.NaN))
    expect(scales.map(({ spread }) => spread)).toEqual([1, 1])
    expect(applyScales(scales, Float32Array.of(6, Number.POSITIVE_INFINITY))).toEqual(Float32Array.of(1, 4))
  })

  it('take quantiles between neighbours', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
    expect(quantile([7], 0.9)).toBe(7)
  })
})
