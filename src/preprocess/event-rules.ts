/**
 * What is wrong with a single event, and what to do about it: the rules that hold for imports and live events alike.
 *
 * Add one: put it in the list, in the order in which it is to be asked; the report and the live path follow.
 */
import { minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { ShopEvent } from '../domain/event.ts'
import { eventTypes } from '../domain/event.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'

/** What a rule does with the rows it touches: strikes them out, mends them, or only tells of them. */
export type RuleEffect = 'dropped' | 'changed' | 'noted'

export interface CleanContext {
  readonly config: Config['preprocess']
  readonly nowMs: number
  /** The catalogue; `undefined` for an item it does not hold. */
  readonly item: (itemId: ItemId) => Item | undefined
}

export interface EventRule {
  readonly name: string
  /** Why, in a sentence for the report. */
  readonly why: string
  readonly effect: RuleEffect
  /** The event itself where the rule has nothing to say, a mended copy, or `null` to drop it. */
  apply(event: ShopEvent, context: CleanContext): ShopEvent | null
}

const cancellation = /cancel|refund|revers|storno|退款|退货|取消/i

export const eventRules: readonly EventRule[] = [
  {
    name: 'malformed',
    why: 'No shopper, no known type, or neither a product nor words are named: nothing can be learnt from it.',
    effect: 'dropped',
    apply: (event) => {
      const subject = event.type === 'search' ? event.query : event.itemId
      return event.userId.trim() && eventTypes.includes(event.type) && subject?.trim() ? event : null
    },
  },
  {
    name: 'impossible-time',
    why: 'The time is missing, before the shop can have existed, or in the future.',
    effect: 'dropped',
    apply: (event, { config, nowMs }) =>
      event.timeMs >= Date.parse(config.earliest) && event.timeMs <= nowMs + config.futureMinutes * minuteMs
        ? event
        : null,
  },
  {
    name: 'negative-quantity',
    why: 'A negative number of pieces means that goods came back: counted as a return.',
    effect: 'changed',
    apply: (event) => (event.quantity < 0 ? { ...event, type: 'return', quantity: -event.quantity } : event),
  },
  {
    name: 'cancelled',
    why: 'The event is named a cancellation or refund: counted as a return.',
    effect: 'changed',
    apply: (event) =>
      (event.type === 'purchase' || event.type === 'conversion') && cancellation.test(event.name)
        ? { ...event, type: 'return' }
        : event,
  },
  {
    name: 'missing-quantity',
    why: 'The number of pieces is missing or zero: one piece is assumed.',
    effect: 'changed',
    apply: (event) => (event.quantity > 0 && Number.isFinite(event.quantity) ? event : { ...event, quantity: 1 }),
  },
  {
    name: 'impossible-price',
    why: 'The price is negative or no number: taken as missing.',
    effect: 'changed',
    apply: (event) =>
      event.priceMinor === null || (event.priceMinor >= 0 && Number.isFinite(event.priceMinor))
        ? event
        : { ...event, priceMinor: null },
  },
  {
    name: 'price-from-catalogue',
    why: 'The price is missing: the catalogue’s is taken.',
    effect: 'changed',
    apply: (event, { item }) => {
      if (event.priceMinor !== null || event.itemId === null) return event
      const priceMinor = item(event.itemId)?.priceMinor ?? null
      return priceMinor === null ? event : { ...event, priceMinor }
    },
  },
]

/** Asks every rule in turn; `touched` hears of each that had something to say, with the event as it found it. */
export function applyEventRules(
  event: ShopEvent,
  context: CleanContext,
  touched?: (rule: EventRule, event: ShopEvent) => void,
): ShopEvent | null {
  let current = event
  for (const rule of eventRules) {
    const next = rule.apply(current, context)
    if (next !== current) touched?.(rule, current)
    if (next === null) return null
    current = next
  }
  return current
}
