/**
 * Lets go of what is older than the shop wants to keep, in the store and in memory: at the start and once a day, each replica in its own memory.
 *
 * What everybody did together (counts of items, trends, models) holds no shopper and fades by itself or with the next
 * training; what is held of a shopper is read anew from what is left.
 */
import { type Clock, dayMs, hourMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { UserId } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'
import type { Pseudonyms } from './pseudonyms.ts'

export interface RetentionOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly keepDays: Config['privacy']['keepDays']
  readonly pseudonyms: Pick<Pseudonyms, 'refresh'>
  /** Of whom memory still holds something of before: another replica may have been the one to remove it. */
  readonly heldBefore: (timeMs: number) => Iterable<UserId>
  /** Reads shoppers of whom events are gone anew. */
  readonly relearn: (userIds: ReadonlySet<UserId>) => Promise<void>
  /** Lets memory go of answers and searches of before. */
  readonly forgetAnswers: (beforeMs: number) => void
}

export interface Retention {
  /** Removes what is too old by now; says how many rows of each kind that was. */
  run(): Promise<{ events: number; exposures: number; searchCounts: number }>
  close(): Promise<void>
}

export function createRetention(options: RetentionOptions): Retention {
  const { store, clock, log, keepDays, pseudonyms, heldBefore, relearn, forgetAnswers } = options
  let ranAtMs = Number.NEGATIVE_INFINITY
  let running: Promise<unknown> = Promise.resolve()

  const runOnce = async () => {
    const nowMs = clock.now()
    ranAtMs = nowMs
    const removed = { events: 0, exposures: 0, searchCounts: 0 }
    await store.months.prepare(nowMs)
    if (keepDays.events !== null) {
      const beforeMs = nowMs - keepDays.events * dayMs
      const { rows, userIds } = await store.events.forgetBefore(beforeMs)
      removed.events = rows
      await relearn(new Set([...userIds, ...heldBefore(beforeMs)]))
    }
    if (keepDays.exposures !== null) {
      const beforeMs = nowMs - keepDays.exposures * dayMs
      removed.exposures = (await store.exposures.forgetBefore(beforeMs)).rows
      forgetAnswers(beforeMs)
    }
    if (keepDays.searchCounts !== null) {
      removed.searchCounts = await store.searches.forgetBefore(Math.floor(nowMs / dayMs) - keepDays.searchCounts)
    }
    await pseudonyms.refresh()
    if (Object.values(removed).some((rows) => rows > 0)) log.info({ removed }, 'what was too old was removed')
    return removed
  }
  const run: Retention['run'] = () => {
    const next = running.then(runOnce)
    running = next.catch(() => undefined)
    return next
  }
  const timer = setInterval(() => {
    if (clock.now() - ranAtMs < dayMs) return
    run().catch((error: unknown) => log.error({ err: error }, 'what is too old could not be removed; trying again'))
  }, hourMs)
  timer.unref()
  return {
    run,
    close: async () => {
      clearInterval(timer)
      await running
    },
  }
}
