import { describe, expect, it } from 'vitest'
import { createManualClock } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId, EventId, ItemId, UserId } from '../domain/ids.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { identify } from './event-id.ts'
import { createIntake } from './intake.ts'

const catalogue = 'shop' as CatalogueId
const event = (number: number): ShopEvent =>
  identify({
    catalogue,
    type: 'view',
    userId: `u${number}` as UserId,
    timeMs: number,
    itemId: 'a' as ItemId,
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: null,
    rating: null,
    orderId: null,
    name: 'v',
  })

/** A letter box on a real store that counts its commits, fails when told to, and writes down who was told what when. */
async function open(maximumPending?: number) {
  const store = await openSqliteStore({ file: ':memory:' })
  const told: EventId[][] = []
  const state = { commits: 0, fail: false }
  const events: Store['events'] = {
    ...store.events,
    append: (some, nowMs) => {
      state.commits++
      return state.fail ? Promise.reject(new Error('the disk is full')) : store.events.append(some, nowMs)
    },
  }
  const onCommitted = (fresh: readonly ShopEvent[]) => void told.push(fresh.map(({ id }) => id))
  const clock = createManualClock(0)
  const intake = createIntake({ store: { events }, clock, onCommitted, ...(maximumPending && { maximumPending }) })
  const count = async () => (await store.events.counts(catalogue)).users
  return { intake, told, state, count }
}

describe('the letter box', () => {
  it('acknowledges only what is stored and told, each event once', async () => {
    const { intake, told, count } = await open()
    expect(await intake.accept([event(1), event(2), event(1)])).toEqual({ accepted: 2, duplicates: 1 })
    expect(await count()).toBe(2)
    expect(told).toEqual([[event(1).id, event(2).id]])
    expect(await intake.accept([event(2), event(3)])).toEqual({ accepted: 1, duplicates: 1 })
    expect(told[1]).toEqual([event(3).id])
    expect(await intake.accept([])).toEqual({ accepted: 0, duplicates: 0 })
  })

  it('writes requests that arrive together in one commit, and counts an event for the first that brought it', async () => {
    const { intake, state, count } = await open()
    const outcomes = await Promise.all(
      [[event(1)], [event(1), event(2)], [event(3)]].map((some) => intake.accept(some)),
    )
    expect(outcomes).toEqual([
      { accepted: 1, duplicates: 0 },
      { accepted: 1, duplicates: 1 },
      { accepted: 1, duplicates: 0 },
    ])
    expect(state.commits).toBe(1)
    expect(await count()).toBe(3)
  })

  it('rejects when the commit fails, tells nobody, and takes the same events when they are sent again', async () => {
    const { intake, told, state } = await open()
    state.fail = true
    await expect(intake.accept([event(1)])).rejects.toThrow('the disk is full')
    expect(told).toEqual([])
    state.fail = false
    expect(await intake.accept([event(1)])).toEqual({ accepted: 1, duplicates: 0 })
  })

  it('turns events away when too many wait, and takes them later', async () => {
    const { intake } = await open(3)
    const first = intake.accept([event(1), event(2), event(3)])
    await expect(intake.accept([event(4)])).rejects.toMatchObject({ code: 'overloaded', status: 429 })
    await first
    expect(await intake.accept([event(4)])).toEqual({ accepted: 1, duplicates: 0 })
  })

  it('lets work happen between two commits, and closes when all that was taken is written', async () => {
    const { intake, count } = await open()
    const order: string[] = []
    const paused = intake.pause(async () => {
      await Promise.resolve()
      order.push('work')
    })
    const accepted = intake.accept([event(1)]).then(() => order.push('event'))
    await Promise.all([paused, accepted])
    expect(order).toEqual(['work', 'event'])
    const last = intake.accept([event(2)])
    await intake.close()
    expect(await count()).toBe(2)
    await last
    await expect(intake.accept([event(3)])).rejects.toMatchObject({ code: 'overloaded' })
  })
})
