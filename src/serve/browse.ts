/** Looking things up by hand: what is known of a shopper, and whose name or words hold what was typed. O(all of them). */
import { createBreathe } from '../base/breathe.ts'
import { dayMs } from '../base/clock.ts'
import { type EventType, eventTypes } from '../domain/event.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { HistoryEntry, InterestTag, Profile } from '../profiles/profile-book.ts'
import { type PriceSegment, priceSegmentOf, type Segment, segmentOf } from '../profiles/segments.ts'
import type { Memory } from './source.ts'

export interface ShopperLine {
  readonly userId: UserId
  readonly eventCount: number
  readonly lastMs: number
  readonly purchases: number
  readonly segment: Segment
}

/** How someone shops, in figures a person can read. */
export interface Habits {
  readonly segment: Segment
  readonly priceSegment: PriceSegment
  readonly byType: Readonly<Record<EventType, number>>
  readonly visits: number
  readonly activeDays: number
  /** UTC. */
  readonly hours: readonly number[]
  /** UTC, Sunday first. */
  readonly weekdays: readonly number[]
  /** Median days between two occasions of buying; `null` before the second. */
  readonly daysBetweenPurchases: number | null
  readonly daysSinceLast: number
}

/** What was learnt of someone. */
export interface ProfileView {
  readonly userId: UserId
  readonly eventCount: number
  readonly firstMs: number
  readonly lastMs: number
  /** Strongest first. */
  readonly interests: readonly InterestTag[]
  /** Latest first. */
  readonly history: readonly HistoryEntry[]
  /** Items of the present visit, oldest first. */
  readonly session: readonly ItemId[]
  /** Latest first. */
  readonly searches: readonly string[]
}

/** Whose token holds `text`, those who came last first. */
export function findShoppers({ profiles }: Memory, text: string, limit: number, nowMs: number): ShopperLine[] {
  const wanted = text.toLowerCase()
  return [...profiles.all()]
    .filter(({ userId }) => userId.toLowerCase().includes(wanted))
    .sort((one, other) => other.lastMs - one.lastMs)
    .slice(0, limit)
    .map((profile) => ({
      userId: profile.userId,
      eventCount: profile.eventCount,
      lastMs: profile.lastMs,
      purchases: profile.count('purchase'),
      segment: segmentOf(profile, nowMs),
    }))
}

const viewedInterests = 50
const viewedHistory = 50

export function viewOf(profile: Profile, nowMs: number): ProfileView {
  const { userId, eventCount, firstMs, lastMs, history, searches } = profile
  return {
    userId,
    eventCount,
    firstMs,
    lastMs,
    interests: profile.interests(nowMs, viewedInterests),
    history: history.slice(-viewedHistory).reverse(),
    session: profile.session(nowMs),
    searches: searches.map(({ query }) => query).reverse(),
  }
}

export function habitsOf(profile: Profile, nowMs: number): Habits {
  const { visits, activeDays, hours, weekdays, daysBetweenPurchases: pauses, lastMs } = profile
  const sorted = [...pauses].sort((one, other) => one - other)
  return {
    segment: segmentOf(profile, nowMs),
    priceSegment: priceSegmentOf(profile),
    byType: Object.fromEntries(eventTypes.map((type) => [type, profile.count(type)])) as Habits['byType'],
    visits,
    activeDays,
    hours,
    weekdays,
    daysBetweenPurchases: sorted[Math.floor(sorted.length / 2)] ?? null,
    daysSinceLast: Math.max(0, nowMs - lastMs) / dayMs,
  }
}

export interface BrowseRequest {
  /** Words in title, brand, category or id; empty for all. */
  readonly text: string
  readonly from: number
  readonly limit: number
}

/** In order of arrival. Every record is read: in short steps, so that shoppers are answered meanwhile. */
export async function browseItems({ catalogue }: Memory, { text, from, limit }: BrowseRequest) {
  const breathe = createBreathe()
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found: Item[] = []
  let total = 0
  for (const item of catalogue.items()) {
    if (words.length > 0) {
      const { id, title, brand, categoryPath } = item
      const said = `${id} ${title} ${brand ?? ''} ${categoryPath.join(' ')}`.toLowerCase()
      await breathe()
      if (!words.every((word) => said.includes(word))) continue
    }
    if (total >= from && found.length < limit) found.push(item)
    total++
  }
  return { items: found, total }
}
