/** One shopper's page in the profile book: what they lean towards, when they come, what they pay, how they decide. */
import { dayMs } from '../base/clock.ts'
import { type EventType, eventTypeIndex, eventTypes } from '../domain/event.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { addPurchase, type Basket } from '../preprocess/baskets.ts'
import type { Behaviour } from '../preprocess/behaviour-log.ts'
import { tokenise } from '../preprocess/text.ts'
import { addToPair, createPair, type EventWeights, type PairStrength } from '../preprocess/weights.ts'
import { createAverage, type RunningAverage } from './average.ts'
import { daysOfWeek, hourOf, hoursOfDay, weekdayOf } from './habits.ts'
import { type TagKind, wordTag } from './item-tags.ts'
import type { InterestTag, Profile } from './profile.ts'
import type { TagIndex } from './tag-index.ts'
import { TagTable } from './tag-table.ts'

/** What all shoppers of a shop share. */
export interface ProfileShop {
  readonly index: TagIndex
  readonly weights: EventWeights
  readonly halfLifeMs: number
  /** Silence that ends a visit. */
  readonly gapMs: number
  readonly priceBand: (item: Item) => number | null
}

interface Entry extends PairStrength {
  readonly itemId: ItemId
  lastPurchaseMs: number | null
  previousPurchaseMs: number | null
}

const historyLimit = 500
const searchLimit = 50
const visitItemLimit = 50
const durationLimit = 20
const tagLimit = 64
const visitTagLimit = 32

export class ShopperProfile implements Profile {
  readonly userId: UserId
  readonly firstMs: number
  lastMs: number
  eventCount = 0
  activeDays = 0
  visits = 0
  visitsMs = 0
  purchaseOccasions = 0
  lastPurchaseMs: number | null = null
  readonly baskets: Basket<ItemId>[] = []
  readonly searches: { query: string; timeMs: number }[] = []
  readonly hours: number[] = new Array<number>(hoursOfDay).fill(0)
  readonly weekdays: number[] = new Array<number>(daysOfWeek).fill(0)
  readonly daysToPurchase: number[] = []
  readonly daysBetweenPurchases: number[] = []
  readonly logPrice: RunningAverage = createAverage()
  readonly priceBand: RunningAverage = createAverage()
  private readonly counts: number[] = new Array<number>(eventTypes.length).fill(0)
  /** By latest event, unless events come late. */
  private readonly entries = new Map<ItemId, Entry>()
  private readonly tags: TagTable
  private readonly visitTags: TagTable
  private visitItems: ItemId[] = []
  private late = false
  private readonly shop: ProfileShop

  constructor(userId: UserId, timeMs: number, shop: ProfileShop) {
    this.userId = userId
    this.firstMs = timeMs
    this.lastMs = Number.NEGATIVE_INFINITY
    this.shop = shop
    this.tags = new TagTable(tagLimit, shop.halfLifeMs)
    this.visitTags = new TagTable(visitTagLimit, shop.halfLifeMs)
  }

  /** `item` is the record, where the catalogue has it. */
  remember(behaviour: Behaviour, item: Item | undefined): void {
    const { type, timeMs, itemId, query } = behaviour
    this.keepTime(timeMs)
    this.eventCount++
    this.counts[eventTypeIndex(type)]++
    if (type === 'search' && query !== null) this.rememberSearch(query, timeMs)
    if (itemId === null) return
    const gained = this.rememberItem(itemId, behaviour)
    if (item === undefined || gained === 0) return
    const { tags, weights } = this.shop.index.tagsOf(item)
    this.lean(tags, weights, gained, timeMs)
    if (gained > 0) this.rememberPrice(behaviour, item, gained)
  }

  get history(): readonly Entry[] {
    const all = [...this.entries.values()]
    return this.late ? all.sort((one, other) => one.lastMs - other.lastMs) : all
  }

  get historyLength(): number {
    return this.entries.size
  }

  entry(itemId: ItemId): Entry | undefined {
    return this.entries.get(itemId)
  }

  session(nowMs: number): readonly ItemId[] {
    return this.visiting(nowMs) ? this.visitItems.slice() : []
  }

  interests(nowMs: number, limit = 20): InterestTag[] {
    const { tags, kindOf } = this.shop.index
    return this.tags
      .list(nowMs)
      .sort((one, other) => other.strength - one.strength)
      .slice(0, limit)
      .map((row) => ({ ...row, tag: tags.idOf(row.tag), kind: kindOf(row.tag) }))
  }

  interest(tag: string, nowMs: number): number {
    return this.tags.strength(this.shop.index.tags.indexOf(tag), nowMs)
  }

  interestIn(item: Item, nowMs: number): number {
    return this.meanStrength(this.tags, item, nowMs)
  }

  sessionInterestIn(item: Item, nowMs: number): number {
    return this.visiting(nowMs) ? this.meanStrength(this.visitTags, item, nowMs) : 0
  }

  share(tag: string): number {
    const { tags, groupOf } = this.shop.index
    const number = tags.indexOf(tag)
    const held = this.tags.held(number)
    if (held === 0) return 0
    return held / this.tags.total(groupOf(number), groupOf)
  }

  diversity(kind: TagKind): number {
    const strengths = this.tags
      .list(this.lastMs)
      .filter(({ tag }) => this.shop.index.kindOf(tag) === kind)
      .map(({ strength }) => strength)
    const total = strengths.reduce((sum, strength) => sum + strength, 0)
    if (strengths.length < 2) return strengths.length === 0 ? Number.NaN : 0
    const entropy = strengths.reduce((sum, strength) => sum - (strength / total) * Math.log(strength / total), 0)
    return entropy / Math.log(strengths.length)
  }

