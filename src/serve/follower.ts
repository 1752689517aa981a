/**
 * Keeps what this process holds in memory in line with the store, whoever changed it.
 *
 * Every change goes the same way, our own and those of other replicas: it is committed, then read from the log of
 * changes and taken over, in order. Where nobody else writes, only our own changes wake it; else the store does. Events
 * are told once each, in the order of the log: ours from memory where nothing came in between, all others from the
 * store. What cannot be read or taken over is tried again from where it stood; taking over twice changes nothing.
 */
import type { Log } from '../base/log.ts'
import { within } from '../base/within.ts'
import type { UserId } from '../domain/ids.ts'
import type { News, Store, StoredEvent } from '../store/store.ts'

export interface FollowerOptions {
  readonly store: Pick<Store, 'changes' | 'events'>
  readonly log: Log
  /** Takes over what happened but erasures; may be asked again for the same. */
  readonly follow: (news: News) => Promise<void>
  /** Reads a shopper anew, of whom nothing may be left. */
  readonly renew: (userId: UserId) => Promise<void>
  /** @param isOwn came in through this process */
  readonly tell: (events: readonly StoredEvent[], isOwn: (event: StoredEvent) => boolean) => void
  /** Runs `work` while no events come in. */
  readonly pauseEvents: (work: () => Promise<void>) => Promise<void>
  /** How long whom a change erased may take to be heard; then all is read anew, which forgets as well. */
  readonly whisperMs?: number
}

export interface Follower {
  /** The last change that was taken over. */
  readonly number: number
  /** False while changes cannot be followed. */
  readonly inLine: boolean
  /** Begins where the store stands: before anything is read into memory. */
  begin(): Promise<void>
  /** Hears of others from now on, and takes over what they did since the beginning. */
  listen(): Promise<void>
  /** Resolves once all that was committed before the call is taken over. */
  readonly catchUp: () => Promise<void>
  /** Tells of events that this process has just committed, and of those before them; while no others come in. */
  readonly committed: (own: readonly StoredEvent[]) => Promise<void>
  /** Whom a change erased: the log does not say. */
  erased(change: number, userId: UserId): void
  close(): Promise<void>
}

export function createFollower(options: FollowerOptions): Follower {
  const { store, log, follow, renew, tell, pauseEvents, whisperMs = 2_000 } = options
  let number = 0
  let heard = 0
  let inLine = true
  let stopListening = async (): Promise<void> => undefined
  const whispers = createWhispers(whisperMs)

  const hear = async (until: number, isOwn: (event: StoredEvent) => boolean): Promise<void> => {
    for await (const events of store.events.heard(heard, until)) {
      tell(events, isOwn)
      heard = events[events.length - 1].sequence
    }
    heard = Math.max(heard, until)
  }

  const pass = async (): Promise<void> => {
    // First how far the events go, then the changes: no event is told before the product that it is about.
    const until = await store.events.lastSequence()
    const news = await store.changes.since(number)
    if (news !== null) {
      const gone = await Promise.all(news.erased.map(whispers.of))
      await follow(gone.includes(null) ? { ...news, gap: true } : news)
      // In order with events: those that were erased with their shopper are not in the log any more.
      await pauseEvents(async () => {
        for (const userId of new Set(gone)) if (userId !== null) await renew(userId)
      })
      number = news.number
      whispers.drop(number)
    }
    if (until > heard) await pauseEvents(() => hear(until, () => false))
  }

  let last: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | null = null
  const catchUp = (): Promise<void> => {
    if (next !== null) return next
    const own = last.then(() => {
      next = null
      return pass()
    })
    next = own
    last = own.then(
      () => {
        inLine = true
      },
      (error: unknown) => {
        if (inLine) log.error({ err: error }, 'changes cannot be followed; trying again')
        inLine = false
      },
    )
    return own
  }

  return {
    get number() {
      return number
    },
    get inLine() {
      return inLine
    },
    begin: async () => {
      heard = await store.events.lastSequence()
      number = await store.changes.last()
    },
    listen: async () => {
      stopListening = store.changes.listen((erased) => {
        if (erased !== undefined) whispers.heard(erased.change, erased.userId)
        catchUp().catch(() => undefined)
      })
      await catchUp()
    },
    catchUp,
    committed: async (own) => {
      if (own.length === 0) return
      const until = own[own.length - 1].sequence
      if (own[0].sequence !== heard + 1) {
        const ids = new Set(own.map(({ id }) => id))
        return hear(until, ({ id }) => ids.has(id))
      }
      tell(own, () => true)
      heard = until
    },
    erased: whispers.heard,
    close: async () => {
      await stopListening()
      await last
    },
  }
}

/** Who was erased by which change, until it is taken over. */
function createWhispers(whisperMs: number) {
  const known = new Map<number, UserId>()
  const waiting = new Map<number, (userId: UserId) => void>()
  return {
    heard: (change: number, userId: UserId): void => {
      known.set(change, userId)
      waiting.get(change)?.(userId)
    },
    /** `null` where nobody says. */
    of: async (change: number): Promise<UserId | null> => {
      const told = new Promise<UserId>((resolve) => waiting.set(change, resolve))
      return known.get(change) ?? (await within(whisperMs, told)) ?? null
    },
    drop: (until: number): void => {
      for (const map of [known, waiting]) for (const change of map.keys()) if (change <= until) map.delete(change)
    },
  }
}
