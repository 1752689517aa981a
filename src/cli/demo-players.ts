/** Who plays the shoppers of a demo: simulated ones, or the real ones of a log, as they went on. */
import type { ManualClock } from '../base/clock.ts'
import type { ShopEvent } from '../domain/event.ts'
import type { CatalogueId, GenerationId, ItemId } from '../domain/ids.ts'
import type { Engine } from '../engine.ts'
import { createLiveShoppers } from '../simulate/live.ts'
import type { World } from '../simulate/world.ts'
import type { OpenServer } from './open-server.ts'
import { createBars } from './terminal.ts'

export interface Player {
  readonly headings: readonly string[]
  /** One visit or one step of the log; false at the end. */
  play(generation: GenerationId | null): Promise<boolean>
  /** Of the present generation, in the order of `headings`. */
  figures(): string[]
  /** Counts by the generation that was live. */
  byGeneration(): Record<string, Readonly<Record<string, number>>>
  /** The same as rows under headings. */
  table(): string[][]
}

/** Counts by the generation that was live; `derive` makes the figures of `headings` from them. */
function createTally(
  headings: readonly string[],
  names: readonly string[],
  derive: (sums: Readonly<Record<string, number>>) => string[],
) {
  const byGeneration = new Map<string, Record<string, number>>()
  const none = Object.fromEntries(names.map((name) => [name, 0]))
  let current = none
  return {
    add: (generation: GenerationId | null, counts: Readonly<Record<string, number>>) => {
      const key = generation ?? 'none'
      current = byGeneration.get(key) ?? { ...none }
      byGeneration.set(key, current)
      for (const name of names) current[name] += counts[name]
    },
    shown: {
      headings,
      figures: () => derive(current),
      byGeneration: () => Object.fromEntries(byGeneration),
      table: () => [['generation', ...headings], ...[...byGeneration].map(([id, sums]) => [id, ...derive(sums)])],
    },
  }
}

const ratio = (part: number, whole: number) => (whole > 0 ? `${((100 * part) / whole).toFixed(2)}%` : '–')

/** Simulated shoppers, through the HTTP door like anybody's. */
export function worldPlayer(world: World, { url, engine }: OpenServer): Player {
  const index = engine.config.catalogue
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    const answer = (await response.json()) as {
      message?: string
      results: { queryID: string; hits: { objectID: string }[] }[]
    }
    if (!response.ok) throw new Error(`${path}: ${answer.message}`)
    return answer
  }
  const shoppers = createLiveShoppers(world, {
    recommend: async ({ surface, userToken, objectID, limit }) => {
      const asked = { indexName: index, model: surface, maxRecommendations: limit, queryParameters: { userToken } }
      const { results } = await post('/1/indexes/*/recommendations', {
        requests: [{ ...asked, ...(objectID === undefined ? {} : { objectID }) }],
      })
      return { queryID: results[0].queryID, objectIDs: results[0].hits.map((hit) => hit.objectID) }
    },
    search: async ({ query, userToken, limit, offset }) => {
      const page = { query, userToken, offset, length: limit, attributesToRetrieve: ['objectID'] }
      const { results } = await post('/1/indexes/*/queries', {
        requests: [{ indexName: index, ...page, clickAnalytics: true, enablePersonalization: true }],
      })
      return { queryID: results[0].queryID, objectIDs: results[0].hits.map((hit) => hit.objectID) }
    },
    send: async (events) => {
      for (let at = 0; at < events.length; at += 1000) await post('/1/events', { events: events.slice(at, at + 1000) })
    },
  })
  const headings = ['visits', 'shown', 'clicks', 'click rate', 'purchases', 'revenue']
  const names = ['visits', 'impressions', 'clicks', 'purchases', 'revenueMinor']
  const tally = createTally(headings, names, ({ visits, impressions, clicks, purchases, revenueMinor }) => [
    String(visits),
    String(impressions),
    String(clicks),
    ratio(clicks, impressions),
    String(purchases),
    (revenueMinor / 100).toFixed(2),
  ])
  return {
    ...tally.shown,
    play: async (generation) => {
      const { impressions, clicks, purchases, revenueMinor } = await shoppers.playVisit(engine.clock.now())
      tally.add(generation, { visits: 1, impressions, clicks, purchases, revenueMinor })
      return true
    },
  }
}

const heldBack = 0.1
const batchSize = 5000
const shownToReplayed = 20

/** Gives `past` the catalogue and all but the last tenth of the events, and returns that tenth in order of time. */
export async function holdBack(whole: Engine, past: Engine): Promise<readonly ShopEvent[]> {
  const catalogue = whole.config.catalogue as CatalogueId
  const bars = createBars()
  try {
    const events: ShopEvent[] = []
    for await (const batch of whole.store.events.scan({ catalogue })) events.push(...batch)
    events.sort((a, b) => a.timeMs - b.timeMs)
    const cut = Math.floor(events.length * (1 - heldBack))
    for await (const records of whole.store.catalogues.scan(catalogue)) {
      const puts = records.map((record) => ({ kind: 'put', record }) as const)
      await past.change(catalogue, puts)
    }
    for (let at = 0; at < cut; at += batchSize) {
      await past.acceptEvents(events.slice(at, Math.min(at + batchSize, cut)))
      bars.report('hold back the last tenth', Math.min(at + batchSize, cut), cut)
    }
    return events.slice(cut)
  } finally {
    bars.stop()
  }
}

/** Plays events in order: before each the shop is asked what it would show, then told what the shopper really did. */
export function replayPlayer({ engine }: OpenServer, events: readonly ShopEvent[], clock: ManualClock): Player {
  const catalogue = engine.config.catalogue as CatalogueId
  const headings = ['events', 'asked', `hit in ${shownToReplayed}`, 'rate', 'day']
  const tally = createTally(headings, ['events', 'asked', 'hits'], ({ events: played, asked, hits }) => [
    String(played),
    String(asked),
    String(hits),
    ratio(hits, asked),
    new Date(clock.now()).toISOString().slice(0, 10),
  ])
  let at = 0
  return {
    ...tally.shown,
    play: async (generation) => {
      const event = events[at++]
      if (event === undefined) return false
      clock.set(event.timeMs)
      // What the shopper knows already is no discovery.
      const asks = event.itemId !== null && !knows(engine.shop(catalogue).profile(event.userId), event.itemId)
      const hit = asks && recommended(engine, catalogue, event.userId).has(event.itemId)
      await engine.acceptEvents([event])
      tally.add(generation, { events: 1, asked: asks ? 1 : 0, hits: hit ? 1 : 0 })
      return true
    },
  }
}

function knows(profile: { readonly history: readonly { itemId: ItemId }[] } | null, itemId: ItemId): boolean {
  return profile?.history.some((entry) => entry.itemId === itemId) === true
}

function recommended(engine: Engine, catalogue: CatalogueId, userId: ShopEvent['userId']): Set<ItemId> {
  const { hits } = engine.recommend({ catalogue, surface: 'recommended-for-you', userId, limit: shownToReplayed })
  return new Set(hits.map((hit) => hit.item.id))
}
