/**
 * When a shopper will need a thing again: coffee every three weeks, a kettle hardly ever.
 *
 * The usual interval between two purchases of an item is learnt from everyone who bought it twice, and moves towards
 * the shopper's own intervals as those come in:
 *
 *   interval(u, i) = (own gaps + 2 · item's mean interval) / (own count + 2)
 *   due(r) = r² before it is time (r = time since the last purchase / interval ≤ 1), 1 / r after
 *   score(u, i) = due · share, share = buyers who came back / buyers, smoothed by the shop's own share
 *
 * Purchases within a day are one. Memory: 3 numbers for each pair of shopper and item bought, the latest 500 items a
 * shopper.
 */
import { dayMs } from '../base/clock.ts'
import type { EventType } from '../domain/event.ts'
import type { ItemId, UserId } from '../domain/ids.ts'

export interface DueItem {
  readonly itemId: ItemId
  /** In [0, 1]: how much it is time to buy again. */
  readonly score: number
}

export interface Rhythm {
  /** `counted`: the shop's own figures know of it already, only the shopper's do not. */
  remember(
    behaviour: { userId: UserId; type: EventType; itemId: ItemId | null; timeMs: number },
    options?: { readonly counted: boolean },
  ): void
  /** Everything the shopper bought, most due first. */
  due(userId: UserId, nowMs: number): DueItem[]
  forget(userId: UserId): void
}

interface Purchases {
  lastMs: number
  gapCount: number
  gapSumMs: number
}

interface ItemPurchases {
  buyers: number
  returners: number
  gapCount: number
  gapSumMs: number
}

const itemsPerShopper = 500
/** How many buyers the shop's own share counts for; that one starts at 1 in 20. */
const smoothing = 5
/** Where nobody ever bought anything twice. */
const unknownIntervalMs = 60 * dayMs

export function createRhythm(): Rhythm {
  const shoppers = new Map<UserId, Map<ItemId, Purchases>>()
  const items = new Map<ItemId, ItemPurchases>()
  const shop: ItemPurchases = { buyers: 0, returners: 0, gapCount: 0, gapSumMs: 0 }

  const boughtAgain = (own: Purchases, all: readonly ItemPurchases[], gapMs: number) => {
    for (const counts of all) {
      if (own.gapCount === 0) counts.returners++
      counts.gapCount++
      counts.gapSumMs += gapMs
    }
    own.gapCount++
    own.gapSumMs += gapMs
  }

  const bought = (history: Map<ItemId, Purchases>, itemId: ItemId, timeMs: number, counted: boolean) => {
    const item = items.get(itemId) ?? { buyers: 0, returners: 0, gapCount: 0, gapSumMs: 0 }
    items.set(itemId, item)
    const all = counted ? [] : [item, shop]
    const own = history.get(itemId)
    if (own === undefined) {
      for (const counts of all) counts.buyers++
      history.set(itemId, { lastMs: timeMs, gapCount: 0, gapSumMs: 0 })
      if (history.size > itemsPerShopper) history.delete(oldest(history))
      return
    }
    if (timeMs - own.lastMs >= dayMs) boughtAgain(own, all, timeMs - own.lastMs)
    own.lastMs = Math.max(own.lastMs, timeMs)
  }

  const meanInterval = ({ gapCount, gapSumMs }: ItemPurchases) => (gapCount === 0 ? null : gapSumMs / gapCount)
  const repeatShare = (itemId: ItemId): number => {
    const { buyers, returners } = items.get(itemId) ?? { buyers: 0, returners: 0 }
    const usual = (shop.returners + 1) / (shop.buyers + 20)
    return (returners + smoothing * usual) / (buyers + smoothing)
  }

  return {
    remember: ({ userId, type, itemId, timeMs }, { counted } = { counted: false }) => {
      if (type !== 'purchase' || itemId === null) return
      const history = shoppers.get(userId) ?? new Map<ItemId, Purchases>()
      shoppers.set(userId, history)
      bought(history, itemId, timeMs, counted)
    },
    due: (userId, nowMs) =>
      [...(shoppers.get(userId) ?? [])]
        .map(([itemId, own]) => {
          const item = items.get(itemId)
          const usual = (item && meanInterval(item)) ?? meanInterval(shop) ?? unknownIntervalMs
          const interval = (own.gapSumMs + 2 * usual) / (own.gapCount + 2)
          const elapsed = Math.max(0, nowMs - own.lastMs) / interval
          return { itemId, score: repeatShare(itemId) * (elapsed <= 1 ? elapsed * elapsed : 1 / elapsed) }
        })
        .sort((a, b) => b.score - a.score),
    forget: (userId) => void shoppers.delete(userId),
  }
}

function oldest(history: ReadonlyMap<ItemId, Purchases>): ItemId {
  return [...history].reduce((least, entry) => (entry[1].lastMs < least[1].lastMs ? entry : least))[0]
}
