/** A shop small enough to know every answer: half its shoppers live for tables, the other half for scarves. */
import { createBreathe } from '../base/breathe.ts'
import { createManualClock, dayMs, hourMs, minuteMs } from '../base/clock.ts'
import { readConfig } from '../base/config.ts'
import { silentLog } from '../base/log.ts'
import { createRng } from '../base/rng.ts'
import { createVocabulary } from '../base/vocabulary.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { CatalogueId, EventId, GenerationId, ItemId, UserId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import { csrFromTriples } from '../kernels/csr.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import { modelNamed } from '../models/index.ts'
import type { ModelState } from '../models/model.ts'
import { encodeBundle } from '../models/state.ts'
import { bareInteractions } from '../preprocess/interactions.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import type { RecommendRequest } from './answer.ts'
import { openShop } from './shop.ts'

export const products = 'products' as CatalogueId
export const noon = Date.UTC(2026, 5, 1, 12)
export const user = (name: string) => name as UserId
export const item = (name: string) => name as ItemId

export const tables = Array.from({ length: 12 }, (_, at) =>
  record(`t${at}`, `Oak table number${at}`, 'Furniture > Tables'),
)
export const scarves = Array.from({ length: 12 }, (_, at) =>
  record(`s${at}`, `Wool scarf number${at}`, 'Fashion > Scarves'),
)

export function record(objectID: string, title: string, category: string, more: object = {}): ItemRecord {
  return { objectID, title, brand: 'Acme', categories: [category], price: 10, createdAt: '2025-01-01', ...more }
}

let events = 0
export function event(userId: string, type: EventType, itemId: string | null, timeMs: number, more = {}): ShopEvent {
  return {
    id: String(++events).padStart(32, '0') as EventId,
    catalogue: products,
    type,
    userId: user(userId),
    timeMs,
    itemId: itemId as ItemId | null,
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: 1000,
    rating: null,
    orderId: null,
    name: type,
    ...more,
  }
}

/** Twenty shoppers over twenty days; each looks at five things of their kind in a row and buys the second. */
export const pastEvents: readonly ShopEvent[] = Array.from({ length: 20 }, (_, shopper) => {
  const kind = shopper % 2 === 0 ? 't' : 's'
  const startMs = noon - (21 - shopper) * dayMs
  const looked = [0, 1, 2, 3, 4].map((step) => `${kind}${(Math.floor(shopper / 2) * 5 + step) % 12}`)
  return [
    ...looked.map((itemId, step) => event(`shopper${shopper}`, 'view', itemId, startMs + step * minuteMs)),
    event(`shopper${shopper}`, 'purchase', looked[1], startMs + hourMs / 4),
  ]
}).flat()

/** Fits `models` to the past, stores them as a generation and publishes it. */
export async function publishGeneration(
  store: Store,
  id: string,
  models: Partial<Record<TrainedSurface, string>>,
): Promise<GenerationId> {
  const users = createVocabulary<UserId>()
  const items = createVocabulary<ItemId>([...tables, ...scarves].map((each) => each.objectID as ItemId))
  const rows = pastEvents.map((each) => users.add(each.userId))
  const columns = pastEvents.map((each) => items.indexOf(each.itemId as ItemId))
  const ones = pastEvents.map(() => 1)
  const data = bareInteractions(csrFromTriples(users.size, items.size, rows, columns, ones))
  const run = { rng: createRng(id), breathe: createBreathe(), progress: () => undefined, epoch: () => undefined }
  const surfaces: Partial<Record<TrainedSurface, ModelState>> = {}
  for (const [surface, name] of Object.entries(models) as [TrainedSurface, string][]) {
    const model = modelNamed(name)
    surfaces[surface] = (await model.fit(data, model.defaults, run)).serialise()
  }
  const { weights, halfLifeDays } = readConfig({}).preprocess
  const bundle = { items: items.ids(), weights, halfLifeDays, behaviourScales: [], surfaces }
  const generation = {
    id: id as GenerationId,
    catalogue: products,
    createdAtMs: noon,
    status: 'ready',
    parent: null,
    dataUntilMs: noon,
    dataSequence: 0,
    seed: id,
    recipe: {},
    report: {},
  } as const
  await store.generations.put(generation, encodeBundle(bundle))
  await store.generations.publish(products, generation.id, noon, 'test')
  return generation.id
}

export async function tinyShop(
  options: { past?: boolean; models?: Partial<Record<TrainedSurface, string>>; config?: object } = {},
) {
  const { past = true, models } = options
  const store = await openSqliteStore({ file: ':memory:' })
  const records = [...tables, ...scarves]
  await store.catalogues.apply(
    products,
    records.map((each) => ({ kind: 'put', record: each })),
    noon,
  )
  if (past) await store.events.append(pastEvents, noon)
  if (models !== undefined) await publishGeneration(store, 'g1', models)
  const clock = createManualClock(noon)
  const config = readConfig(options.config ?? {})
  const open = () => openShop({ store, catalogue: products, config, clock, log: silentLog })
  const shop = await open()
  const ask = (surface: RecommendRequest['surface'], more: Partial<RecommendRequest> = {}) =>
    shop.recommend({ catalogue: products, surface, userId: null, ...more })
  const ids = (...question: Parameters<typeof ask>) => ask(...question).hits.map((hit) => hit.item.id as string)
  return { store, clock, shop, ask, ids, open }
}

export const itemKnnEverywhere = {
  'recommended-for-you': 'item-knn',
  'related-products': 'item-knn',
  session: 'item-knn',
  'bought-together': 'item-knn',
  'next-basket': 'next-basket',
} as const satisfies Partial<Record<TrainedSurface, string>>
