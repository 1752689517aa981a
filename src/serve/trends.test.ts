import { describe, expect, it } from 'vitest'
import { dayMs, hourMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import type { ItemId } from '../domain/ids.ts'
import { createTrends } from './trends.ts'

const { weights } = defaultConfig().preprocess
const id = (text: string) => text as ItemId
const start = Date.UTC(2026, 0, 1)

/** `perDay` views of an item spread over the days from `from` until `until`. */
function views(trends: ReturnType<typeof createTrends>, itemId: string, perDay: number, from: number, until: number) {
  const gapMs = dayMs / perDay
  for (let timeMs = start + from * dayMs; timeMs < start + until * dayMs; timeMs += gapMs) {
    trends.remember({ type: 'view', itemId: id(itemId), timeMs })
  }
}

describe('trends', () => {
  it('puts what rises against its own past before what was always in demand', () => {
    const trends = createTrends(24, weights)
    views(trends, 'evergreen', 20, 0, 60)
    views(trends, 'riser', 1, 0, 58)
    views(trends, 'riser', 18, 58, 60)
    const now = start + 60 * dayMs
    expect(trends.top('trend', now, 2).map((each) => each.itemId)).toEqual(['riser', 'evergreen'])
    expect(trends.top('popularity', now, 2).map((each) => each.itemId)).toEqual(['evergreen', 'riser'])
  })

  it('gives a steady item a lift of one, however young the log', () => {
    for (const days of [1, 5, 200]) {
      const trends = createTrends(24, weights)
      views(trends, 'steady', 48, 0, days)
      const now = start + days * dayMs
      const [{ value: trend }] = trends.top('trend', now, 1)
      const recent = (48 / 24) * 24 * Math.LOG2E * (1 - 2 ** -days)
      expect(trend / recent).toBeGreaterThan(0.95)
      expect(trend / recent).toBeLessThan(1.05)
    }
  })

  it('fades: what was in demand long ago falls behind, and a half-life halves', () => {
    const trends = createTrends(24, weights)
    views(trends, 'old', 40, 0, 10)
    views(trends, 'new', 10, 27, 30)
    const now = start + 30 * dayMs
    expect(trends.top('trend', now, 1)[0].itemId).toBe('new')
    const value = (timeMs: number) => trends.top('popularity', timeMs, 1)[0].value
    expect(value(now + 8 * 24 * hourMs) / value(now)).toBeCloseTo(0.5, 9)
  })

  it('stays exact over years, in whatever order events come in', () => {
    const ordered = createTrends(1, weights)
    const shuffled = createTrends(1, weights)
    const days = [0, 400, 400.01, 900, 1500, 1500.02]
    for (const day of days) ordered.remember({ type: 'view', itemId: id('a'), timeMs: start + day * dayMs })
    for (const day of days.toReversed())
      shuffled.remember({ type: 'view', itemId: id('a'), timeMs: start + day * dayMs })
    const now = start + 1500.1 * dayMs
    const [one] = ordered.top('popularity', now, 1)
    expect(one.value).toBeGreaterThan(1)
    expect(shuffled.top('popularity', now, 1)[0].value).toBeCloseTo(one.value, 9)
  })

  it('takes returns back, ignores searches, and shows only what is accepted', () => {
    const trends = createTrends(24, weights)
    trends.remember({ type: 'purchase', itemId: id('kept'), timeMs: start })
    trends.remember({ type: 'purchase', itemId: id('returned'), timeMs: start })
    trends.remember({ type: 'return', itemId: id('returned'), timeMs: start })
    trends.remember({ type: 'search', itemId: null, timeMs: start })
    expect(trends.top('trend', start, 9).map((each) => each.itemId)).toEqual(['kept'])
    expect(trends.top('trend', start, 9, { accept: () => false })).toEqual([])
    expect(trends.top('trend', start, 9, { among: [id('returned'), id('unheard of')] })).toEqual([])
    expect(createTrends(24, weights).top('trend', start, 9)).toEqual([])
  })
})
