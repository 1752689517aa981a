/** What an event is worth: by its type, and less with age. One formula for training and serving. */
import type { EventType } from '../domain/event.ts'

export type EventWeights = Readonly<Record<EventType, number>>

/** What an interaction of summed weight `weight` is worth `ageDays` later: it halves every `halfLifeDays`. */
export function decayed(weight: number, ageDays: number, halfLifeDays: number): number {
  return weight * 2 ** (-Math.max(0, ageDays) / halfLifeDays)
}

/** What one shopper did with one item, summed up. */
export interface PairStrength {
  /** Summed weights of the events, undecayed. */
  weight: number
  firstMs: number
  lastMs: number
  views: number
  carts: number
  /** Purchases still kept; a return of half the pieces takes half a purchase back. */
  purchases: number
  /** Pieces still kept. */
  pieces: number
}

export function createPair(timeMs: number): PairStrength {
  return { weight: 0, firstMs: timeMs, lastMs: timeMs, views: 0, carts: 0, purchases: 0, pieces: 0 }
}

/**
 * Adds one event, in order of time. A return takes back the share of the purchases that its pieces are of those still
 * kept: one broken cup of a dozen leaves eleven twelfths, and a return of what was never bought takes nothing.
 */
export function addToPair(
  pair: PairStrength,
  type: EventType,
  timeMs: number,
  quantity: number,
  weights: EventWeights,
): void {
  pair.firstMs = Math.min(pair.firstMs, timeMs)
  pair.lastMs = Math.max(pair.lastMs, timeMs)
  if (type === 'return') {
    const share = pair.pieces > 0 ? Math.min(1, quantity / pair.pieces) : 0
    pair.weight += weights.return * pair.purchases * share
    pair.purchases *= 1 - share
    pair.pieces *= 1 - share
    return
  }
  pair.weight += weights[type]
  if (type === 'view') pair.views++
  else if (type === 'addToCart') pair.carts++
  else if (type === 'purchase') {
    pair.purchases++
    pair.pieces += quantity
  }
}
