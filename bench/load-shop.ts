/** A made-up shop of any size behind a server of its own process, and shoppers who ask it through the stock clients. For load.ts and soak.ts. */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { recommendClient } from '@algolia/recommend'
import { algoliasearch } from 'algoliasearch'
import { readFileSync } from 'node:fs'
import { dayMs } from '../src/base/clock.ts'
import { createRng, type Rng } from '../src/base/rng.ts'
import { madeUpProducts, queriesFor } from './made-up-products.ts'
import { type Place, placeIn, runCommand, serve, type Victim } from './victim.ts'

const indexName = 'products'

export interface Size {
  readonly products: number
  readonly shoppers: number
  /** Of each shopper, before the server starts. */
  readonly eventsEach: number
}

export interface LoadShop {
  readonly server: Victim
  readonly trainSeconds: number
  /** One request of each kind; resolves with its answer's milliseconds, rejects where it is refused. */
  readonly ask: Readonly<Record<Kind, (rng: Rng) => Promise<number>>>
}

export const loads = { single: 1, batch: 20, recommend: 0, search: 0 } as const
export type Kind = keyof typeof loads

/** Shoppers have one taste in a hundred: products whose numbers agree modulo 100, the first of them most. */
function productOf(shopper: number, { products }: Size, rng: Rng): number {
  const tastes = Math.max(1, Math.floor(products / 100))
  const taste = rng.int(10) === 0 ? rng.int(tastes) : shopper % tastes
  return Math.min(products - 1, taste + tastes * Math.floor(100 * rng.next() ** 2))
}

async function writeLines(file: string, lines: Iterable<object>): Promise<void> {
  const stream = createWriteStream(file)
  for (const line of lines) if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'finish')
}

function* pastEvents(size: Size, rng: Rng): Iterable<object> {
  const untilMs = Date.now() - dayMs / 24
  for (let shopper = 0; shopper < size.shoppers; shopper++) {
    for (let at = 0; at < size.eventsEach; at++) {
      const time = Math.floor(untilMs - rng.next() * 60 * dayMs)
      const type = rng.int(6) === 0 ? 'purchase' : 'view'
      yield { user: `u${shopper}`, item: `p${productOf(shopper, size, rng)}`, type, time }
    }
  }
}

/** Imports, trains and serves; the caller kills the server. */
export async function openLoadShop(folder: string, size: Size, models: readonly string[]): Promise<LoadShop> {
  const rng = createRng('load')
  const training = { models, bootstrapRounds: 10, maximumTestUsers: 1_000 }
  const place = placeIn(folder, { training, server: { logLevel: 'error' } })
  const products = madeUpProducts(size.products, rng)
  await writeLines(
    join(folder, 'catalogue.jsonl'),
    products.map(({ id, ...fields }, at) => ({
      objectID: id,
      ...fields,
      price: 1 + (at % 200),
      category: fields.brand,
    })),
  )
  await writeLines(join(folder, 'events.jsonl'), pastEvents(size, rng))
  await run(place, 'import', join(folder, 'catalogue.jsonl'), join(folder, 'events.jsonl'))
  const { tookMs } = await run(place, 'train', '--force')
  const server = await serve(place)
  const queries = queriesFor(products, 500, rng)
  return { server, trainSeconds: tookMs / 1000, ask: asking(server, place, size, queries) }
}

async function run(place: Place, ...args: string[]) {
  const ran = await runCommand(place, args)
  if (ran.code !== 0) throw new Error(`haggle ${args.join(' ')}: ${ran.said}`)
  return ran
}

function asking(server: Victim, place: Place, size: Size, queries: readonly string[]): LoadShop['ask'] {
  const hosts = [{ url: new URL(server.url).host, accept: 'readWrite' as const, protocol: 'http' as const }]
  const key = readFileSync(join(place.dataFolder, 'admin.key'), 'utf8').trim()
  // The clients' own two seconds would end a measurement of a machine that is busy.
  const options = { hosts, timeouts: { connect: 30_000, read: 30_000, write: 30_000 } }
  const search = algoliasearch('app', key, options)
  const insights = search.initInsights({ options })
  const recommend = recommendClient('app', key, options)
  const timed = async (asked: Promise<unknown>): Promise<number> => {
    const startMs = performance.now()
    await asked
    return performance.now() - startMs
  }
  const event = (rng: Rng) => {
    const shopper = rng.int(size.shoppers)
    const objectIDs = [`p${productOf(shopper, size, rng)}`]
    const about = { eventType: 'view' as const, eventName: 'Seen', index: indexName, userToken: `u${shopper}` }
    // No two alike: what is known already costs less.
    return { ...about, objectIDs, timestamp: Date.now() - rng.int(3_600_000) }
  }
  const send = (count: number) => (rng: Rng) =>
    timed(insights.pushEvents({ events: Array.from({ length: count }, () => event(rng)) }))
  return {
    single: send(loads.single),
    batch: send(loads.batch),
    recommend: (rng) => {
      const userToken = `u${rng.int(size.shoppers)}`
      const asked = { indexName, model: 'recommended-for-you', threshold: 0, queryParameters: { userToken } }
      return timed(recommend.getRecommendations({ requests: [asked as never] }))
    },
    search: (rng) => timed(search.search({ requests: [{ indexName, query: rng.pick(queries), hitsPerPage: 20 }] })),
  }
}

/** `fraction` of them took at most so long. Sorts what it is given. */
export function quantile(times: number[], fraction: number): number {
  times.sort((a, b) => a - b)
  return times[Math.min(times.length - 1, Math.floor(fraction * times.length))] ?? Number.NaN
}

/** A gauge of the server, in bytes or as it is. */
export async function metric({ url }: Victim, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}
