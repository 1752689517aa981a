import { describe, expect, it } from 'vitest'
import type { ItemId, QueryId } from '../domain/ids.ts'
import { createQueryFeedback, queryKey } from './query-feedback.ts'

const answer = (queryId: string, query: string, ids: readonly string[], offset = 0) => ({
  queryId: queryId as QueryId,
  query,
  offset,
  items: ids.map((id) => ({ itemId: id as ItemId, score: 1, propensity: 1 })),
})
const did = (queryId: string, itemId: string, type: 'click' | 'purchase' | 'view') => ({
  queryId: queryId as QueryId,
  itemId: itemId as ItemId,
  type,
})
const seen = [1, 0.5]

/** Ten answers to "red boots" with a above b; b is clicked every other time. */
function told() {
  const feedback = createQueryFeedback(seen)
  for (let at = 0; at < 10; at++) {
    feedback.show(answer(`q${at}`, 'red boots', ['a', 'b']))
    if (at % 2 === 0) feedback.remember(did(`q${at}`, 'b', 'click'))
  }
  return feedback
}

describe('what was taken after a query', () => {
  it('speaks for a product from the next search on, however the query is typed', () => {
    const feedback = told()
    const value = feedback.of('Boots, RED')
    expect(value('b' as ItemId)).toBeGreaterThan(0)
    expect(value('a' as ItemId)).toBeLessThan(0)
    expect(feedback.of('red shoes')('b' as ItemId)).toBe(0)
    expect(value('unseen' as ItemId)).toBe(0)
    feedback.show(answer('late', 'red boots', ['a', 'b']))
    const before = value('a' as ItemId)
    feedback.remember(did('late', 'a', 'purchase'))
    expect(value('a' as ItemId)).toBeGreaterThan(before)
  })

  it('counts the best act of each product once an answer, and only those that name an answer that held it', () => {
    const [once, often] = [told(), told()]
    for (const feedback of [once, often]) {
      feedback.show(answer('last', 'red boots', ['a', 'b']))
      feedback.remember(did('last', 'a', 'purchase'))
    }
    for (const type of ['view', 'click', 'purchase'] as const) often.remember(did('last', 'a', type))
    often.remember(did('last', 'elsewhere', 'purchase'))
    often.remember(did('unknown', 'a', 'purchase'))
    expect(often.keep(100)).toEqual(once.keep(100))
  })

  it('holds it against a product less where it stood where few look', () => {
    const feedback = createQueryFeedback([1, 0.1])
    for (let at = 0; at < 20; at++) feedback.show(answer(`q${at}`, 'tent', ['above', 'below', 'third'], 0))
    feedback.remember(did('q1', 'third', 'click'))
    const value = feedback.of('tent')
    expect(value('below' as ItemId)).toBeGreaterThan(value('above' as ItemId))
    const deeper = createQueryFeedback([1, 0.1])
    deeper.show(answer('q', 'tent', ['x', 'y'], 24))
    expect(deeper.keep(9)).toEqual([
      [
        'tent',
        [
          ['x', 0.1, 0],
          ['y', 0.1, 0],
        ],
      ],
    ])
  })

  it('is the same after it was kept', () => {
    const feedback = told()
    const again = createQueryFeedback(seen, feedback.keep(100))
    for (const id of ['a', 'b']) {
      expect(again.of('red boots')(id as ItemId)).toBeCloseTo(feedback.of('red boots')(id as ItemId), 6)
    }
    expect(feedback.keep(1)).toEqual([[queryKey('red boots'), [['b', 5, 5]]]])
  })
})
