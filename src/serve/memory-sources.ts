/** Proposals that need no training: by likeness to what the shopper likes, by demand, and the newest first. */
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { createTopK } from '../kernels/top-k.ts'
import type { WantedTag } from '../retrieve/content-index.ts'
import { type Ask, nothing, type Proposals, type Reasons, type Source } from './source.ts'
import type { Demand } from './trends.ts'

/** How many of a shopper's strongest interests are searched for. */
const mostInterests = 30
const reasons = 3
/** How many of a shopper's latest items may be a reason. */
const latestItems = 10

/** Items like another one, or like a list of wanted tags. */
export function alike(ask: Ask, query: ItemId | readonly WantedTag[], keep: (item: Item) => boolean = () => true) {
  const { catalogue, content } = ask.memory
  const few = ask.few()
  const accept = (itemId: ItemId) => {
    const item = few === null ? catalogue.get(itemId) : few.get(itemId)
    return ask.accept(item) && keep(item)
  }
  return content.similar(query, ask.limit, accept).flatMap(({ itemId, likeness }) => {
    const item = catalogue.get(itemId)
    return item === undefined ? [] : [{ item, score: likeness, source: 'content' }]
  })
}

/** Items that fit the shopper's interests; of `keep`'s kind only. */
export function fitting(ask: Ask, keep?: (item: Item) => boolean): Proposals {
  const { profile, nowMs } = ask
  if (profile === undefined) return nothing
  const wanted = profile.interests(nowMs, mostInterests)
  return {
    list: alike(ask, wanted, keep),
    reasons: (itemId) => sharing(ask, wanted, itemId),
    because: (itemIds) => new Map(itemIds.map((itemId) => [itemId, likestOwn(ask, itemId)])),
  }
}

/** What an item shares with what is wanted, or with another item. */
export function sharing({ memory }: Ask, query: ItemId | readonly WantedTag[], itemId: ItemId): Reasons | null {
  const shared = memory.content.shared(query, itemId)
  return shared.length === 0 ? null : { source: 'content', shared }
}

/** The shopper's own latest items most like this one. */
function likestOwn({ memory, profile }: Ask, itemId: ItemId): ItemId[] {
  return (profile?.history ?? [])
    .slice(-latestItems)
    .map((entry) => ({ own: entry.itemId, likeness: memory.content.likeness(entry.itemId, itemId) }))
    .filter(({ own, likeness }) => likeness > 0 && own !== itemId)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, reasons)
    .map(({ own }) => own)
}

export const interests: Source = (ask) => fitting(ask)

/** What is in demand; the score is the share of the greatest demand among what may be shown. */
export function inDemand(demand: Demand): Source {
  return (ask) => {
    const { catalogue, trends } = ask.memory
    const accept = (itemId: ItemId) => ask.accept(catalogue.get(itemId))
    const top = trends.top(demand, ask.nowMs, ask.limit, { accept, among: ask.few()?.keys() })
    const list = top.flatMap(({ itemId, value }) => {
      const item = catalogue.get(itemId)
      return item === undefined ? [] : [{ item, score: value / top[0].value, source: 'trending' }]
    })
    return { list }
  }
}

/** Whatever else there is, newest first: so that an answer is full wherever enough items match. Scores nothing. */
export const newest: Source = (ask) => {
  const items = [...(ask.few()?.values() ?? ask.memory.catalogue.items())]
  const top = createTopK(Math.min(ask.limit, items.length))
  items.forEach((item, index) => {
    const createdAtMs = item.createdAtMs ?? 0
    if (top.admits(index, createdAtMs) && ask.accept(item)) top.offer(index, createdAtMs)
  })
  return { list: Array.from(top.drain(), (index) => ({ item: items[index], score: 0, source: 'catalogue' })) }
}
