/**
 * `npx tsx bench/answer-time.ts [--items 50000] [--events 200000] [--answers 1000]`: how long a whole answer of the live
 * engine takes, from an event that has just been taken in to the list, with the haggle as a shop serves it by default.
 *
 * A made-up shop with power-law items and three categories a product; its haggle is taught in a hurry, which changes what
 * it knows and not what it costs. Milliseconds of one thread: median, 99th percentile, and the parts of it. Then searches,
 * in rounds that take turns: by the words alone, in an order learnt for everybody, in the shopper's own, and in the
 * shopper's own right after an event; as ratios to the first. (Their nets are made up: that changes no cost.)
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createManualClock, dayMs, minuteMs } from '../src/base/clock.ts'
import { readConfig } from '../src/base/config.ts'
import { createRng } from '../src/base/rng.ts'
import type { ShopEvent } from '../src/domain/event.ts'
import type { CatalogueId, EventId, GenerationId, ItemId, UserId } from '../src/domain/ids.ts'
import { type Engine, openEngine } from '../src/engine.ts'
import { useBackend } from '../src/kernels/backend.ts'
import { stageColumns, type StageName } from '../src/models/search-order.ts'
import { decodeBundle, encodeBundle } from '../src/models/state.ts'
import type { StoredRecipe } from '../src/train/live-model.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '50000' },
    events: { type: 'string', default: '200000' },
    answers: { type: 'string', default: '1000' },
  },
})
const [itemCount, eventCount, answerCount] = [values.items, values.events, values.answers].map(Number)
const catalogue = 'products' as CatalogueId
const fromMs = Date.UTC(2026, 0, 1)
const days = 60
const shoppers = Math.ceil(eventCount / 40)
const rng = createRng('answer time')
const kinds = 100

/** About one item in a hundred has half of the events. */
const someItem = () => Math.floor(itemCount * rng.next() ** 5)

function event(at: number, timeMs: number): ShopEvent {
  const shopper = rng.int(shoppers)
  // Whoever likes a kind comes back to it.
  const item = rng.next() < 0.6 ? Math.floor(someItem() / kinds) * kinds + (shopper % kinds) : someItem()
  return {
    id: `e${at}` as EventId,
    catalogue,
    type: rng.next() < 0.1 ? 'purchase' : 'view',
    userId: `u${shopper}` as UserId,
    timeMs,
    itemId: `i${Math.min(itemCount - 1, item)}` as ItemId,
    query: null,
    queryId: null,
    position: null,
    quantity: 1,
    priceMinor: 1000,
    rating: null,
    orderId: null,
    name: '',
  }
}

function records() {
  return Array.from({ length: itemCount }, (_, at) => ({
    kind: 'put' as const,
    record: {
      objectID: `i${at}`,
      title: `thing ${at % kinds} of sort ${at % 7}`,
      price: 1 + (at % 50),
      categories: [`kind ${at % kinds}`, `sort ${at % 7}`],
    },
  }))
}

async function openShop(dataFolder: string): Promise<Engine> {
  const clock = createManualClock(fromMs + days * dayMs)
  const hurried = { folds: 1, slice: 0.1, steps: 5, maximumSlates: 400 }
  const config = readConfig({
    dataFolder,
    preprocess: { robotEventsPerDay: 1e6, robotViewsWithoutAct: 1e6 },
    training: {
      models: ['haggle'],
      bootstrapRounds: 10,
      maximumTestUsers: 20,
      everyMinutes: null,
      afterEvents: null,
      config: { haggle: hurried, ials: { iterations: 1 } },
    },
  })
  const engine = await openEngine({ config, clock })
  await engine.change(catalogue, records())
  const step = (days * dayMs) / eventCount
  for (let at = 0; at < eventCount; at += 5000) {
    const events = Array.from({ length: Math.min(5000, eventCount - at) }, (_, next) =>
      event(at + next, fromMs + Math.floor((at + next) * step)),
    )
    await engine.acceptEvents(events)
  }
  await engine.train(catalogue, { force: true })
  return engine
}