  count(type: EventType): number {
    return this.counts[eventTypeIndex(type)]
  }

  private visiting(nowMs: number): boolean {
    return nowMs - this.lastMs < this.shop.gapMs
  }

  /** False for an event that comes so late that it belongs to an earlier visit. */
  private inVisit(timeMs: number): boolean {
    return this.lastMs - timeMs < this.shop.gapMs
  }

  private keepTime(timeMs: number): void {
    this.hours[hourOf(timeMs)]++
    this.weekdays[weekdayOf(timeMs)]++
    if (timeMs < this.lastMs) {
      this.late = true
      return
    }
    if (Math.floor(timeMs / dayMs) !== Math.floor(this.lastMs / dayMs)) this.activeDays++
    if (this.visiting(timeMs)) this.visitsMs += timeMs - this.lastMs
    else {
      this.visits++
      this.visitItems = []
      this.visitTags.clear()
    }
    this.lastMs = timeMs
  }

  private rememberSearch(query: string, timeMs: number): void {
    this.searches.push({ query, timeMs })
    if (this.searches.length > searchLimit) this.searches.shift()
    const weight = this.shop.weights.search
    if (weight <= 0) return
    const words = [...new Set(tokenise(query))].map(wordTag)
    const tags = Int32Array.from(words, this.shop.index.number)
    this.lean(
      tags,
      Float64Array.from(words, (word) => word.weight),
      weight,
      timeMs,
    )
  }

  /** How much the event adds to what the shopper holds of the item, as of now; negative when goods come back. */
  private rememberItem(itemId: ItemId, { type, timeMs, quantity }: Behaviour): number {
    const entry: Entry = this.entries.get(itemId) ?? createEntry(itemId, timeMs)
    const fresh = timeMs >= entry.lastMs
    const before = entry.weight
    if (type === 'purchase') {
      this.rememberPurchase(entry, timeMs)
      addPurchase(this.baskets, itemId, timeMs, this.shop.gapMs)
    }
    addToPair(entry, type, timeMs, quantity, this.shop.weights)
    if (fresh) this.entries.delete(itemId)
    this.entries.set(itemId, entry)
    if (this.entries.size > historyLimit) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest)
        break
      }
    }
    if (this.inVisit(timeMs)) this.rememberVisited(itemId)
    const gained = entry.weight - before
    // What a return takes back has faded since it was bought.
    if (gained >= 0 || entry.lastPurchaseMs === null) return gained
    return gained * 2 ** (-Math.max(0, timeMs - entry.lastPurchaseMs) / this.shop.halfLifeMs)
  }

  private rememberVisited(itemId: ItemId): void {
    const items = this.visitItems
    const before = items.indexOf(itemId)
    if (before >= 0) items.splice(before, 1)
    else if (items.length === visitItemLimit) items.shift()
    items.push(itemId)
  }

  private rememberPurchase(entry: Entry, timeMs: number): void {
    if (entry.lastPurchaseMs === null && entry.firstMs < timeMs) {
      keepLatest(this.daysToPurchase, (timeMs - entry.firstMs) / dayMs)
    }
    entry.previousPurchaseMs = entry.lastPurchaseMs
    entry.lastPurchaseMs = Math.max(entry.lastPurchaseMs ?? timeMs, timeMs)
    const since = this.lastPurchaseMs === null ? Number.POSITIVE_INFINITY : timeMs - this.lastPurchaseMs
    if (since >= this.shop.gapMs) {
      this.purchaseOccasions++
      if (this.lastPurchaseMs !== null) keepLatest(this.daysBetweenPurchases, since / dayMs)
    }
    this.lastPurchaseMs = Math.max(this.lastPurchaseMs ?? timeMs, timeMs)
  }

  private rememberPrice(behaviour: Behaviour, item: Item, weight: number): void {
    const price = behaviour.priceMinor ?? item.priceMinor
    if (price !== null) this.logPrice.add(Math.log1p(price), weight)
    const band = this.shop.priceBand(item)
    if (band !== null) this.priceBand.add(band, weight)
  }

  /** Telling tags gain more, so that words on every label do not drown the rest. */
  private lean(tags: Int32Array, weights: Float64Array, gained: number, timeMs: number): void {
    const worth = gained * this.tags.advance(timeMs)
    const worthNow = this.inVisit(timeMs) ? gained * this.visitTags.advance(timeMs) : 0
    tags.forEach((tag, at) => {
      const share = weights[at] * this.shop.index.telling(tag)
      this.tags.add(tag, worth * share, timeMs)
      this.visitTags.add(tag, worthNow * share, timeMs)
    })
  }

  private meanStrength(table: TagTable, item: Item, nowMs: number): number {
    const left = table.left(nowMs)
    if (left === 0) return 0
    const { tags, weights } = this.shop.index.tagsOf(item)
    let [sum, total] = [0, 0]
    for (let at = 0; at < tags.length; at++) {
      const worth = weights[at] * this.shop.index.telling(tags[at])
      sum += worth * table.held(tags[at])
      total += worth
    }
    return total === 0 ? 0 : (left * sum) / total
  }
}

function createEntry(itemId: ItemId, timeMs: number): Entry {
  return { itemId, ...createPair(timeMs), lastPurchaseMs: null, previousPurchaseMs: null }
}

function keepLatest(durations: number[], days: number): void {
  durations.push(days)
  if (durations.length > durationLimit) durations.shift()
}
