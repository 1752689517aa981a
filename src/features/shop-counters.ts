/**
 * What the shop as a whole did with each item: counts, fading counts, rhythms. Features share it and read no further.
 *
 * Told of each event after the shoppers' profiles were. Cost: O(1) an event; memory: some 20 numbers an item and 31 a
 * category.
 */
import { dayMs } from '../base/clock.ts'
import type { EventType } from '../domain/event.ts'
import { eventTypeIndex, eventTypes } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { daysOfWeek, hourOf, hoursOfDay, weekdayOf } from '../profiles/habits.ts'
import type { ProfileBook } from '../profiles/profile-book.ts'
import { type FadingCount, createFadingCount } from './fading-count.ts'

/** Half-life of what counts as an item's past. */
export const longHalfLifeMs = 30 * dayMs
/** Half-life of what counts as its present. */
export const shortHalfLifeMs = 3 * dayMs

export interface ItemCounts {
  readonly firstMs: number
  readonly long: FadingCount
  readonly short: FadingCount
  count(type: EventType): number
}

/** Events by hour of the day and day of the week, UTC. */
export interface Rhythm {
  readonly hours: readonly number[]
  readonly weekdays: readonly number[]
}

export interface ShopCounters {
  remember(behaviour: Behaviour): void
  item(itemId: ItemId): ItemCounts | undefined
  /** The same over all items. */
  readonly shop: Pick<ItemCounts, 'count'>
  /** Of the item's category; `undefined` where nothing happened in it. */
  rhythm(item: Item): Rhythm | undefined
  /** Usual days from one purchase of the item to the next by the same shopper; `null` where nobody in the shop bought anything again. */
  repeatDays(itemId: ItemId): number | null
  /** Usual days from the first event with an item to its first purchase; `null` where no purchase was prepared. */
  readonly decisionDays: number | null
}

export function createShopCounters(item: (itemId: ItemId) => Item | undefined, profiles: ProfileBook): ShopCounters {
  const items = new Map<ItemId, Counts>()
  const shop = new Counts(0)
  const rhythms = new Map<string, { hours: number[]; weekdays: number[] }>()
  const repeats = new Map<ItemId, LogMean>()
  const anyRepeat = new LogMean()
  const decision = new LogMean()

  function rememberPurchase({ userId, itemId, timeMs }: Behaviour & { itemId: ItemId }): void {
    const entry = profiles.get(userId)?.entry(itemId)
    if (entry?.lastPurchaseMs !== timeMs) return
    if (entry.previousPurchaseMs === null) {
      if (entry.firstMs < timeMs) decision.add((timeMs - entry.firstMs) / dayMs)
    } else if (entry.previousPurchaseMs < timeMs) {
      const own = repeats.get(itemId) ?? new LogMean()
      repeats.set(itemId, own)
      for (const mean of [own, anyRepeat]) mean.add((timeMs - entry.previousPurchaseMs) / dayMs)
    }
  }

  return {
    shop,
    item: (itemId) => items.get(itemId),
    remember: (behaviour) => {
      const { itemId, type, timeMs } = behaviour
      if (itemId === null) return
      const counts = items.get(itemId) ?? new Counts(timeMs)
      items.set(itemId, counts)
      counts.add(type, timeMs)
      shop.add(type, timeMs)
      if (type === 'purchase') rememberPurchase({ ...behaviour, itemId })
      const record = item(itemId)
      if (record === undefined) return
      const key = categoryKey(record)
      const rhythm = rhythms.get(key) ?? { hours: zeros(hoursOfDay), weekdays: zeros(daysOfWeek) }
      rhythms.set(key, rhythm)
      rhythm.hours[hourOf(timeMs)]++
      rhythm.weekdays[weekdayOf(timeMs)]++
    },
    rhythm: (record) => rhythms.get(categoryKey(record)),
    repeatDays: (itemId) => (anyRepeat.count === 0 ? null : (repeats.get(itemId) ?? new LogMean()).towards(anyRepeat)),
    get decisionDays() {
      return decision.count === 0 ? null : decision.towards(decision)
    },
  }
}

/** A class, so that an item costs its numbers and no closures. */
class Counts implements ItemCounts {
  firstMs: number
  readonly long = createFadingCount(longHalfLifeMs)
  readonly short = createFadingCount(shortHalfLifeMs)
  private readonly counts: number[] = zeros(eventTypes.length)

  constructor(firstMs: number) {
    this.firstMs = firstMs
  }

  add(type: EventType, timeMs: number): void {
    // An event may arrive late.
    this.firstMs = Math.min(this.firstMs, timeMs)
    this.counts[eventTypeIndex(type)]++
    if (type === 'return') return
    this.long.add(timeMs)
    this.short.add(timeMs)
  }

  count(type: EventType): number {
    return this.counts[eventTypeIndex(type)]
  }
}

/** Geometric mean of durations: a few very long ones do not decide. */
class LogMean {
  count = 0
  private sum = 0

  add(days: number): void {
    this.count++
    this.sum += Math.log(days)
  }

  /** The mean as if two values like `usual`'s mean had been seen besides. */
  towards(usual: LogMean): number {
    return Math.exp((this.sum + (2 * usual.sum) / usual.count) / (this.count + 2))
  }
}

function categoryKey(item: Item): string {
  return item.categoryPath.join(' > ')
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0)
}
