/** When to learn again: after so much time, after so many new events, or when shoppers changed, as the shop asked for. */
import { type Clock, hourMs, minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { ReportStore, StoredEvent } from '../store/store.ts'

export interface ScheduleOptions {
  readonly config: Config['training']
  readonly clock: Clock
  readonly log: Log
  readonly train: (catalogue: CatalogueId, signal: AbortSignal) => Promise<unknown>
  /** Where what is owed is kept. */
  readonly reports: ReportStore
  /** What the log holds that no training has seen. */
  readonly unlearnt: (catalogue: CatalogueId) => Promise<Unlearnt>
  /** How long a training that is owed may wait; `null`: for whatever training comes next. */
  readonly owedWithinHours: number | null
}

export interface Unlearnt {
  readonly events: number
  /** The last of the log that was looked at. */
  readonly lastSequence: number
  /** When the last training began to read; `null` where there was none. */
  readonly sinceMs: number | null
}

export interface Schedule {
  /** Counts new events; may start a training. */
  remember(events: readonly StoredEvent[]): void
  /** Counts anew what the last training has not seen: somebody has just trained. */
  trained(catalogue: CatalogueId): void
  /** Counts anew what the last training has not seen, for an import has brought events. */
  recount(catalogue: CatalogueId): void
  /** Starts a training, for shoppers have changed; false where none can be started now. */
  drifted(catalogue: CatalogueId): boolean
  /** Somebody was erased who is still in what is live: a training follows in time, also after a restart. */
  owe(catalogue: CatalogueId): Promise<void>
  /** Takes up what was owed and had been counted before a restart. */
  recall(catalogue: CatalogueId): Promise<void>
  /** Starts what is due by time; called every minute by itself. */
  check(): void
  /** Cancels a training that runs, for the next one to carry on with, and resolves once it has ended. */
  close(): Promise<void>
}

const owedKind = 'training-owed'

/** How long to wait where another replica is at it. */
const busyMs = 30_000

/**
 * One training at a time; one that fails is reported and due again only after as much has happened anew. One that
 * another replica is at stays due until that one has ended.
 */
export function createSchedule({
  config,
  clock,
  log,
  train,
  reports,
  owedWithinHours,
  unlearnt,
}: ScheduleOptions): Schedule {
  const since = new Map<CatalogueId, { events: number; startMs: number }>()
  const stop = new AbortController()
  /** Until when a training is owed. */
  const owed = new Map<CatalogueId, number>()
  let running: Promise<void> | null = null
  /** When another replica was last found at it. */
  let busyAtMs = Number.NEGATIVE_INFINITY
  /** A clock that was set back must not keep the shop from learning for as long. */
  const passedMs = (fromMs: number) => Math.abs(clock.now() - fromMs)
  const countAnew = (catalogue: CatalogueId) => void since.set(catalogue, { events: 0, startMs: clock.now() })

  /** What comes in while the log is counted, by sequence. */
  const arriving = new Map<CatalogueId, number[]>()
  let counting: Promise<unknown> = Promise.resolve()
  const recount = (catalogue: CatalogueId): Promise<void> => {
    const counted = counting.then(async () => {
      const arrived: number[] = []
      arriving.set(catalogue, arrived)
      const { events, lastSequence, sinceMs } = await unlearnt(catalogue).finally(() => arriving.delete(catalogue))
      const more = arrived.filter((sequence) => sequence > lastSequence).length
      since.set(catalogue, { events: events + more, startMs: sinceMs ?? clock.now() })
    })
    counting = counted.catch((error: unknown) => log.warn({ err: error, catalogue }, 'new events cannot be counted'))
    return counted
  }

  const start = (catalogue: CatalogueId): boolean => {
    if (running !== null || stop.signal.aborted || passedMs(busyAtMs) < busyMs) return false
    const before = since.get(catalogue)
    countAnew(catalogue)
    const wasOwed = owed.delete(catalogue)
    running = train(catalogue, stop.signal)
      .then(
        () => (wasOwed ? reports.put(catalogue, owedKind, null, clock.now()) : undefined),
        (error: unknown) => {
          if (wasOwed) owed.set(catalogue, clock.now() + (owedWithinHours ?? 0) * hourMs + hourMs)
          if (error instanceof HaggleError && error.code === 'busy' && before !== undefined) {
            busyAtMs = clock.now()
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
    for (const [catalogue, dueMs] of owed) if (clock.now() >= dueMs) start(catalogue)
    for (const [catalogue, { events, startMs }] of since) {
      const byTime = config.everyMinutes !== null && passedMs(startMs) >= config.everyMinutes * minuteMs
      const byEvents = config.afterEvents !== null && events >= config.afterEvents
      // Nothing new is nothing to learn, however long ago.
      if (events > 0 && (byTime || byEvents)) start(catalogue)
    }
  }

  const timer = setInterval(check, minuteMs)
  timer.unref()
  return {
    remember: (events) => {
      for (const { catalogue, sequence } of events) {
        arriving.get(catalogue)?.push(sequence)
        const count = since.get(catalogue) ?? { events: 0, startMs: clock.now() }
        since.set(catalogue, { ...count, events: count.events + 1 })
      }
      check()
    },
    trained: (catalogue) => {
      countAnew(catalogue)
      recount(catalogue).catch(() => undefined)
    },
    recount: (catalogue) => void recount(catalogue).catch(() => undefined),
    owe: async (catalogue) => {
      if (owedWithinHours === null || owed.has(catalogue)) return
      const dueMs = clock.now() + owedWithinHours * hourMs
      await reports.put(catalogue, owedKind, { dueMs }, clock.now())
      owed.set(catalogue, dueMs)
    },
    recall: async (catalogue) => {
      const { dueMs } = ((await reports.latest(catalogue, owedKind))?.report ?? {}) as { dueMs?: number }
      if (dueMs !== undefined) owed.set(catalogue, dueMs)
      await recount(catalogue)
    },
    drifted: start,
    check,
    close: async () => {
      clearInterval(timer)
      stop.abort()
      await running
      await counting
    },
  }
}
