/**
 * Reads what was shown and what was done, in the order of time, and tells of each act which answer it goes back to.
 *
 * Reads the store when asked, and from then on only what is new: events by their sequence, exposures by their time, the
 * two merged so that an act finds what was shown before it (events/attribution.ts). Cost: the first reading goes through
 * the log once, giving way to answers; later ones are O(what is new). Memory: what was shown in the last half hour.
 */
import { createBreathe } from '../base/breathe.ts'
import { hash32 } from '../base/rng.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { Exposure } from '../domain/exposure.ts'
import type { CatalogueId, UserId } from '../domain/ids.ts'
import { type Attribution, attribute, sightMs } from '../events/attribution.ts'
import type { Store } from '../store/store.ts'
import { namedExposures } from './named-exposures.ts'

export interface TrafficListener {
  /** In the order of time. */
  shown(exposure: Exposure): void
  /** `null`: it goes back to no answer. */
  acted(event: ShopEvent, attribution: Attribution | null): void
}

export interface FollowedTraffic {
  /** Reads what is new up to `nowMs`, at first from `fromMs(nowMs)` on; calls follow one another. */
  readonly follow: (nowMs: number) => Promise<void>
  /** Whether anything of that shopper may have been told: never wrongly no, and seldom wrongly yes. */
  readonly mayHold: (userId: UserId) => boolean
}

/** A bit for each of those who were told of: 128 KB. */
const metBits = 1 << 20

export function followTraffic(
  store: Pick<Store, 'events' | 'exposures'>,
  catalogue: CatalogueId,
  listener: TrafficListener,
  fromMs: (nowMs: number) => number,
): FollowedTraffic {
  const met = new Uint8Array(metBits / 8)
  const meet = (userId: UserId): void => {
    const bit = hash32(userId) % metBits
    met[bit >> 3] |= 1 << (bit & 7)
  }
  /** What each shopper was shown lately. */
  const sights = new Map<UserId, Exposure[]>()
  let sequence: number | null = null
  let exposedUntilMs: number | null = null
  let turn: Promise<void> = Promise.resolve()

  function expose(exposure: Exposure): void {
    listener.shown(exposure)
    const { userId } = exposure
    if (userId === null) return
    meet(userId)
    const own = sights.get(userId)
    if (own === undefined) sights.set(userId, [exposure])
    else own.push(exposure)
  }

  async function attributed(batch: readonly ShopEvent[]): Promise<void> {
    const byUser = new Map<UserId, ShopEvent[]>()
    for (const event of batch) {
      const own = byUser.get(event.userId)
      if (own === undefined) byUser.set(event.userId, [event])
      else own.push(event)
    }
    for (const [userId, acts] of byUser) {
      meet(userId)
      const seen = sights.get(userId) ?? []
      const named = await namedExposures(acts, seen, store)
      attribute(acts, [...named, ...seen]).forEach((found, at) => listener.acted(acts[at], found))
    }
  }

  async function read(nowMs: number): Promise<void> {
    const breathe = createBreathe()
    const earliestMs = fromMs(nowMs)
    const exposures = flattened(store.exposures.scan(catalogue, exposedUntilMs ?? earliestMs, nowMs + 1, 'analytics'))
    let next = await exposures.next()
    const exposeUntil = async (untilMs: number) => {
      while (next.done !== true && next.value.timeMs <= untilMs) {
        expose(next.value)
        next = await exposures.next()
      }
    }
    const unread = sequence === null ? { fromMs: earliestMs } : { afterSequence: sequence, fromMs: earliestMs }
    for await (const batch of store.events.scan({ catalogue, purpose: 'analytics', ...unread })) {
      const latestMs = batch.reduce((latest, { timeMs }) => Math.max(latest, timeMs), 0)
      await exposeUntil(latestMs)
      await attributed(batch)
      sequence = batch.at(-1)?.sequence ?? sequence
      forgetSights(sights, latestMs - sightMs)
      await breathe()
    }
    await exposeUntil(nowMs)
    sequence ??= 0
    exposedUntilMs = nowMs + 1
    forgetSights(sights, nowMs - sightMs)
  }

  return {
    follow: (nowMs) => {
      const reading = turn.then(() => read(nowMs))
      turn = reading.catch(() => undefined)
      return reading
    },
    mayHold: (userId) => {
      const bit = hash32(userId) % metBits
      return (met[bit >> 3] & (1 << (bit & 7))) !== 0
    },
  }
}

function forgetSights(sights: Map<UserId, Exposure[]>, beforeMs: number): void {
  for (const [userId, own] of sights) {
    const kept = own.filter(({ timeMs }) => timeMs >= beforeMs)
    if (kept.length === 0) sights.delete(userId)
    else if (kept.length < own.length) sights.set(userId, kept)
  }
}

async function* flattened(batches: AsyncIterable<Exposure[]>): AsyncGenerator<Exposure, undefined> {
  for await (const batch of batches) yield* batch
  return undefined
}
