/** What every signal must keep to: finite, from the past alone, by no clock of its own, and each shopper's own business. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import { defaultConfig } from '../base/config.ts'
import { createRng } from '../base/rng.ts'
import { type EventType, eventTypes } from '../domain/event.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { createProfileBook } from '../profiles/profile-book.ts'
import type { Feature } from './feature.ts'
import { createFeatureSet } from './feature-set.ts'

export const start = Date.UTC(2024, 0, 1)

/** Twelve items in four categories of three, of three brands, dearer as they go; the last is new to everyone. */
export const shopItems: readonly Item[] = Array.from({ length: 12 }, (_, at) =>
  readItem('shop' as CatalogueId, {
    objectID: `i${at}`,
    title: `${['boot', 'lamp', 'tent', 'novel'][at % 4]} number ${at}`,
    brand: `brand ${at % 3}`,
    category: ['Shoes > Boots', 'Home > Lamps', 'Outdoor', 'Books'][at % 4],
    price: 5 * (at + 1),
  }),
)
/** A record that says nothing. */
const bare = readItem('shop' as CatalogueId, { objectID: 'bare', inStock: false })
const catalogue = new Map(shopItems.map((item) => [item.id, item]))

export function did(userId: string, type: EventType, item: number, timeMs: number, quantity = 1): Behaviour {
  const search = type === 'search'
  return {
    userId: userId as UserId,
    type,
    itemId: search ? null : (`i${item}` as ItemId),
    timeMs,
    quantity,
    priceMinor: null,
    position: null,
    query: search ? 'warm boot' : null,
    queryId: null,
  }
}

/** A shop that was told of `events`, and what one signal says in it. */
export function follow(feature: Feature, events: readonly Behaviour[]) {
  const item = (id: ItemId) => catalogue.get(id)
  const profiles = createProfileBook({ config: defaultConfig().preprocess, item })
  const set = createFeatureSet({ item, profiles }, [feature])
  const remember = (event: Behaviour): void => {
    profiles.remember(event)
    set.remember(event)
  }
  events.forEach(remember)
  return {
    remember,
    profiles,
    value: (userId: string | null, subject: Item, timeMs: number): number =>
      set.values({ userId: userId as UserId | null, timeMs }, subject)[0],
  }
}

const shoppers = ['ann', 'bob', 'cid']

/** In order of time, as both replay and live following see it. */
function someEvents(seed: string): Behaviour[] {
  const rng = createRng(seed)
  let timeMs = start
  return Array.from({ length: 300 }, () => {
    timeMs += Math.floor(rng.next() ** 4 * 10 * hourMs)
    return did(rng.pick(shoppers), rng.pick(eventTypes), rng.int(11), timeMs, 1 + rng.int(3))
  })
}

export function featureSuite(feature: Feature): void {
  describe(feature.name, () => {
    const past = someEvents('one')
    const endMs = past[past.length - 1].timeMs + hourMs
    // Ann is in the middle of a visit, and Dot has looked at one thing in her life.
    const events = [...past, did('ann', 'view', 4, endMs - minuteMs), did('dot', 'view', 4, endMs - minuteMs)]
    const table = (shop: ReturnType<typeof follow>, users: readonly (string | null)[], timeMs: number) =>
      users.map((user) => [...shopItems, bare].map((item) => shop.value(user, item, timeMs)))

    // The only time there is, is the one asked for; and nothing is left to chance.
    beforeEach(() => {
      const refuse = () => {
        throw new Error('a signal looked at the clock or threw dice')
      }
      vi.spyOn(Date, 'now').mockImplementation(refuse)
      vi.spyOn(Math, 'random').mockImplementation(refuse)
    })
    afterEach(() => void vi.restoreAllMocks())

    it('is finite for anyone, anything and any time, and tells items or shoppers apart', () => {
      const shop = follow(feature, events)
      for (const timeMs of [0, start, endMs, endMs + 10_000 * dayMs]) {
        for (const value of table(shop, [...shoppers, 'dot', 'nobody', null], timeMs).flat()) {
          expect(value).toSatisfy(Number.isFinite)
        }
      }
      const different = [...shopItems, bare].map((item) => shop.value('ann', item, endMs))
      expect(new Set(different).size).toBeGreaterThan(1)
    })

    it('is 0 where nothing is known', () => {
      for (const user of ['nobody', null]) expect(follow(feature, []).value(user, bare, endMs)).toBe(0)
    })

    it('is the same by replay as by following, however often it was asked in between', () => {
      const followed = follow(feature, [])
      for (const event of events) {
        table(followed, [event.userId, null], event.timeMs)
        followed.remember(event)
      }
      expect(table(followed, shoppers, endMs)).toEqual(table(follow(feature, events), shoppers, endMs))
    })

    it('holds nothing of the future', () => {
      const other = someEvents('two')
      const shift = events[149].timeMs - other[149].timeMs
      const later = other.slice(150).map((event) => ({ ...event, timeMs: event.timeMs + shift }))
      const asked = [events, [...events.slice(0, 150), ...later]].map((all) => {
        const shop = follow(feature, [])
        return all.map((event) => {
          const value = table(shop, [event.userId], event.timeMs)
          shop.remember(event)
          return value
        })
      })
      expect(asked[0].slice(0, 150)).toEqual(asked[1].slice(0, 150))
    })

    it('does not mix shoppers up, and forgets one who asks for it', () => {
      const swap: Readonly<Record<string, string>> = { ann: 'bob', bob: 'ann', cid: 'cid', dot: 'dot' }
      const swapped = events.map((event) => ({ ...event, userId: swap[event.userId] as UserId }))
      const shop = follow(feature, events)
      expect(table(follow(feature, swapped), ['bob', 'ann', 'cid'], endMs)).toEqual(table(shop, shoppers, endMs))
      expect(table(shop, ['nobody'], endMs)).toEqual(table(shop, [null], endMs))
      shop.profiles.forget('ann' as UserId)
      expect(table(shop, ['ann'], endMs)).toEqual(table(shop, [null], endMs))
    })
  })
}
