/**
 * What is wrong with the row of events of one shopper: repeats, robots, floods, returns of what was never bought.
 *
 * Each rule sees what the rules before it left, oldest first. Purchases, returns and ratings are no page events: an
 * order of 200 lines, or an evening of rating films, is neither a repeat nor a flood. Add one: put it in the list.
 */
import { dayMs, minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { eventTypeIndex } from '../domain/event.ts'
import type { DraftLog } from './draft-log.ts'
import type { RuleEffect } from './event-rules.ts'

export interface ShopperRule {
  readonly name: string
  /** Why, in a sentence for the report. */
  readonly why: string
  readonly effect: RuleEffect
  /** Names the rows it has something to say about; where the effect is `dropped`, they are struck out. */
  find(rows: Int32Array, draft: DraftLog, config: Config['preprocess'], touch: (row: number) => void): void
}

const [view, click, purchase, back] = (['view', 'click', 'purchase', 'return'] as const).map(eventTypeIndex)
const search = eventTypeIndex('search')
const addToCart = eventTypeIndex('addToCart')

function isPageEvent({ type, rated }: DraftLog, row: number): boolean {
  return rated[row] === 0 && type[row] <= addToCart
}

function isAct({ type, rated }: DraftLog, row: number): boolean {
  return rated[row] === 1 || (type[row] !== view && type[row] !== search)
}

/** Touches the rows by which a shopper exceeds `limit` page events within one slice of time. */
function exceeding(rows: Int32Array, draft: DraftLog, sliceMs: number, limit: number, touch: (row: number) => void) {
  let slice = Number.NaN
  let count = 0
  for (const row of rows) {
    if (!isPageEvent(draft, row)) continue
    const now = Math.floor(draft.timeMs[row] / sliceMs)
    count = now === slice ? count + 1 : 1
    slice = now
    if (count > limit) touch(row)
  }
}

export const shopperRules: readonly ShopperRule[] = [
  {
    name: 'repeat',
    why: 'The same shopper, product, type, order, pieces and price again within seconds: a double click or a resent event.',
    effect: 'dropped',
    find: (rows, draft, { repeatSeconds }, touch) => {
      const latest = new Map<number, number>()
      for (const row of rows) {
        const key = (draft.itemIndex[row] + 1) * 8 + draft.type[row]
        const before = latest.get(key)
        latest.set(key, row)
        if (before === undefined || draft.timeMs[row] - draft.timeMs[before] > repeatSeconds * 1000) continue
        const same =
          draft.query[row] === draft.query[before] &&
          draft.namedOrder[row] === draft.namedOrder[before] &&
          draft.quantity[row] === draft.quantity[before] &&
          Object.is(draft.priceMinor[row], draft.priceMinor[before])
        if (same) touch(row)
      }
    },
  },
  {
    name: 'robot-by-pace',
    why: 'More page events on one day than a person makes: a robot, dropped whole.',
    effect: 'dropped',
    find: (rows, draft, { robotEventsPerDay }, touch) => {
      if (rows.length <= robotEventsPerDay) return
      let robot = false
      exceeding(rows, draft, dayMs, robotEventsPerDay, () => {
        robot = true
      })
      if (robot) rows.forEach(touch)
    },
  },
  {
    name: 'robot-by-views',
    why: 'Looks at very many products and never clicks, keeps or buys one, where others do: a robot, dropped whole.',
    effect: 'dropped',
    find: (rows, draft, { robotViewsWithoutAct }, touch) => {
      // A log of views alone says nothing about who never acts.
      if (rows.length <= robotViewsWithoutAct || draft.countOf('view') + draft.countOf('search') === draft.length)
        return
      const views = rows.reduce((count, row) => count + (draft.type[row] === view ? 1 : 0), 0)
      if (views > robotViewsWithoutAct && !rows.some((row) => isAct(draft, row))) rows.forEach(touch)
    },
  },
  {
    name: 'flood',
    why: 'More page events of one shopper within a minute than a person makes: the rest of the minute is dropped.',
    effect: 'dropped',
    find: (rows, draft, { floodPerMinute }, touch) => exceeding(rows, draft, minuteMs, floodPerMinute, touch),
  },
  {
    name: 'return-without-purchase',
    why: 'Nothing of the product was bought before, or all of it came back already: no taste to take back.',
    effect: 'dropped',
    find: (rows, draft, _config, touch) => {
      if (draft.countOf('return') === 0 || !rows.some((row) => draft.type[row] === back)) return
      const kept = new Map<number, number>()
      for (const row of rows) {
        const pieces = kept.get(draft.itemIndex[row]) ?? 0
        if (draft.type[row] === purchase) kept.set(draft.itemIndex[row], pieces + draft.quantity[row])
        if (draft.type[row] !== back) continue
        if (pieces <= 0) touch(row)
        else kept.set(draft.itemIndex[row], pieces - draft.quantity[row])
      }
    },
  },
  {
    name: 'click-without-view',
    why: 'The log holds views, yet this product was clicked without one: views may be missing, rates may be too high.',
    effect: 'noted',
    find: (rows, draft, _config, touch) => {
      if (draft.countOf('view') === 0 || draft.countOf('click') === 0) return
      const seen = new Set<number>()
      for (const row of rows) {
        if (draft.type[row] === view) seen.add(draft.itemIndex[row])
        else if (draft.type[row] === click && !seen.has(draft.itemIndex[row])) touch(row)
      }
    },
  },
]
