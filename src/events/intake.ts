/**
 * The shop's letter box: an event is acknowledged once it is safely on disk and everyone who must know of it does.
 *
 * Group commit: requests that arrive while one commit is being written share the next one, so that the rate of events
 * is not bound by the rate of forced writes. With SQLite nothing is read while it is being written, so that a commit first
 * lets everything be read that has arrived. Order of commit is order of arrival.
 */
import { setImmediate as arrivalsRead } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { EventId } from '../domain/ids.ts'
import type { Store, StoredEvent } from '../store/store.ts'

export interface IntakeOptions {
  readonly store: Pick<Store, 'events'>
  readonly clock: Clock
  /** Is told the new events only, in order of commit, before `accept` resolves; the next commit waits for it. */
  readonly onCommitted: (events: readonly StoredEvent[]) => Promise<void> | void
  /** Events that may wait for a commit before new ones are turned away. */
  readonly maximumPending?: number
}

export interface Accepted {
  readonly accepted: number
  readonly duplicates: number
}

export interface Intake {
  /**
   * Resolves once the events are committed; one already known, or twice in here, is a duplicate.
   * Rejects with `overloaded` when too many wait, and with the store's error when a commit fails: then send again.
   */
  accept(events: readonly ShopEvent[]): Promise<Accepted>
  /** Runs `work` between two commits; events that arrive meanwhile wait for it. Must not be called from within `work`. */
  pause<Result>(work: () => Promise<Result>): Promise<Result>
  /** Takes nothing more and resolves when all that was taken is committed. */
  close(): Promise<void>
}

interface Request {
  readonly events: readonly ShopEvent[]
  readonly resolve: (outcome: Accepted) => void
  readonly reject: (error: unknown) => void
}

export function createIntake({ store, clock, onCommitted, maximumPending = 50_000 }: IntakeOptions): Intake {
  let waiting: Request[] = []
  let pending = 0
  let closed = false
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  async function commit(): Promise<void> {
    await arrivalsRead()
    const group = waiting
    waiting = []
    const events = group.flatMap((request) => request.events)
    try {
      const fresh = await store.events.append(events, clock.now())
      const outcomes = group.map((request) => takeFresh(request.events, fresh))
      await onCommitted(outcomes.flat())
      for (const [at, request] of group.entries()) {
        const accepted = outcomes[at].length
        request.resolve({ accepted, duplicates: request.events.length - accepted })
      }
    } catch (error) {
      for (const request of group) request.reject(error)
    } finally {
      pending -= events.length
    }
  }

  return {
    accept: async (events) => {
      if (closed) throw new HaggleError('overloaded', 'Haggle is shutting down: send the events again later.')
      if (pending + events.length > maximumPending && pending > 0) {
        throw new HaggleError('overloaded', `${pending} events wait to be written: send these again in a moment.`)
      }
      if (events.length === 0) return { accepted: 0, duplicates: 0 }
      pending += events.length
      return new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject })
        if (waiting.length === 1) void inTurn(commit)
      })
    },
    pause: inTurn,
    close: async () => {
      closed = true
      await inTurn(() => Promise.resolve())
    },
  }
}

/** The events of a request that are new, with their places; each id counts for the first request that brought it. */
function takeFresh(events: readonly ShopEvent[], fresh: Map<EventId, number>): StoredEvent[] {
  return events.flatMap((event) => {
    const sequence = fresh.get(event.id)
    return sequence !== undefined && fresh.delete(event.id) ? [{ ...event, sequence }] : []
  })
}
