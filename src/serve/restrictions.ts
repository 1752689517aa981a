/**
 * Which items a question may be answered with, found fast also where hardly any match.
 *
 * A filter that most items pass is asked of a few items only, as they earn a place. One that keeps failing is asked of
 * the whole catalogue once; where few match, they are kept at hand, follow the catalogue, and sources look through them
 * alone. At most 100 filters with 5,000 items each are kept, the least lately used go first.
 */
import type { ItemId } from '../domain/ids.ts'
import type { Lookups } from '../base/lookups.ts'
import type { Item } from '../domain/item.ts'
import { compileFilter, type FilterParameters } from '../retrieve/filter.ts'
import { type ItemListener, type LiveCatalogue, sellable } from './live-catalogue.ts'

export interface Restriction {
  readonly passes: (item: Item) => boolean
  /** All items on sale that pass; `null` where they are many, or not found out yet. */
  readonly few: () => ReadonlyMap<ItemId, Item> | null
}

export interface Restrictions {
  /** @throws `bad-request` where a filter cannot be read. */
  of(parameters: readonly FilterParameters[]): Restriction
  readonly follow: ItemListener
  readonly lookups: Readonly<Lookups>
}

interface Known {
  readonly filter: (item: Item) => boolean
  matches: Map<ItemId, Item> | null
  many: boolean
}

const mostKept = 100
const fewItems = 5_000
/** How often a filter is asked in one answer before it pays to ask it of everything. */
const patience = 2_000

export function createRestrictions(catalogue: LiveCatalogue): Restrictions {
  const kept = new Map<string, Known>()
  const lookups: Lookups = { hits: 0, misses: 0 }

  const recall = (parameters: readonly FilterParameters[]): Known => {
    const key = JSON.stringify(parameters)
    lookups[kept.has(key) ? 'hits' : 'misses']++
    const known = kept.get(key) ?? { filter: conjunction(parameters), matches: null, many: false }
    kept.delete(key)
    kept.set(key, known)
    if (kept.size > mostKept) kept.delete(kept.keys().next().value as string)
    return known
  }
  const find = (known: Known): void => {
    const matches = new Map<ItemId, Item>()
    for (const item of catalogue.items()) {
      if (sellable(item) && known.filter(item)) matches.set(item.id, item)
      if (matches.size > fewItems) {
        known.many = true
        return
      }
    }
    known.matches = matches
  }

  return {
    lookups,
    of: (parameters) => {
      const known = recall(parameters)
      let asked = 0
      return {
        passes: (item) => {
          if (known.matches === null && !known.many && ++asked > patience) find(known)
          return known.matches?.has(item.id) ?? known.filter(item)
        },
        few: () => known.matches,
      }
    },
    follow: (itemId, item) => {
      for (const { matches, filter } of kept.values()) {
        if (matches === null) continue
        if (item !== null && sellable(item) && filter(item)) matches.set(itemId, item)
        else matches.delete(itemId)
      }
    },
  }
}

function conjunction(parameters: readonly FilterParameters[]): (item: Item) => boolean {
  const filters = parameters.map(compileFilter)
  return (item) => filters.every((filter) => filter(item))
}
