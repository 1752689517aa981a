/**
 * What the shop showed and what came of it, added up by hour, surface and generation, and by minute for the last day.
 *
 * Reads the store when asked (follow-traffic.ts). An act counts for the hour of the answer it goes back to, so that no
 * rate exceeds 1; one that goes back to none counts for its own hour under no surface. Cost: nothing while nobody asks,
 * then what is new. Memory: some 100 bytes an hour, surface and generation, and an entry for each of the latest answers.
 */
import { dayMs, hourMs, minuteMs } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, QueryId } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'
import { addCounts, type Counts, noCounts } from './counts.ts'
import { type FollowedTraffic, followTraffic } from './follow-traffic.ts'

/** What an answer was: the grounds on which sums are asked for. */
export interface Place {
  readonly hourMs: number
  /** `null` for acts that go back to no answer. */
  readonly surface: string | null
  readonly generation: string | null
}

export interface Minute {
  readonly atMs: number
  readonly events: number
  readonly answers: number
  readonly clicks: number
  readonly purchases: number
  readonly revenueMinor: number
}

export interface Ledger {
  readonly mayHold: FollowedTraffic['mayHold']
  /** Reads what is new up to `nowMs`; calls follow one another. */
  catchUp(nowMs: number): Promise<void>
  /** Sums of the hours that begin in [fromMs, untilMs), by whatever `group` says; `null` leaves a place out. */
  sums(fromMs: number, untilMs: number, group: (place: Place) => string | null): Map<string, Counts>
  /** Every minute of the last `count` before `nowMs`, the present one included, oldest first. */
  minutes(nowMs: number, count: number): Minute[]
}

const keptDays = 35
const keptMinutes = 1_440
/** Answers of which later acts are told apart; older ones are looked up. */
const keptAnswers = 50_000

interface Answered {
  readonly place: Place
  clicked: boolean
  converted: boolean
}

export function createLedger(store: Pick<Store, 'events' | 'exposures'>, catalogue: CatalogueId): Ledger {
  const cells = new Map<string, { readonly place: Place; readonly counts: Counts }>()
  const minutes = new Map<number, { -readonly [Name in keyof Minute]: Minute[Name] }>()
  const answers = new Map<QueryId, Answered>()

  const cell = (place: Place): Counts => {
    const key = `${place.hourMs} ${place.generation} ${place.surface}`
    const known = cells.get(key)
    if (known !== undefined) return known.counts
    const counts = noCounts()
    cells.set(key, { place, counts })
    return counts
  }
  const minute = (timeMs: number) => {
    const atMs = startOf(timeMs, minuteMs)
    const known = minutes.get(atMs)
    if (known !== undefined) return known
    const fresh = { atMs, events: 0, answers: 0, clicks: 0, purchases: 0, revenueMinor: 0 }
    minutes.set(atMs, fresh)
    return fresh
  }

  function expose(exposure: Exposure): void {
    const { queryId, timeMs, surface, generation, items } = exposure
    const place: Place = { hourMs: startOf(timeMs, hourMs), surface, generation }
    const counts = cell(place)
    counts.answers++
    counts.shown += items.length
    minute(timeMs).answers++
    answers.set(queryId, { place, clicked: false, converted: false })
    if (answers.size > keptAnswers) answers.delete(answers.keys().next().value as QueryId)
  }

  function act(event: ShopEvent, exposure: Exposure | null): void {
    const now = minute(event.timeMs)
    now.events++
    const answered = exposure === null ? null : answeredBy(exposure)
    const counts = cell(answered?.place ?? { hourMs: startOf(event.timeMs, hourMs), surface: null, generation: null })
    switch (event.type) {
      case 'click':
        now.clicks++
        counts.clicks++
        if (answered?.clicked === false) counts.clickedAnswers++
        if (answered !== null) answered.clicked = true
        return
      case 'conversion':
      case 'addToCart':
      case 'purchase': {
        if (answered?.converted === false) counts.convertedAnswers++
        if (answered !== null) answered.converted = true
        if (event.type === 'addToCart') counts.carts++
        if (event.type !== 'purchase') return
        const worth = event.quantity * (event.priceMinor ?? 0)
        counts.purchases++
        counts.revenueMinor += worth
        now.purchases++
        now.revenueMinor += worth
        return
      }
      default:
    }
  }

  function answeredBy({ queryId, timeMs, surface, generation }: Exposure): Answered {
    const known = answers.get(queryId)
    if (known !== undefined) return known
    const fresh = { place: { hourMs: startOf(timeMs, hourMs), surface, generation }, clicked: false, converted: false }
    answers.set(queryId, fresh)
    return fresh
  }

  const { follow, mayHold } = followTraffic(
    store,
    catalogue,
    { shown: expose, acted: (event, found) => act(event, found?.exposure ?? null) },
    (nowMs) => nowMs - keptDays * dayMs,
  )

  return {
    mayHold,
    catchUp: async (nowMs) => {
      await follow(nowMs)
      for (const [key, { place }] of cells) if (place.hourMs < nowMs - keptDays * dayMs) cells.delete(key)
      for (const atMs of minutes.keys()) if (atMs < nowMs - keptMinutes * minuteMs) minutes.delete(atMs)
    },
    sums: (fromMs, untilMs, group) => {
      const sums = new Map<string, Counts>()
      for (const { place, counts } of cells.values()) {
        const name = place.hourMs >= fromMs && place.hourMs < untilMs ? group(place) : null
        if (name === null) continue
        const sum = sums.get(name) ?? noCounts()
        addCounts(sum, counts)
        sums.set(name, sum)
      }
      return sums
    },
    minutes: (nowMs, count) => {
      const last = startOf(nowMs, minuteMs)
      return Array.from({ length: count }, (_, at) => {
        const atMs = last - (count - 1 - at) * minuteMs
        return minutes.get(atMs) ?? { atMs, events: 0, answers: 0, clicks: 0, purchases: 0, revenueMinor: 0 }
      })
    },
  }
}

function startOf(timeMs: number, lengthMs: number): number {
  return Math.floor(timeMs / lengthMs) * lengthMs
}
