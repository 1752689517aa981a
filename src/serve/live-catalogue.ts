/**
 * The catalogue as it is this moment, in memory: read once from the store, then told of every change.
 *
 * The store is the truth; this applies the same changes in the same order and so arrives at the same records.
 */
import type { AttributeMapping, Item, ItemRecord } from '../domain/item.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import type { ItemChange } from '../store/store.ts'
import { createItemKeeper } from './kept-item.ts'

/** Told when an item comes, changes (`item` is the new one) or goes (`null`). */
export type ItemListener = (itemId: ItemId, item: Item | null) => void

export interface LiveCatalogue {
  readonly size: number
  readonly get: (itemId: ItemId) => Item | undefined
  /** In order of arrival. */
  items(): Iterable<Item>
  readonly apply: (changes: readonly ItemChange[]) => void
}

export function createLiveCatalogue(
  catalogue: CatalogueId,
  mapping: AttributeMapping,
  onChange: ItemListener,
): LiveCatalogue {
  const items = new Map<ItemId, Item>()
  const keep = createItemKeeper(catalogue, mapping)

  const put = (record: ItemRecord): void => {
    const item = keep(record)
    items.set(item.id, item)
    onChange(item.id, item)
  }
  const remove = (itemId: ItemId): void => {
    if (items.delete(itemId)) onChange(itemId, null)
  }
  const apply = (change: ItemChange): void => {
    switch (change.kind) {
      case 'put':
        return put(change.record)
      case 'merge': {
        const known = items.get(change.record.objectID as ItemId)
        if (known !== undefined || change.createIfMissing) put({ ...known?.record, ...change.record })
        return
      }
      case 'delete':
        return remove(change.itemId)
      case 'clear':
        for (const itemId of [...items.keys()]) remove(itemId)
    }
  }

  return {
    get size() {
      return items.size
    },
    get: (itemId) => items.get(itemId),
    items: () => items.values(),
    apply: (changes) => changes.forEach(apply),
  }
}

/** Whether a shopper may see the item at all: never what is out of stock or hidden. */
export function sellable(item: Item): boolean {
  return item.inStock && !item.hidden
}
