/**
 * So much a second, and twice as much at once after a pause: a token bucket.
 *
 * One that asks for more than fits at once waits until the bucket is full and then leaves it in debt, so that the rate
 * holds for large requests, too.
 */
import type { Clock } from './clock.ts'

export interface Bucket {
  /** Takes `count`, or tells in how many seconds (more than 0) to ask again. */
  take(count: number): number
}

export function createBucket(perSecond: number, clock: Clock): Bucket {
  const most = 2 * perSecond
  let left = most
  let lastMs = clock.now()
  return {
    take: (count) => {
      const nowMs = clock.now()
      // A clock that was set back adds nothing.
      left = Math.min(most, left + (Math.max(0, nowMs - lastMs) / 1000) * perSecond)
      lastMs = nowMs
      const needed = Math.min(count, most)
      if (left < needed) return (needed - left) / perSecond
      left -= count
      return 0
    },
  }
}
