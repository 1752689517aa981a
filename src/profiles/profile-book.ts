/**
 * Who is asking: a page for each shopper, written by what they do.
 *
 * Built by replaying behaviour in order of time and followed live; the same events give the same profile either way.
 * Cost: O(tags of the item × tags kept) an event. Memory a shopper: at most 500 items of history, 50 baskets, 64 tags, 32 tags and
 * 50 items of the present visit, 50 searches, 20 + 20 durations and some 60 counters: some 9 KB
 * for fifteen events.
 */
import { dayMs, minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { createPriceBands } from './price-bands.ts'
import type { Profile } from './profile.ts'
import { type ProfileShop, ShopperProfile } from './shopper-profile.ts'
import { createTagIndex } from './tag-index.ts'

export type { HistoryEntry, InterestTag, Profile } from './profile.ts'

export interface ProfileBook {
  remember(behaviour: Behaviour): void
  /** `undefined` for a stranger. */
  get(userId: UserId): Profile | undefined
  forget(userId: UserId): void
  /** Every page, in the order in which they were begun. */
  all(): Iterable<Profile>
  /** Where an item's price stands within its category, −½ to ½; `null` where unknown. */
  readonly priceBand: (item: Item) => number | null
  readonly size: number
}

export interface ProfileBookOptions {
  readonly config: Config['preprocess']
  readonly item: (itemId: ItemId) => Item | undefined
}

export function createProfileBook({ config, item }: ProfileBookOptions): ProfileBook {
  const profiles = new Map<UserId, ShopperProfile>()
  const bands = createPriceBands()
  const met = new Set<ItemId>()
  const index = createTagIndex()
  const shop: ProfileShop = {
    index,
    weights: config.weights,
    halfLifeMs: config.halfLifeDays * dayMs,
    gapMs: config.sessionGapMinutes * minuteMs,
    priceBand: bands.band,
  }
  return {
    get size() {
      return profiles.size
    },
    remember: (behaviour) => {
      const record = behaviour.itemId === null ? undefined : item(behaviour.itemId)
      if (record !== undefined && !met.has(record.id)) {
        met.add(record.id)
        index.meet(record)
        bands.remember(record)
      }
      let profile = profiles.get(behaviour.userId)
      if (profile === undefined) {
        profile = new ShopperProfile(behaviour.userId, behaviour.timeMs, shop)
        profiles.set(behaviour.userId, profile)
      }
      profile.remember(behaviour, record)
    },
    get: (userId) => profiles.get(userId),
    // What the shop's items are like is no shopper's secret: only the shopper's own page is torn out.
    forget: (userId) => void profiles.delete(userId),
    all: () => profiles.values(),
    priceBand: bands.band,
  }
}
