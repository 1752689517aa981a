/** How due something is: 1 when as long has passed as usual, less the more times sooner or later it is, 0 when unknown. */
import { dayMs } from '../base/clock.ts'

const shortestDays = 1 / 1440

/** A bell over the logarithm of passed / usual: three times as long, or a third, is one standard deviation. */
export function due(sinceMs: number, usualDays: number | null): number {
  if (usualDays === null) return 0
  const passedDays = Math.max(shortestDays, sinceMs / dayMs)
  const deviations = Math.log(passedDays / Math.max(shortestDays, usualDays)) / Math.log(3)
  return Math.exp(-0.5 * deviations ** 2)
}
