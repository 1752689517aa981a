/** Who plays the shoppers of a demo: simulated ones, or the real ones of a log, as they went on. */
import { mkdirSync } from 'node:fs'
import type { CatalogueId, GenerationId, ItemId } from '../domain/ids.ts'
import { type Engine, openEngine } from '../engine.ts'
import { createLiveShoppers } from '../simulate/live.ts'
import type { World } from '../simulate/world.ts'
import type { OpenServer } from './open-server.ts'
import { createBars, table } from './terminal.ts'

export interface Player {
  readonly headings: readonly string[]
  /** One visit or one step of the log; false at the end. */
  play(generation: GenerationId | null): Promise<boolean>
  figures(): string[]
  byGeneration(): string
}

/** Counts by the generation that was live. */
function createTally(names: readonly string[], derive: (sums: Readonly<Record<string, number>>) => string[]) {
  const byGeneration = new Map<string, Record<string, number>>()
  let current: Record<string, number> = {}
  return {
    add: (generation: GenerationId | null, counts: Readonly<Record<string, number>>) => {
      const key = generation ?? 'none'
      current = byGeneration.get(key) ?? Object.fromEntries(names.map((name) => [name, 0]))
      byGeneration.set(key, current)
      for (const name of names) current[name] += counts[name]
    },
    figures: () => derive(current),
    table: (headings: readonly string[]) =>
      table([['generation', ...headings], ...[...byGeneration].map(([id, sums]) => [id, ...derive(sums)])]),
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
    send: async (events) => {
      for (let at = 0; at < events.length; at += 1000) await post('/1/events', { events: events.slice(at, at + 1000) })
    },
  })
  const headings = ['visits', 'shown', 'clicks', 'click rate', 'purchases', 'revenue']
  const names = ['visits', 'impressions', 'clicks', 'purchases', 'revenueMinor']
  const tally = createTally(names, ({ visits, impressions, clicks, purchases, revenueMinor }) => [
    String(visits),
    String(impressions),
    String(clicks),
    ratio(clicks, impressions),
    String(purchases),
    (revenueMinor / 100).toFixed(2),
  ])
  return {
    headings,
    play: async (generation) => {
      const { impressions, clicks, purchases, revenueMinor } = await shoppers.playVisit(engine.clock.now())
      tally.add(generation, { visits: 1, impressions, clicks, purchases, revenueMinor })
      return true
    },
    figures: tally.figures,
    byGeneration: () => tally.table(headings),
  }
}

const heldBack = 0.1
const shownToReplayed = 20

/**
 * Imports the files, gives the shop all but the last tenth of the events, and plays that tenth in order: before each
 * event the shop is asked what it would show, then told what the shopper really did.
 */
export async function replayPlayer({ engine }: OpenServer, folder: string, files: readonly string[]): Promise<Player> {
  const { future, catalogue } = await importPast(engine, folder, files)
  let at = 0
  const headings = ['events', 'asked', `hit in ${shownToReplayed}`, 'rate']
  const tally = createTally(['events', 'asked', 'hits'], ({ events, asked, hits }) => [
    String(events),
    String(asked),
    String(hits),
    ratio(hits, asked),
  ])
  return {
    headings,
    play: async (generation) => {
      const event = future[at++]
      if (event === undefined) return false
      const known =
        event.itemId !== null &&
        engine
          .shop(catalogue)
          .profile(event.userId)
          ?.history.some((entry) => entry.itemId === event.itemId)
      const asks = event.itemId !== null && known !== true
      const hit = asks && recommended(engine, catalogue, event.userId).has(event.itemId)
      await engine.acceptEvents([event])
      tally.add(generation, { events: 1, asked: asks ? 1 : 0, hits: hit ? 1 : 0 })
      return true
    },
    figures: tally.figures,
    byGeneration: () => tally.table(headings),
  }
}

type Event = Parameters<Engine['acceptEvents']>[0][number]

function recommended(engine: Engine, catalogue: CatalogueId, userId: Event['userId']): Set<ItemId> {
  const { hits } = engine.recommend({ catalogue, surface: 'recommended-for-you', userId, limit: shownToReplayed })
  return new Set(hits.map((hit) => hit.item.id))
}

/** Reads the files into a folder of their own, and hands the shop what was before the cut. */
async function importPast(engine: Engine, folder: string, files: readonly string[]) {
  const catalogue = engine.config.catalogue as CatalogueId
  mkdirSync(folder)
  const bars = createBars()
  const source = await openEngine({ config: { ...engine.config, dataFolder: folder }, live: false })
  try {
    await source.import({ catalogue, files: files.map((path) => ({ path })), dryRun: false }, { progress: bars })
    const events: Event[] = []
    for await (const batch of source.store.events.scan({ catalogue })) events.push(...batch)
    events.sort((a, b) => a.timeMs - b.timeMs)
    const cut = Math.floor(events.length * (1 - heldBack))
    for await (const records of source.store.catalogues.scan(catalogue)) {
      await engine.change(
        catalogue,
        records.map((record) => ({ kind: 'put', record })),
      )
    }
    for (let at = 0; at < cut; at += 5000) await engine.acceptEvents(events.slice(at, Math.min(at + 5000, cut)))
    return { future: events.slice(cut), catalogue }
  } finally {
    bars.stop()
    await source.close()
  }
}
