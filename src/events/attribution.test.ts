import { describe, expect, it } from 'vitest'
import { minuteMs } from '../base/clock.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import { type Act, attribute, createAttribution } from './attribution.ts'

const shown = (queryId: string, minute: number, items: readonly string[], userId: string | null = 'ann'): Exposure => ({
  queryId: queryId as QueryId,
  catalogue: 'shop' as CatalogueId,
  timeMs: minute * minuteMs,
  userId: userId as UserId | null,
  surface: 'recommended-for-you',
  generation: null,
  arm: null,
  items: items.map((itemId) => ({ itemId: itemId as ItemId, score: 0, propensity: 1 })),
})
const act = (minute: number, itemId: string | null, queryId: string | null = null, userId = 'ann'): Act => ({
  catalogue: 'shop' as CatalogueId,
  userId: userId as UserId,
  itemId: itemId as ItemId | null,
  queryId: queryId as QueryId | null,
  timeMs: minute * minuteMs,
})
const told = (acts: readonly Act[], exposures: readonly Exposure[]) =>
  attribute(acts, exposures).map((found) => found && [found.exposure.queryId, found.position, found.by])

// Handed in out of order, as a store may.
const exposures = [shown('q2', 10, ['b', 'a']), shown('q1', 0, ['a', 'b', 'c']), shown('q3', 20, ['a'], 'bob')]

describe('an act', () => {
  it('belongs to the answer it names, wherever else the item was seen, and however late', () => {
    expect(told([act(500, 'c', 'q1'), act(11, 'a', 'q1')], exposures)).toEqual([
      ['q1', 3, 'query-id'],
      ['q1', 1, 'query-id'],
    ])
  })

  it('that names an answer without the item has no place in it', () => {
    expect(told([act(1, 'z', 'q1')], exposures)).toEqual([['q1', null, 'query-id']])
  })

  it('that names none, or one we do not know, belongs to the last one that showed the item to this shopper', () => {
    expect(told([act(9, 'a'), act(10, 'a'), act(25, 'a', 'unknown')], exposures)).toEqual([
      ['q1', 1, 'last-seen'],
      ['q2', 2, 'last-seen'],
      ['q2', 2, 'last-seen'],
    ])
  })

  it('belongs to none that came later, showed something else, was too long ago, or was another’s', () => {
    const acts = [act(-1, 'a'), act(5, 'z'), act(41, 'a'), act(21, 'c', null, 'bob'), act(5, null)]
    expect(told(acts, exposures)).toEqual([null, null, null, null, null])
    expect(told([act(30, 'c')], exposures)).toEqual([['q1', 3, 'last-seen']])
  })

  it('is never an answer to what a nameless shopper saw, nor to another catalogue', () => {
    expect(told([act(1, 'a')], [shown('q', 0, ['a'], null)])).toEqual([null])
    expect(told([{ ...act(1, 'a'), catalogue: 'other' as CatalogueId }], exposures)).toEqual([null])
  })
})

describe('a desk that lives on', () => {
  it('lets the oldest exposures go, by name and by sight', () => {
    const desk = createAttribution({ mostExposures: 2 })
    for (const [at, queryId] of ['q1', 'q2', 'q3'].entries()) desk.show(shown(queryId, at, ['a']))
    expect(desk.attribute(act(3, 'a', 'q1'))?.exposure.queryId).toBe('q3')
    expect(desk.attribute(act(0, 'a'))).toBeNull()
    expect(desk.attribute(act(1, 'a'))?.exposure.queryId).toBe('q2')
  })

  it('forgets a shopper', () => {
    const desk = createAttribution()
    desk.show(shown('q1', 0, ['a']))
    desk.show(shown('q2', 0, ['a'], 'bob'))
    desk.forget('ann' as UserId)
    expect([desk.attribute(act(1, 'a')), desk.attribute(act(1, 'a', 'q1'))]).toEqual([null, null])
    expect(desk.attribute(act(1, 'a', null, 'bob'))?.exposure.queryId).toBe('q2')
  })
})
