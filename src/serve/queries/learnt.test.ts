/** What is learnt from a log of searches: popular ones, what is typed instead, which categories are wanted. */
import { describe, expect, it } from 'vitest'
import { createBreathe } from '../../base/breathe.ts'
import { hourMs, minuteMs } from '../../base/clock.ts'
import { readConfig } from '../../base/config.ts'
import type { CatalogueId, ItemId, UserId } from '../../domain/ids.ts'
import { readItem } from '../../domain/item.ts'
import { learnIntents } from './intents.ts'
import { popularQueries } from './popular-queries.ts'
import { createQueryLog } from './query-log.ts'
import { createQueryWords, isPresentable } from './query-text.ts'
import { learnRewrites } from './rewrites.ts'

const words = createQueryWords(['en'])
const breathe = createBreathe()
/** Each shopper's searches in a row, a minute apart; "query>item" took the item. */
function logOf(visits: readonly (readonly string[])[]) {
  const log = createQueryLog({ weights: readConfig({}).preprocess.weights })
  visits.forEach((visit, shopper) => {
    const userId = `u${shopper}` as UserId
    visit.forEach((step, at) => {
      const [query, itemId] = step.split('>')
      const timeMs = hourMs + at * minuteMs
      log.searched({ userId, query, timeMs, queryId: null })
      if (itemId !== undefined) {
        log.acted({ userId, type: 'click', itemId: itemId as ItemId, timeMs: timeMs + 1_000, queryId: null })
      }
    })
  })
  return log
}
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value)
const others = ['lamp>l', 'desk>d', 'chair>c', 'rug>r', 'mug>m', 'tent>t'].map((step) => [step])

describe('popular searches', () => {
  it('are those of enough different shoppers, however they write them, as most write them', async () => {
    const log = logOf([
      ['running shoes'],
      ['Running shoe'],
      ['running  shoes'],
      ['head phones', 'headphones'],
      ['headphones'],
      ['head-phones'],
      ['only ann', 'lamp', 'only ann', 'desk', 'only ann'],
    ])
    expect(await popularQueries(log, words, 3, breathe)).toEqual([
      { text: 'headphones', shoppers: 3 },
      { text: 'running shoes', shoppers: 3 },
    ])
  })

  it('leave out what one shopper alone wrote so, and what is about a person', async () => {
    const log = logOf([
      ['tea-pot'],
      ['tea pot'],
      ['teapots'],
      ...times(5, ['me@example.org']),
      ...times(5, ['555 0123 456']),
    ])
    expect(await popularQueries(log, words, 3, breathe)).toEqual([])
    expect(isPresentable('lego 75192')).toBe(true)
  })
})

describe('what is searched instead', () => {
  it('is what enough shoppers typed after they had taken nothing, far oftener than it is typed anyway', async () => {
    const log = logOf([...times(4, ['sofa', 'couch>x']), ...times(3, ['blue sofa', 'blue couch>y']), ...others])
    const rewrites = await learnRewrites(log, words, 3, breathe)
    expect([rewrites.instead('Sofas'), rewrites.instead('blue sofa'), rewrites.instead('couch')]).toEqual([
      'couch',
      'blue couch',
      null,
    ])
    expect(rewrites.synonyms).toEqual([
      { from: 'sofa', to: 'couch', shoppers: 7, share: 1, lift: expect.any(Number) as number },
    ])
  })

  it('is nothing where too few did, where the first search served, and where everybody types the second anyway', async () => {
    const few = await learnRewrites(logOf([...times(2, ['sofa', 'couch>x']), ...others]), words, 3, breathe)
    const served = await learnRewrites(logOf([...times(5, ['sofa>z', 'couch>x']), ...others]), words, 3, breathe)
    const usual = times(40, ['couch>x'])
    const chance = await learnRewrites(
      logOf([...times(4, ['vase', 'couch>x']), ...times(20, ['vase']), ...usual]),
      words,
      3,
      breathe,
    )
    for (const { instead, synonyms } of [few, served, chance]) {
      expect([instead('sofa'), instead('vase'), synonyms]).toEqual([null, null, []])
    }
  })

  it('makes no synonyms of slips, of forms, or of saying more', async () => {
    const visits = [
      ['sofaa', 'sofa>x'],
      ['red sofas big', 'sofa>x'],
      ['tables', 'small table>t'],
    ]
    const log = logOf([...visits.flatMap((visit) => times(4, visit)), ...others])
    const rewrites = await learnRewrites(log, words, 3, breathe)
    expect(rewrites.synonyms).toEqual([])
    expect(rewrites.instead('sofaa')).toBe('sofa')
  })
})

describe('the categories that are wanted', () => {
  const item = (id: ItemId) =>
    readItem('shop' as CatalogueId, { objectID: id, category: id.startsWith('t') ? 'Kitchen > Tea' : 'Beauty > Face' })
  it('are voted for by what shoppers took, each with one vote', async () => {
    const log = logOf([['green tea>t1'], ['green tea>t2'], ['green tea>b1', 'green tea>b2', 'green tea>t9'], ['tea']])
    const intents = await learnIntents(log, words, item, breathe)
    const { voters, categories } = intents.of('Green Teas') ?? { categories: new Map<string, number>() }
    expect(voters).toBe(3)
    expect(categories.get('["Kitchen","Tea"]')).toBeCloseTo((2 + 1 / 3) / 3)
    expect(categories.get('["Beauty"]')).toBeCloseTo(2 / 9)
  })

  it('are those of the longest part that is known, where the whole search is not', async () => {
    const log = logOf([['tea>b1'], ['green tea>t1']])
    const intents = await learnIntents(log, words, item, breathe)
    const best = (query: string) => [...(intents.of(query)?.categories.keys() ?? [])].at(-1)
    expect(best('acme green tea')).toBe('["Kitchen","Tea"]')
    expect(best('acme tea')).toBe('["Beauty","Face"]')
    expect(intents.of('coffee')).toBeNull()
  })
})
