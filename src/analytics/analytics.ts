/** What people ask about the traffic: how the shop is doing, what became of the latest events, what is wrong with one. */
import { type Clock, dayMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { allows } from '../domain/consent.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId, ItemId, UserId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { parseInsights } from '../events/parse-insights.ts'
import type { Store, StoredEvent } from '../store/store.ts'
import { type EventFate, eventFates } from './event-fates.ts'
import { createSearchLog, type SearchLog } from './search-log.ts'
import { createSearchReport, type SearchReport } from './search-report.ts'
import { readTags } from './tag-expression.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { type Overview, type OverviewOptions, overviewOf } from './overview.ts'

export interface AnalyticsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly config: Config
  readonly item: (catalogue: CatalogueId, itemId: ItemId) => Item | undefined
  /** Resolves once what was shown so far is in the store. */
  readonly flush: (catalogue: CatalogueId) => Promise<void>
}

export interface SearchesAsked {
  /** The catalogue or one of its replicas. */
  readonly index: CatalogueId
  /** Whole days since 1970, UTC. */
  readonly fromDay: number
  readonly days: number
  /** Which of them, by their tags. */
  readonly tags?: string
}

/** A request, or an event of one, that was turned away at the door. */
export interface Refused {
  readonly atMs: number
  readonly reason: string
  /** Of how many events the request was; `null` where it could not be read. */
  readonly events: number | null
}

export interface EventCheck {
  readonly index: number
  /** What is wrong with it; `null` where it would be accepted. */
  readonly problem: string | null
  /** What would become of what it says; one for each product it names. */
  readonly fates: readonly EventFate<ShopEvent>[]
}

export interface Analytics {
  /** Up to date, for whoever sums things up (the wire's analytics among them). */
  ledger(catalogue: CatalogueId): Promise<Ledger>
  overview(catalogue: CatalogueId, options: OverviewOptions): Promise<Overview>
  /** What was searched, and what came of it. @throws `bad-request` where the tags cannot be read. */
  searches(catalogue: CatalogueId, asked: SearchesAsked): Promise<SearchReport>
  /** Has nothing of shoppers of whom the store has nothing any more; without names, of nobody. */
  forget(userIds?: readonly UserId[]): void
  /** Newest first. */
  latest(catalogue: CatalogueId, limit: number): Promise<EventFate<StoredEvent>[]>
  /** Newest first. */
  readonly refused: readonly Refused[]
  noteRefused(body: unknown, reason: string): void
  /** Reads a request of `POST /1/events` as if it had come, and keeps nothing. Rejects where it is no such request. */
  validate(body: unknown): Promise<EventCheck[]>
}

const keptRefusals = 100

export function createAnalytics({ store, clock, config, item, flush }: AnalyticsOptions): Analytics {
  const ledgers = new Map<CatalogueId, Ledger>()
  const refused: Refused[] = []
  const cleaning = (catalogue: CatalogueId) => ({
    config: config.preprocess,
    nowMs: clock.now(),
    item: (itemId: ItemId) => item(catalogue, itemId),
  })
  const ledger = async (catalogue: CatalogueId): Promise<Ledger> => {
    const known = ledgers.get(catalogue) ?? createLedger(store, catalogue)
    ledgers.set(catalogue, known)
    const nowMs = clock.now()
    await flush(catalogue)
    await known.catchUp(nowMs)
    return known
  }
  const searchLogs = new Map<CatalogueId, SearchLog>()
  const searchLog = async (catalogue: CatalogueId, fromMs: number): Promise<SearchLog> => {
    const nowMs = clock.now()
    const known = searchLogs.get(catalogue)
    const log = known !== undefined && known.fromMs <= fromMs ? known : createSearchLog(store, catalogue, fromMs, nowMs)
    searchLogs.set(catalogue, log)
    await flush(catalogue)
    await log.catchUp(nowMs).catch((error: unknown) => {
      // It stands in the middle of a reading.
      searchLogs.delete(catalogue)
      throw error
    })
    return log
  }
  const checkOne = async (entry: unknown, index: number): Promise<EventCheck> => {
    const context = { nowMs: clock.now(), config: config.preprocess, catalogue: config.catalogue as CatalogueId }
    try {
      const { events, rejected } = parseInsights({ events: [entry] }, context)
      if (rejected.length > 0) return { index, problem: rejected[0].reason, fates: [] }
      const catalogue = events[0]?.catalogue ?? context.catalogue
      return { index, problem: null, fates: await eventFates(events, store, catalogue, cleaning(catalogue)) }
    } catch (error) {
      if (!(error instanceof HaggleError)) throw error
      return { index, problem: error.message.replaceAll('events[0]', `events[${index}]`), fates: [] }
    }
  }

  return {
    ledger,
    overview: async (catalogue, options) => overviewOf(await ledger(catalogue), clock.now(), options),
    searches: async (catalogue, { index, fromDay, days, tags }) => {
      const meant = tags === undefined ? () => true : readTags(tags)
      const [fromMs, untilMs] = [fromDay * dayMs, (fromDay + days) * dayMs]
      const log = await searchLog(catalogue, fromMs)
      const followed = log.searches(fromMs, untilMs).filter((each) => each.index === index && meant(each.tags))
      const all = await store.searches.list(catalogue, index, fromDay, fromDay + days)
      const counted = all.filter((each) => meant(each.tags))
      return createSearchReport({ fromDay, days, followed, counted, updatedAtMs: log.updatedAtMs })
    },
    // Who they were stands in no sum, but in what was shown lately; the next question reads what is left.
    forget: (userIds) => {
      for (const kept of [ledgers, searchLogs]) {
        for (const [catalogue, { mayHold }] of kept) {
          if (userIds === undefined || userIds.some(mayHold)) kept.delete(catalogue)
        }
      }
    },
    latest: async (catalogue, limit) => {
      await flush(catalogue)
      const events = (await store.events.latest(catalogue, limit)).filter((event) => allows(event, 'analytics'))
      return eventFates(events, store, catalogue, cleaning(catalogue))
    },
    refused,
    noteRefused: (body, reason) => {
      const { events } = (body ?? {}) as { events?: unknown }
      refused.unshift({ atMs: clock.now(), reason, events: Array.isArray(events) ? events.length : null })
      if (refused.length > keptRefusals) refused.pop()
    },
    validate: async (body) => {
      const { events } = (body ?? {}) as { events?: unknown }
      if (!Array.isArray(events)) throw new HaggleError('bad-request', 'events: expected a body {"events": [...]}')
      const checks: EventCheck[] = []
      for (const [index, entry] of (events as unknown[]).slice(0, keptRefusals).entries()) {
        checks.push(await checkOne(entry, index))
      }
      return checks
    },
  }
}
