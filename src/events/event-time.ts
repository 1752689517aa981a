/** Tells times that cannot be: before the shop's first imaginable day, or ahead of the clock. */
import { minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'

/** What is wrong with a time, in words that are the same for every such event; `null` where nothing is. */
export type TimeCheck = (timeMs: number) => string | null

export function createTimeCheck(config: Config['preprocess'], nowMs: number): TimeCheck {
  const earliestMs = Date.parse(config.earliest)
  const latestMs = nowMs + config.futureMinutes * minuteMs
  return (timeMs) => {
    if (timeMs < earliestMs) return `the time is before ${config.earliest} (seconds instead of milliseconds?)`
    if (timeMs > latestMs) return 'the time is in the future'
    return null
  }
}
