/**
 * Keeps a shop within the memory it was given: so many products in all its indices, so many shoppers with a profile.
 *
 * What would go beyond is refused before anything of it is written, and says by which limit; what is there stays, also
 * where the limit was lowered since. Costs a look into memory for each product of a change.
 */
import type { Config } from '../base/config.ts'
import { allows } from '../domain/consent.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import type { LiveShops } from '../serve/live-shops.ts'
import type { ItemChange, Store } from '../store/store.ts'

type Limits = Pick<Config['limits'], 'products' | 'shoppers'>

/** `shops`, whose changes are refused where they would bring in more products than there is room for. */
export function withinRoom(shops: LiveShops, { products }: Limits): LiveShops {
  if (products === null) return shops
  /** Of changes that are being made. */
  let coming = 0
  const bounded = async (added: number, change: () => Promise<number>): Promise<number> => {
    const held = [...shops.all()].reduce((sum, { itemCount }) => sum + itemCount, coming)
    if (added > 0 && held + added > products) throw noRoom('products', products, held, added)
    coming += Math.max(0, added)
    return change().finally(() => {
      coming -= Math.max(0, added)
    })
  }
  const countOf = (catalogue: CatalogueId) => shops.get(catalogue)?.itemCount ?? 0
  return {
    ...shops,
    change: (changes) => {
      const added = [...changes].reduce((sum, [catalogue, own]) => sum + addedBy(shops, catalogue, own), 0)
      return bounded(added, () => shops.change(changes))
    },
    copy: (source, target, parts) =>
      bounded(parts === null ? countOf(source) - countOf(target) : 0, () => shops.copy(source, target, parts)),
  }
}

/** How many products more there are after the changes. */
function addedBy(shops: LiveShops, catalogue: CatalogueId, changes: readonly ItemChange[]): number {
  const shop = shops.get(catalogue)
  const touched = new Map<ItemId, boolean>()
  let wasCleared = false
  const isThere = (itemId: ItemId) => touched.get(itemId) ?? (!wasCleared && shop?.item(itemId) !== undefined)
  let added = 0
  const set = (itemId: ItemId, there: boolean) => {
    added += Number(there) - Number(isThere(itemId))
    touched.set(itemId, there)
  }
  for (const change of changes) {
    if (change.kind === 'clear') {
      wasCleared = true
      touched.clear()
      added = -(shop?.itemCount ?? 0)
    } else if (change.kind === 'delete') set(change.itemId, false)
    else {
      const itemId = change.record.objectID as ItemId
      if (change.kind === 'put' || change.createIfMissing) set(itemId, true)
    }
  }
  return added
}

/** For products that go into the store without passing by a live shop; rejects where there is no room for them. */
export async function requireRoom(
  store: Store,
  { products }: Limits,
  catalogue: CatalogueId,
  itemIds: readonly ItemId[],
): Promise<void> {
  if (products === null) return
  const held = (await store.catalogues.list()).reduce((sum, { itemCount }) => sum + itemCount, 0)
  const known = await store.catalogues.get(catalogue, itemIds)
  const added = new Set(itemIds).size - known.size
  if (added > 0 && held + added > products) throw noRoom('products', products, held, added)
}

/**
 * @param coming who is new already, by events that no live shop has heard of yet; those of these events are added
 * @throws `no-room` where events are of more new shoppers than there is room for: a profile is what takes it
 */
export function requireShopperRoom(
  events: readonly ShopEvent[],
  shops: LiveShops,
  { shoppers }: Limits,
  coming = new Set<UserId>(),
): void {
  if (shoppers === null) return
  for (const event of events) {
    if (allows(event, 'personalization') && !shops.knows(event.userId)) coming.add(event.userId)
  }
  const held = [...shops.all()].reduce((sum, { shopperCount }) => sum + shopperCount, 0)
  if (coming.size > 0 && held + coming.size > shoppers) throw noRoom('shoppers', shoppers, held, coming.size)
}

function noRoom(what: keyof Limits, limit: number, held: number, added: number): HaggleError {
  return new HaggleError(
    'no-room',
    `The shop may hold ${limit} ${what} (limits.${what}): it has ${held}, and this adds ${added}.`,
  )
}
