/** What time it is: the real clock in production, one a test can move elsewhere. Milliseconds since 1970. */
export interface Clock {
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

export interface ManualClock extends Clock {
  set(timeMs: number): void
  advance(durationMs: number): void
}

export function createManualClock(timeMs: number): ManualClock {
  let current = timeMs
  return {
    now: () => current,
    set: (next) => {
      current = next
    },
    advance: (durationMs) => {
      current += durationMs
    },
  }
}

export const dayMs = 86_400_000
export const hourMs = 3_600_000
export const minuteMs = 60_000
