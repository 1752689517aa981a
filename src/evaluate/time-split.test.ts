import { describe, expect, it } from 'vitest'
import { hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { createRng } from '../base/rng.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { CatalogueId, EventId, ItemId, UserId } from '../domain/ids.ts'
import type { Csr } from '../kernels/csr.ts'
import { cleanLog } from '../preprocess/clean.ts'
import { splitByTime, type TimeSplitOptions } from './time-split.ts'

const config = defaultConfig().preprocess
const start = Date.UTC(2026, 0, 1)
const cutMs = start + 100 * hourMs
const untilMs = start + 200 * hourMs

type Line = readonly [hours: number, user: string, item: string, type?: EventType, order?: string]

async function logOf(lines: readonly Line[]) {
  const events = lines.map(
    ([hours, user, item, type = 'view', order = null], at): ShopEvent => ({
      id: String(at) as EventId,
      catalogue: 'shop' as CatalogueId,
      type,
      userId: user as UserId,
      timeMs: start + hours * hourMs,
      itemId: item as ItemId,
      query: null,
      queryId: null,
      position: null,
      quantity: 1,
      priceMinor: 100,
      rating: null,
      orderId: order,
      name: '',
    }),
  )
  const source = (async function* () {
    yield events
  })()
  return (await cleanLog(source, { config, nowMs: untilMs, item: () => undefined })).log
}

async function split(lines: readonly Line[], options: Partial<TimeSplitOptions>) {
  const log = await logOf(lines)
  const items = createVocabulary([...log.items.ids()].sort())
  const asked = splitByTime(log, {
    question: 'next',
    rows: 'users',
    items,
    cutMs,
    untilMs,
    weights: config.weights,
    halfLifeDays: config.halfLifeDays,
    rng: createRng('split'),
    ...options,
  })
  const read = ({ rowCount, pointers, columns }: Csr) =>
    Array.from({ length: rowCount }, (_, row) =>
      [...columns.subarray(pointers[row], pointers[row + 1])].map((item) => items.idOf(item)).join(' '),
    )
  return {
    ...asked,
    users: Array.from(asked.askedUsers, (user) => log.users.idOf(user)),
    known: read(asked.asked.matrix),
    hidden: read(asked.truth),
    learnt: read(asked.train.matrix),
  }
}

describe('asking what a shopper does next', () => {
  it('learns from before the cut and asks for what was first touched after it', async () => {
    const { users, learnt, known, hidden, rows } = await split(
      [
        [1, 'ann', 'a'],
        [2, 'bob', 'b'],
        [101, 'ann', 'a'],
        [102, 'ann', 'c'],
        [103, 'bob', 'b'],
      ],
      {},
    )
    expect(users).toEqual(['ann', 'bob'])
    expect(learnt).toEqual(['a', 'b'])
    expect(known).toEqual(learnt)
    expect(hidden).toEqual(['c', ''])
    expect([...rows]).toEqual([0])
  })

  it('asks no strangers, looks at nothing from untilMs on, and counts returns for nothing', async () => {
    const { users, hidden } = await split(
      [
        [1, 'ann', 'a'],
        [101, 'stranger', 'a'],
        [102, 'ann', 'b', 'return'],
        [250, 'ann', 'c'],
      ],
      {},
    )
    expect(users).toEqual(['ann'])
    expect(hidden).toEqual([''])
  })

  it('counts ages from the cut', async () => {
    const { asked } = await split([[76, 'ann', 'a']], {})
    expect(asked.ageDays?.[0]).toBeCloseTo(1, 5)
  })
})

describe('asking for the rest of a visit', () => {
  const visit = (hours: number, user: string, items: string): Line[] =>
    [...items].map((item, at) => [hours + (at * 3 * minuteMs) / hourMs, user, item])

  it('shows the first half of each visit after the cut and hides the other', async () => {
    const { known, hidden, learnt } = await split(
      [...visit(1, 'ann', 'xy'), ...visit(110, 'ann', 'abcd'), ...visit(120, 'bob', 'ef'), ...visit(130, 'bob', 'g')],
      { question: 'rest-of-visit', rows: 'sessions' },
    )
    expect(learnt).toEqual(['x y'])
    expect(known).toEqual(['a b', 'e'])
    expect(hidden).toEqual(['c d', 'f'])
  })

  it('knows nothing of what came after the first hidden item, not even about items it may know', async () => {
    const early: Line[] = [...visit(110, 'ann', 'ab'), [110.3, 'ann', 'a', 'purchase', 'o']]
    const { asked, known } = await split(early, { question: 'rest-of-visit', rows: 'sessions' })
    expect(known).toEqual(['a'])
    // A view weighs 1; the purchase that followed would weigh 5 more.
    expect(asked.matrix.values[0]).toBeLessThan(1.001)
  })

  it('shows only the first item where a product page asks', async () => {
    const { known, hidden } = await split(visit(110, 'ann', 'abcd'), { question: 'after-one-item' })
    expect(known).toEqual(['a'])
    expect(hidden).toEqual(['b c d'])
  })
})

describe('asking for the next basket', () => {
  it('asks shoppers who bought for the whole of their first basket after the cut, things bought before included', async () => {
    const { users, known, hidden, masked, asked, rows } = await split(
      [
        [1, 'ann', 'a', 'purchase'],
        [1.1, 'ann', 'b', 'purchase'],
        [50, 'ann', 'a', 'purchase'],
        [60, 'ann', 'd', 'purchase'],
        [61, 'ann', 'd', 'return'],
        [70, 'bob', 'a', 'view'],
        [80, 'eve', 'b', 'purchase'],
        [101, 'ann', 'x', 'view'],
        [110, 'ann', 'a', 'purchase'],
        [110.2, 'ann', 'c', 'purchase'],
        [150, 'ann', 'b', 'purchase'],
        [150, 'bob', 'b', 'purchase'],
      ],
      { question: 'next-basket', types: ['purchase', 'return'], basketGapMs: 30 * minuteMs },
    )
    expect(users).toEqual(['ann', 'eve'])
    expect(known).toEqual(['a b', 'b'])
    expect(hidden).toEqual(['a c', ''])
    expect([...rows]).toEqual([0])
    expect(masked?.columns).toHaveLength(0)
    // Ann: {a, b}, {a}; what came back is in none.
    expect([...(asked.baskets?.rows ?? [])]).toEqual([0, 2, 3])
    expect([...(asked.baskets?.starts ?? [])]).toEqual([0, 2, 3, 4])
    expect(asked.baskets?.ageDays[1]).toBeCloseTo(50 / 24)
  })
})

describe('asking for the rest of a basket', () => {
  it('hides one item of each later basket of two or more', async () => {
    const { known, hidden } = await split(
      [
        [1, 'ann', 'a', 'purchase', 'o1'],
        [110, 'bob', 'a', 'purchase', 'o2'],
        [110, 'bob', 'b', 'purchase', 'o2'],
        [110, 'bob', 'c', 'purchase', 'o2'],
        [111, 'bob', 'z', 'view'],
        [150, 'ann', 'a', 'purchase', 'o3'],
      ],
      { question: 'rest-of-basket', rows: 'baskets', types: ['purchase'] },
    )
    expect(hidden).toHaveLength(1)
    expect([...known[0].split(' '), hidden[0]].sort()).toEqual(['a', 'b', 'c'])
  })
})
