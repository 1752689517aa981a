/**
 * Which items a question may be answered with, found fast also where hardly any match.
 *
 * A filter that most items pass is asked of a few items only, as they earn a place. One that is asked often is asked of
 * the whole catalogue at once (condition-bits.ts); where few match, they are kept at hand, follow the catalogue, and
 * sources look through them alone. At most 100 filters with 5,000 items each are kept, the least lately used go first.
 */
import { createLatest } from '../base/latest.ts'
import type { Lookups } from '../base/lookups.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { type Condition, all } from '../retrieve/condition.ts'
import { type FilterParameters, readFilter } from '../retrieve/filter.ts'
import { type ItemListener, type LiveCatalogue, sellable } from './live-catalogue.ts'
import type { SearchIndex } from './search-index.ts'

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
  /** `null`: everything passes. */
  readonly condition: Condition | null
  matches: Map<ItemId, Item> | null
  many: boolean
}

const mostKept = 100
const fewItems = 5_000
/** How often a filter is asked in one answer before it pays to ask it of everything. */
const patience = 2_000

/** @param meeting who meets a condition as the catalogue is now, asked of all at once */
export function createRestrictions(catalogue: LiveCatalogue, meeting: SearchIndex['meeting']): Restrictions {
  const kept = createLatest<Known>(mostKept)
  const find = (known: Known): void => {
    const matches = new Map<ItemId, Item>()
    const meets = asked(known)
    for (const item of catalogue.items()) {
      if (sellable(item) && meets(item.id)) matches.set(item.id, item)
      if (matches.size > fewItems) {
        known.many = true
        return
      }
    }
    known.matches = matches
  }

  const asked = ({ condition }: Known): ((itemId: ItemId) => boolean) =>
    condition === null ? () => true : meeting(condition.shape)

  return {
    lookups: kept.lookups,
    of: (parameters) => {
      const known = kept.of(JSON.stringify(parameters), () => {
        return { condition: conjunction(parameters), matches: null, many: false }
      })
      let count = 0
      let meets: ((itemId: ItemId) => boolean) | null = null
      return {
        passes: (item) => {
          if (known.matches === null && !known.many && ++count > patience) find(known)
          if (known.matches !== null) return known.matches.has(item.id)
          return known.many ? (meets ??= asked(known))(item.id) : passes(known, item)
        },
        few: () => known.matches,
      }
    },
    follow: (itemId, item) => {
      for (const known of kept.values()) {
        if (known.matches === null) continue
        if (item !== null && sellable(item) && passes(known, item)) known.matches.set(itemId, item)
        else known.matches.delete(itemId)
      }
    },
  }
}

function passes({ condition }: Known, item: Item): boolean {
  return condition === null || condition.test(item.record)
}

/** All of them together; `null` where they demand nothing. */
function conjunction(parameters: readonly FilterParameters[]): Condition | null {
  const conditions = parameters.map(readFilter).filter(({ shape }) => shape.kind !== 'all' || shape.parts.length > 0)
  return conditions.length === 0 ? null : all(conditions)
}
