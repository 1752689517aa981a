import { describe, expect, it } from 'vitest'
import { minuteMs } from '../../base/clock.ts'
import { readConfig } from '../../base/config.ts'
import type { EventType } from '../../domain/event.ts'
import type { ItemId, QueryId, UserId } from '../../domain/ids.ts'
import { createQueryLog, type QueryLog } from './query-log.ts'

const { weights } = readConfig({}).preprocess
const ann = 'ann' as UserId
const open = (most?: number) => createQueryLog({ weights, most })
const search = (log: QueryLog, query: string, timeMs: number, queryId: string | null = null, userId = ann) =>
  log.searched({ userId, query, timeMs, queryId: queryId as QueryId | null })
const act = (log: QueryLog, type: EventType, item: string, timeMs: number, queryId: string | null = null) =>
  log.acted({ userId: ann, type, itemId: item as ItemId, timeMs, queryId: queryId as QueryId | null })
const queries = (log: QueryLog, userId = ann) => log.of(userId).map(({ query }) => query)
const taken = (log: QueryLog) => log.of(ann).map((each) => Object.fromEntries(each.taken ?? []))

describe('the log of searches', () => {
  it('takes letters typed one after the other for one search, and what comes later for another', () => {
    const log = open()
    for (const [at, query] of ['s', 'sh', 'shoe', 'shoes'].entries()) search(log, query, at * 800, `q${at}`)
    search(log, 'shoes red', 3 * minuteMs)
    expect(queries(log)).toEqual(['shoes', 'shoes red'])
    act(log, 'click', 'a', minuteMs, 'q1')
    expect(taken(log)).toEqual([{ a: weights.click }, {}])
  })

  it('counts further pages, and the same words from two sources, once', () => {
    const log = open()
    search(log, '  Red   SHOES', 0, 'page1')
    search(log, 'red shoes', 2 * minuteMs)
    search(log, 'red shoes', 3 * minuteMs, 'page2')
    act(log, 'purchase', 'a', 4 * minuteMs, 'page1')
    act(log, 'click', 'a', 5 * minuteMs, 'page2')
    expect(queries(log)).toEqual(['red shoes'])
    expect(taken(log)).toEqual([{ a: weights.purchase }])
  })

  it('keeps a search of which something was taken, whatever is typed next', () => {
    const log = open()
    search(log, 'shoe', 0, 'q1')
    act(log, 'click', 'a', 1_000, 'q1')
    search(log, 'shoes', 2_000, 'q2')
    expect(queries(log)).toEqual(['shoe', 'shoes'])
  })

  it('gives what names no known answer to the last search only where that search has no answer of its own', () => {
    const log = open()
    search(log, 'lamp', 0)
    act(log, 'click', 'a', 10_000, 'lost')
    act(log, 'purchase', 'b', 60 * minuteMs, 'lost')
    act(log, 'click', 'c', 60 * minuteMs)
    log.otherAnswer('recommended' as QueryId)
    act(log, 'click', 'd', 20_000, 'recommended')
    search(log, 'desk', 61 * minuteMs, 'q2')
    act(log, 'click', 'e', 61 * minuteMs + 1_000)
    act(log, 'click', 'f', 61 * minuteMs + 1_000, 'unknown')
    expect(taken(log)).toEqual([{ a: weights.click, b: weights.purchase }, {}])
  })

  it('forgets a shopper whole, and the longest unseen where it is full', () => {
    const log = open(3)
    search(log, 'a1', 0, null, 'bob' as UserId)
    search(log, 'lamp', 1)
    search(log, 'desk', 2)
    search(log, 'chair', 3, null, 'cid' as UserId)
    expect([log.size, queries(log, 'bob' as UserId)]).toEqual([3, []])
    log.forget(ann)
    expect([log.size, log.forgotten, queries(log)]).toEqual([1, 1, []])
  })
})
