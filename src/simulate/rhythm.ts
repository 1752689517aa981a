/** When shoppers come: in their own rhythm, more at weekends or evenings, and sooner with a reason to come back. */
import { dayMs, minuteMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import type { Shopper } from './shoppers.ts'

/** Visits a day to expect: the shopper's rhythm, and reasons to come back. 0 before they join and after they leave. */
export function visitRate({ joinedMs, leftMs, visitsPerDay, weekend, memory }: Shopper, timeMs: number): number {
  if (joinedMs > timeMs || leftMs <= timeMs) return 0
  const weekday = new Date(timeMs).getUTCDay()
  let rate = visitsPerDay * (weekday === 0 || weekday === 6 ? weekend : 1)
  if (memory.cart.length > 0) rate += 0.06
  for (const dueMs of memory.due.values()) if (dueMs <= timeMs && timeMs - dueMs < 30 * dayMs) rate += 0.1
  return rate
}

/** How often the shopper comes on this day. Everybody's first visit is on the day they join. */
export function visitsOnDay(shopper: Shopper, dayStartMs: number, rng: Rng): number {
  const joins = shopper.joinedMs >= dayStartMs && shopper.joinedMs < dayStartMs + dayMs
  return joins ? 1 : poisson(rng, visitRate(shopper, dayStartMs))
}

/** A time on that day, near the hour the shopper likes. */
export function visitTime(shopper: Shopper, dayStartMs: number, rng: Rng): number {
  const hour = (shopper.hour + rng.normal() * 2.5 + 24) % 24
  return Math.max(dayStartMs + Math.floor(hour * 60 * minuteMs), Math.min(shopper.joinedMs, dayStartMs + dayMs - 1))
}

/** Knuth's method; means here are small. */
export function poisson(rng: Rng, mean: number): number {
  const limit = Math.exp(-mean)
  let product = rng.next()
  let count = 0
  while (product > limit) {
    product *= rng.next()
    count++
  }
  return count
}