function middle(times: number[]): string {
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(2)
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

/** The live generation once more, with an order of searches. */
async function withSearchOrder(engine: Engine, id: GenerationId): Promise<GenerationId> {
  const { generations } = engine.store
  const bundle = decodeBundle(await generations.artefacts(id))
  const stage = (name: StageName) => {
    const columns = stageColumns[name]
    const [width, hidden] = [columns.length, 8]
    const numbers = (count: number) => Array.from({ length: count }, () => rng.normal() / 10)
    const sizes = [width, 1, width * hidden, hidden, hidden * hidden, hidden, hidden, 1]
    const net = { centre: numbers(width), scale: numbers(width).fill(1), parameters: sizes.map(numbers) }
    return { columns, nets: [net], trees: [] }
  }
  const search = { examination: [1], feedback: [], stages: { shop: stage('shop'), shopper: stage('shopper') } }
  const generation = await generations.get(id)
  if (generation === null) throw new Error(`There is no generation ${id}.`)
  const next = { ...generation, id: `${id}-search` as GenerationId }
  await generations.put(next, encodeBundle({ ...bundle, search }))
  return next.id
}

async function raceSearches(engine: Engine): Promise<void> {
  const live = engine.shop(catalogue)
  const plain = live.generation
  if (plain === null) throw new Error('Nothing is live.')
  const learnt = await withSearchOrder(engine, plain)
  const lanes = [
    { name: 'words alone', generation: plain, enablePersonalization: false, told: false },
    { name: 'for everybody', generation: learnt, enablePersonalization: false, told: false },
    { name: "the shopper's own", generation: learnt, enablePersonalization: true, told: false },
    { name: "the shopper's own, after an event", generation: learnt, enablePersonalization: true, told: true },
  ]
  const times = lanes.map((): number[] => [])
  let serial = 0
  for (let round = 0; round < 6; round++) {
    for (const [lane, { generation, enablePersonalization, told: hears }] of lanes.entries()) {
      await live.goLive(generation)
      for (let at = 0; at < 100; at++) {
        const timeMs = fromMs + (days + 1) * dayMs + round
        const one = event(2 * eventCount + serial++, timeMs)
        const asker = hears ? one.userId : (`u${at % 5}` as UserId)
        if (hears) await engine.acceptEvents([one])
        const query = [`thing ${at % kinds}`, `sort ${at % 7}`, `thing ${at % kinds} sort ${at % 7}`][at % 3]
        const startMs = performance.now()
        engine.search({ index: catalogue, userId: asker, parameters: { query, enablePersonalization } })
        // The first round warms up.
        if (round > 0) times[lane].push(performance.now() - startMs)
      }
    }
  }
  const at = (own: number[], share: number) => own.sort((a, b) => a - b)[Math.floor(share * own.length)]
  for (const [lane, { name }] of lanes.entries()) {
    const [p50, p95] = [0.5, 0.95].map((share) => at(times[lane], share) / at(times[0], share))
    console.log(`search, ${name}: median ×${p50.toFixed(2)}, p95 ×${p95.toFixed(2)}`)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'haggle-answer-time-'))
await useBackend({ threads: 1 })
try {
  const engine = await openShop(folder)
  const live = await engine.store.generations.live(catalogue)
  const generation = live === null ? null : await engine.store.generations.get(live)
  console.log(JSON.stringify(((generation?.recipe ?? {}) as Partial<StoredRecipe>).surfaces ?? {}).slice(0, 400))
  const [told, answered]: [number[], number[]] = [[], []]
  for (let at = 0; at < answerCount + 100; at++) {
    const timeMs = fromMs + days * dayMs + at * minuteMs
    const one = event(eventCount + at, timeMs)
    const startMs = performance.now()
    await engine.acceptEvents([one])
    const heardMs = performance.now()
    engine.recommend({ catalogue, surface: 'recommended-for-you', userId: one.userId, limit: 20 })
    const endMs = performance.now()
    if (at < 100) continue
    told.push(heardMs - startMs)
    answered.push(endMs - heardMs)
  }
  console.log(`event safe on disk: ${middle(told)}`)
  console.log(`answer: ${middle(answered)}`)
  await raceSearches(engine)
  await engine.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
