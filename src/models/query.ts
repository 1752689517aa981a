/** Turns a shopper's history into the question a model understands, the same way offline and online. */
import type { ItemId } from '../domain/ids.ts'
import { dayMs } from '../base/clock.ts'
import { type Basket, stackBaskets } from '../preprocess/baskets.ts'
import type { AskedSignals } from '../preprocess/signals.ts'
import { decayed } from '../preprocess/weights.ts'
import type { Query } from './model.ts'

export interface QueryOptions {
  /** Index of an item, or -1 where the model does not know it. */
  readonly indexOf: (itemId: ItemId) => number
  readonly halfLifeDays: number
  readonly nowMs: number
  /** At most this many of the latest entries are used. */
  readonly limit: number
  readonly features: Float32Array | null
  readonly signals?: AskedSignals
}

/** A shopper who comes back after decades still has a taste: no weight may fade below what 32 bits hold. */
const mostHalfLives = 10

/** `history` is oldest first. Items the model does not know and entries of no positive weight are left out. */
export function queryFromHistory(
  history: readonly { readonly itemId: ItemId; readonly weight: number; readonly lastMs: number }[],
  options: QueryOptions,
): Query {
  const known = history
    .filter((entry) => entry.weight > 0 && options.indexOf(entry.itemId) >= 0)
    .slice(-options.limit)
    .map((entry) => ({ ...entry, ageDays: Math.max(0, options.nowMs - entry.lastMs) / dayMs }))
  const youngest = known.reduce((least, entry) => Math.min(least, entry.ageDays), Number.POSITIVE_INFINITY)
  const forgiven = Math.max(0, youngest - mostHalfLives * options.halfLifeDays)
  return {
    items: Int32Array.from(known, (entry) => options.indexOf(entry.itemId)),
    weights: Float32Array.from(known, (entry) => decayed(entry.weight, entry.ageDays - forgiven, options.halfLifeDays)),
    ageDays: Float32Array.from(known, (entry) => entry.ageDays),
    features: options.features,
    ...(options.signals === undefined ? {} : { signals: options.signals }),
  }
}

interface Bought {
  readonly itemId: ItemId
  readonly purchases: number
  readonly lastPurchaseMs: number | null
}

/**
 * The question what comes into the next basket: only what was bought and kept, and the baskets themselves.
 * @param weight of a purchase
 */
export function queryFromBaskets(
  history: readonly Bought[],
  baskets: readonly Readonly<Basket<ItemId>>[],
  options: QueryOptions & { readonly weight: number },
): Query {
  const kept = history
    .flatMap(({ itemId, purchases, lastPurchaseMs: lastMs }) =>
      lastMs === null || purchases <= 0 ? [] : [{ itemId, weight: purchases * options.weight, lastMs }],
    )
    .sort((one, other) => one.lastMs - other.lastMs)
  const query = queryFromHistory(kept, options)
  const known = new Set(query.items)
  const lists = baskets.map(({ items, lastMs }) => ({
    items: items.map(options.indexOf).filter((item) => known.has(item)),
    ageDays: Math.max(0, options.nowMs - lastMs) / dayMs,
  }))
  return { ...query, baskets: stackBaskets([lists.filter(({ items }) => items.length > 0)]) }
}

/** The question of someone of whom nothing is known. */
export const strangerQuery: Query = {
  items: new Int32Array(0),
  weights: new Float32Array(0),
  ageDays: null,
  features: null,
}
