import { describe, expect, it } from 'vitest'
import { gini, metricNames, metricsAt, primaryMetric } from './metrics.ts'

describe('metrics of one list', () => {
  it('agree with values worked out by hand', () => {
    const [precision, recall, gain, reciprocal, hit] = metricsAt(4, [9, 1, 8, 2], new Set([1, 2, 3]))
    expect(precision).toBe(2 / 4)
    expect(recall).toBe(2 / 3)
    expect(gain).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 1 / 2), 12)
    expect(reciprocal).toBe(1 / 2)
    expect(hit).toBe(1)
  })

  it('are all 1 for a perfect list that is as long as the truth', () => {
    expect(metricsAt(2, [5, 7], new Set([7, 5]))).toEqual([1, 1, 1, 1, 1])
  })

  it('are all 0 without a hit, and look no further than the cutoff', () => {
    expect(metricsAt(2, [1, 2, 3], new Set([3]))).toEqual([0, 0, 0, 0, 0])
  })

  it('divide by the cutoff even where the list is shorter', () => {
    expect(metricsAt(10, [1], new Set([1]))[0]).toBe(1 / 10)
  })

  it('are named by kind and cutoff, and compared on NDCG at the largest', () => {
    expect(metricNames([5, 20])).toEqual(['P@5', 'R@5', 'G@5', 'M@5', 'HR@5', 'P@20', 'R@20', 'G@20', 'M@20', 'HR@20'])
    expect(primaryMetric([20, 5])).toBe('G@20')
  })
})

describe('gini', () => {
  it('is 0 where all have the same and near 1 where one has everything', () => {
    expect(gini([3, 3, 3])).toBeCloseTo(0, 12)
    expect(gini([0, 0, 0, 8])).toBeCloseTo(3 / 4, 12)
    expect(gini([0, 0])).toBe(0)
  })
})
