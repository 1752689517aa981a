/** When to learn again: after so much time, after so many new events, or when shoppers changed, as the shop asked for. */
import { type Clock, minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId } from '../domain/ids.ts'

export interface ScheduleOptions {
  readonly config: Config['training']
  readonly clock: Clock
  readonly log: Log
  readonly train: (catalogue: CatalogueId, signal: AbortSignal) => Promise<unknown>
}

export interface Schedule {
  /** Counts new events; may start a training. */
  remember(events: readonly ShopEvent[]): void
  /** Counts anew: somebody has just trained. */
  trained(catalogue: CatalogueId): void
  /** Starts a training, for shoppers have changed; false where none can be started now. */
  drifted(catalogue: CatalogueId): boolean
  /** Starts what is due by time; called every minute by itself. */
  check(): void
  /** Cancels a training that runs, for the next one to carry on with, and resolves once it has ended. */
  close(): Promise<void>
}

/** How long to wait where another replica is at it. */
const busyMs = 30_000

/**
 * One training at a time; one that fails is reported and due again only after as much has happened anew. One that
 * another replica is at stays due until that one has ended.
 */
export function createSchedule({ config, clock, log, train }: ScheduleOptions): Schedule {
  const since = new Map<CatalogueId, { events: number; startMs: number }>()
  const stop = new AbortController()
  let running: Promise<void> | null = null
  let notBeforeMs = 0
  const countAnew = (catalogue: CatalogueId) => void since.set(catalogue, { events: 0, startMs: clock.now() })

  const start = (catalogue: CatalogueId): boolean => {
    if (running !== null || stop.signal.aborted || clock.now() < notBeforeMs) return false
    const before = since.get(catalogue)
    countAnew(catalogue)
    running = train(catalogue, stop.signal)
      .then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof HaggleError && error.code === 'busy' && before !== undefined) {
            notBeforeMs = clock.now() + busyMs
            since.set(catalogue, { ...before, events: before.events + (since.get(catalogue)?.events ?? 0) })
          } else if (!stop.signal.aborted) log.warn({ err: error, catalogue }, 'a scheduled training brought nothing')
        },
      )
      .finally(() => {
        running = null
      })
    return true
  }

  const check = () => {
    for (const [catalogue, { events, startMs }] of since) {
      const byTime = config.everyMinutes !== null && clock.now() - startMs >= config.everyMinutes * minuteMs
      const byEvents = config.afterEvents !== null && events >= config.afterEvents
      // Nothing new is nothing to learn, however long ago.
      if (events > 0 && (byTime || byEvents)) start(catalogue)
    }
  }

  const timer = config.everyMinutes === null ? null : setInterval(check, minuteMs)
  timer?.unref()
  return {
    remember: (events) => {
      for (const { catalogue } of events) {
        const count = since.get(catalogue) ?? { events: 0, startMs: clock.now() }
        since.set(catalogue, { ...count, events: count.events + 1 })
      }
      check()
    },
    trained: countAnew,
    drifted: start,
    check,
    close: async () => {
      if (timer !== null) clearInterval(timer)
      stop.abort()
      await running
    },
  }
}
