/**
 * What shoppers searched and then took: remembered by shopper, so that one who asks to be forgotten leaves nothing.
 *
 * Searches come from answers that were shown (with a `queryID`) and from events of type `search`. Letters typed one
 * after the other are one search: within `typingMs` what another search begins with is replaced by it, and the same
 * words again, a further page too, are the same search. An act belongs to the search whose `queryID` it names; where a log keeps no answers,
 * to the shopper's last search of the past `sightMs`.
 * At most `most` searches are kept, those of the shoppers not seen for longest go first: about 150 bytes a search.
 */
import { minuteMs } from '../../base/clock.ts'
import type { EventType } from '../../domain/event.ts'
import type { ItemId, QueryId, UserId } from '../../domain/ids.ts'
import { cleanQuery } from './query-text.ts'

export interface SearchNote {
  readonly userId: UserId
  readonly query: string
  readonly timeMs: number
  /** `null` for a search that only an event tells of. */
  readonly queryId: QueryId | null
}

export interface ActNote {
  readonly userId: UserId
  readonly type: EventType
  readonly itemId: ItemId | null
  readonly timeMs: number
  readonly queryId: QueryId | null
}

export interface Searched {
  /** Cleaned. */
  readonly query: string
  readonly timeMs: number
  /** What was taken of the answer, with the weight of the weightiest act; `null`: nothing. */
  readonly taken: ReadonlyMap<ItemId, number> | null
}

export interface QueryLog {
  /** How many are kept. */
  readonly size: number
  /** Grows with every search and act. */
  readonly version: number
  /** Grows with every shopper that is forgotten. */
  readonly forgotten: number
  searched(note: SearchNote): void
  acted(note: ActNote): void
  /** The answer of something other than a search: acts that name it belong to no search. */
  otherAnswer(queryId: QueryId): void
  forget(userId: UserId): void
  /** Lets go of what was searched before that time. */
  forgetBefore(timeMs: number): void
  /** What the one searched, the other did. */
  readonly rename: (from: UserId, to: UserId) => void
  /** Oldest first. */
  of(userId: UserId): readonly Searched[]
  shoppers(): Iterable<readonly [UserId, readonly Searched[]]>
}

export interface QueryLogOptions {
  readonly weights: Readonly<Record<EventType, number>>
  readonly most?: number
}

interface Entry {
  query: string
  timeMs: number
  taken: Map<ItemId, number> | null
  queryIds: QueryId[]
}

const typingMs = 10_000
/** How long an act may follow a search without naming its answer; how long the same words are the same search. */
export const sightMs = 5 * minuteMs
const mostOfOne = 200
const mostOthers = 20_000

export function createQueryLog({ weights, most = 200_000 }: QueryLogOptions): QueryLog {
  /** Those seen last at the end. */
  const byShopper = new Map<UserId, Entry[]>()
  const others = new Set<QueryId>()
  /** Searches known by an event, which have learnt the ids of their answers from acts. */
  const adopted = new WeakSet<Entry>()
  let [size, version, forgotten] = [0, 0, 0]

  const drop = (userId: UserId): void => {
    size -= byShopper.get(userId)?.length ?? 0
    byShopper.delete(userId)
  }

  const searchOf = ({ userId, queryId, timeMs, type }: ActNote): Entry | undefined => {
    const own = byShopper.get(userId)
    const last = own?.at(-1)
    if (own === undefined || last === undefined) return undefined
    if (queryId !== null) {
      const named = own.findLast(({ queryIds }) => queryIds.includes(queryId))
      if (named !== undefined || others.has(queryId)) return named
    } else if (type === 'view') return undefined
    // A search that was shown has an id: what does not name it goes back to something else.
    const isOpen = last.queryIds.length === 0 || adopted.has(last)
    return isOpen && timeMs >= last.timeMs && timeMs - last.timeMs <= sightMs ? last : undefined
  }

  return {
    get size() {
      return size
    },
    get version() {
      return version
    },
    get forgotten() {
      return forgotten
    },
    searched: ({ userId, query, timeMs, queryId }) => {
      const text = cleanQuery(query)
      if (text === '') return
      version++
      const own = byShopper.get(userId) ?? []
      byShopper.delete(userId)
      byShopper.set(userId, own)
      const last = own.at(-1)
      const sinceMs = last === undefined ? Infinity : timeMs - last.timeMs
      if (last !== undefined && (isSame(last, text, sinceMs) || isTyping(last, text, sinceMs))) {
        last.query = text
        last.timeMs = timeMs
        if (queryId !== null) last.queryIds.push(queryId)
        return
      }
      own.push({ query: text, timeMs, taken: null, queryIds: queryId === null ? [] : [queryId] })
      size++
      if (own.length > mostOfOne) {
        own.shift()
        size--
      }
      while (size > most && byShopper.size > 1) drop(byShopper.keys().next().value as UserId)
    },
    acted: (note) => {
      const { itemId, type, queryId } = note
      const weight = weights[type]
      if (itemId === null || type === 'search' || weight <= 0) return
      const search = searchOf(note)
      if (search === undefined) return
      version++
      if (queryId !== null && !search.queryIds.includes(queryId)) {
        adopted.add(search)
        search.queryIds.push(queryId)
      }
      search.taken ??= new Map()
      search.taken.set(itemId, Math.max(weight, search.taken.get(itemId) ?? 0))
    },
    otherAnswer: (queryId) => {
      others.add(queryId)
      if (others.size > mostOthers) others.delete(others.values().next().value as QueryId)
    },
    forget: (userId) => {
      if (!byShopper.has(userId)) return
      drop(userId)
      version++
      forgotten++
    },
    forgetBefore: (timeMs) => {
      for (const [userId, own] of byShopper) {
        const kept = own.filter((entry) => entry.timeMs >= timeMs)
        if (kept.length === own.length) continue
        size -= own.length - kept.length
        if (kept.length === 0) byShopper.delete(userId)
        else byShopper.set(userId, kept)
        version++
        forgotten++
      }
    },
    rename: (from, to) => {
      const moved = byShopper.get(from)
      if (moved === undefined) return
      const all = [...(byShopper.get(to) ?? []), ...moved].sort((a, b) => a.timeMs - b.timeMs)
      byShopper.delete(from)
      byShopper.delete(to)
      byShopper.set(to, all.slice(-mostOfOne))
      size -= Math.max(0, all.length - mostOfOne)
      version++
    },
    of: (userId) => byShopper.get(userId) ?? [],
    shoppers: () => byShopper,
  }
}

function isSame(last: Entry, text: string, sinceMs: number): boolean {
  return last.query === text && sinceMs <= 6 * sightMs
}

/** Still typing: nothing was taken yet, and one begins with the other. */
function isTyping(last: Entry, text: string, sinceMs: number): boolean {
  return sinceMs <= typingMs && last.taken === null && (text.startsWith(last.query) || last.query.startsWith(text))
}
