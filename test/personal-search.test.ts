/** Searches are logged, learnt from and answered by what was learnt, with the same numbers on both sides. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createBreathe } from '../src/base/breathe.ts'
import { minuteMs } from '../src/base/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { createRng } from '../src/base/rng.ts'
import type { ShopEvent } from '../src/domain/event.ts'
import type { EventId, GenerationId, ItemId, QueryId, UserId } from '../src/domain/ids.ts'
import type * as SearchOrderModule from '../src/models/search-order.ts'
import { type SearchOrder, shopperRows, shopRows, stageColumns } from '../src/models/search-order.ts'
import type { LiveShop } from '../src/serve/live-shop.ts'
import { openShop } from '../src/serve/shop.ts'
import { learnGeneration } from '../src/train/learn-generation.ts'
import { liveAsItStands, readLive } from '../src/train/live-model.ts'
import { trainGeneration } from '../src/train/pipeline.ts'
import { prepare } from '../src/train/prepare.ts'
import { readSearchLog, replaySearches } from '../src/train/search-lessons.ts'
import { openTestShop, tasteEvents } from '../src/train/taste-fixture.ts'

/** What the live shop asked the order of its searches, latest last. */
const asked: { ids: readonly string[]; shop: Float32Array; shopper: Float32Array | null }[] = []

vi.mock('../src/models/search-order.ts', async (original) => {
  const real = await original<typeof SearchOrderModule>()
  return {
    ...real,
    createSearchOrder: (stages: Parameters<typeof real.createSearchOrder>[0]): SearchOrder => {
      const order = real.createSearchOrder(stages)
      return {
        isPersonal: true,
        scores: (candidates, moment, taste, impact) => {
          const given = candidates.textual.map(([all]) => all)
          const shopper = taste === null ? null : shopperRows(candidates, given, moment, taste)
          asked.push({ ids: candidates.items.map(({ id }) => id), shop: shopRows(candidates, moment), shopper })
          return order?.scores(candidates, moment, taste, impact) ?? null
        },
      }
    },
  }
})

const groups = 3
const itemsPerGroup = 20
const shop = await openTestShop(60, { models: ['rp3beta'] })
const { store, clock } = shop
const { catalogue, config } = shop.run
let live: LiveShop

let serial = 0
const act = (userId: string, itemId: string, type: ShopEvent['type'], queryId: QueryId | null): ShopEvent => ({
  ...{ id: `act ${serial++}` as EventId, catalogue, type, userId: userId as UserId, timeMs: clock.now() },
  ...{ itemId: itemId as ItemId, query: null, queryId, position: null, quantity: 1, priceMinor: null, rating: null },
  ...{ orderId: type === 'purchase' ? `order ${serial}` : null, name: '' },
})
async function happen(event: ShopEvent): Promise<void> {
  await store.events.append([event], clock.now())
  live.remember([event])
}
function search(userId: string | null, parameters: object = {}) {
  clock.advance(minuteMs)
  const request = { query: 'lamp', hitsPerPage: 100, clickAnalytics: true, ...parameters }
  const { shown, queryId } = live.search({ index: catalogue, parameters: request, userId: userId as UserId | null })
  return { ids: shown.map(({ item }) => item.id as string), queryId }
}
/** Shoppers of a group click and buy what is their group's, wherever it stands. */
async function shopAndSearch(rounds: number, seed: string): Promise<void> {
  const rng = createRng(seed)
  for (let at = 0; at < rounds; at++) {
    const user = rng.int(60)
    const { ids, queryId } = search(`u${user}`)
    const own = ids.filter((id) => Math.floor(Number(id.slice(1)) / itemsPerGroup) === user % groups)
    clock.advance(minuteMs / 4)
    await happen(act(`u${user}`, rng.pick(own), rng.int(4) === 0 ? 'purchase' : 'click', queryId))
  }
  await live.flush()
}
async function train() {
  const outcome = await trainGeneration(shop.run, learnGeneration)
  await live.goLive(outcome.generation.id)
  return outcome.report
}

beforeAll(async () => {
  const tastes = { users: 60, groups, itemsPerGroup, fromDay: 0, untilDay: 50, visitsPerUser: 6, seed: 'search' }
  await store.events.append(tasteEvents(tastes), clock.now())
  const put = (at: number) => {
    const kind = Math.floor(at / itemsPerGroup)
    return {
      kind: 'put' as const,
      record: {
        objectID: `i${at}`,
        title: at % 2 === 0 ? 'lamp' : 'desk lamp',
        brand: `b${at % 5}`,
        categories: [`c${kind}`],
        price: 5 + at,
      },
    }
  }
  await store.catalogues.apply(
    catalogue,
    Array.from({ length: groups * itemsPerGroup }, (_, at) => put(at)),
    clock.now(),
  )
  live = await openShop({ ...shop.run, log: silentLog })
}, 60_000)
afterAll(async () => {
  await live.close()
  await shop.close()
})

describe('an order of searches that learns', () => {
  it('is that of the words, for everybody, as long as nobody has searched', async () => {
    await train()
    const [plain, personal] = [false, true].map((enablePersonalization) => {
      return search('u1', { clickAnalytics: false, enablePersonalization }).ids
    })
    const { generation } = live
    await live.goLive(null)
    const words = search('u1', { clickAnalytics: false }).ids
    await live.goLive(generation)
    expect([plain, personal]).toEqual([words, words])
    expect(asked).toEqual([])
  }, 60_000)

  it('learns from what shoppers took, and says how surely', async () => {
    await shopAndSearch(250, 'first')
    const { search: report } = await train()
    expect(report?.answers).toBe(250)
    expect(report?.stages.shopper?.used).toBe(true)
    expect(report?.stages.shopper?.difference.low).toBeGreaterThan(0)
  }, 60_000)

  it('puts first what fits the shopper, where it is asked to be personal, and as far as it is asked', () => {
    const share = (ids: readonly string[], group: number) =>
      ids.slice(0, 10).filter((id) => Math.floor(Number(id.slice(1)) / itemsPerGroup) === group).length
    for (const user of [0, 1, 2]) {
      const nobody = search(null).ids
      const personal = search(`u${user}`, { enablePersonalization: true }).ids
      expect(share(personal, user)).toBeGreaterThan(7)
      expect(search(`u${user}`).ids).toEqual(nobody)
      expect(search(`u${user}`, { enablePersonalization: true, personalizationImpact: 0 }).ids).toEqual(nobody)
      expect(search(null, { enablePersonalization: true }).ids).toEqual(nobody)
      const some = search(`u${user}`, { enablePersonalization: true, personalizationImpact: 30 }).ids
      const moved = (ids: readonly string[]) => ids.reduce((sum, id, at) => sum + Math.abs(at - nobody.indexOf(id)), 0)
      expect(moved(some)).toBeLessThanOrEqual(moved(personal))
    }
  })

  it('knows of an act in the very next search', async () => {
    const stranger = 'new'
    const before = search(stranger, { enablePersonalization: true }).ids
    for (const at of [41, 42, 43]) await happen(act(stranger, `i${at}`, 'purchase', null))
    const after = search(stranger, { enablePersonalization: true }).ids
    const rank = (ids: readonly string[]) => ids.reduce((sum, id, at) => sum + (Number(id.slice(1)) >= 40 ? at : 0), 0)
    expect(rank(after)).toBeLessThan(rank(before) - 100)
  })

  it('was taught with the numbers that it is asked with', async () => {
    await shopAndSearch(12, 'second')
    asked.length = 0
    const { ids, queryId } = search('u4', { enablePersonalization: true })
    clock.advance(1000)
    await happen(act('u4', ids[3], 'click', queryId))
    await live.flush()
    const [online] = asked
    const breathe = createBreathe()
    const { lastSequence: dataSequence } = await store.events.counts(catalogue)
    const prepared = await prepare({ ...shop.run, breathe, dataSequence, nowMs: clock.now() + 1 })
    const generation = await readLive(store, catalogue)
    if (generation === null) throw new Error('nothing is live')
    const fitted = liveAsItStands(generation, 'recommended-for-you', prepared.items, [])
    const times = fitted === null ? [] : [{ fitted, fromMs: prepared.validationMs }]
    const examination = generation.bundle.search?.examination ?? []
    const log = await readSearchLog(store, catalogue, prepared)
    const { lessons } = await replaySearches(prepared, log, { config, breathe, times, examination })
    const offline = lessons.at(-1)
    if (offline === undefined || offline.shopper === null || online.shopper === null) throw new Error('no lesson')
    const row = (rows: Float32Array, at: number, count: number) => [
      ...rows.slice((at * rows.length) / count, ((at + 1) * rows.length) / count),
    ]
    expect(offline.items.length).toBe(online.ids.length)
    offline.items.forEach((id, at) => {
      const place = online.ids.indexOf(id)
      for (const side of ['shop', 'shopper'] as const) {
        const [taught, answered] = [offline[side] as Float32Array, online[side] as Float32Array]
        row(taught, at, offline.items.length).forEach((value, column) => {
          expect(value, `${side} ${column} of ${id}`).toBeCloseTo(row(answered, place, online.ids.length)[column], 4)
        })
      }
    })
    expect(new Set(offline.shopper).size).toBeGreaterThan(50)
    // The words, their meaning and what is mostly wanted with them tell products apart, each in its own way.
    const width = stageColumns.shop.length
    const told = (['words', 'meaning', 'intent'] as const).map((name) => {
      const column = stageColumns.shop.indexOf(name)
      return offline.items.map((_, at) => offline.shop[at * width + column])
    })
    for (const values of told) expect(new Set(values).size).toBeGreaterThan(1)
    expect(new Set(told.map(String)).size).toBe(told.length)
    // Answers from before these were logged teach all the same.
    const older = log.answers.map((answer) => {
      return { ...answer, items: answer.items.map((each) => ({ ...each, textual: [each.textual?.[0] ?? 0] as const })) }
    })
    const run = { config, breathe, times, examination }
    const { lessons: fromOlder } = await replaySearches(prepared, { ...log, answers: older }, run)
    expect(fromOlder.length).toBe(lessons.length)
    expect(fromOlder.at(-1)?.shop.filter((_, at) => at % width === 0)).toEqual(
      offline.shop.filter((_, at) => at % width === 0),
    )
    expect(new Set(fromOlder.at(-1)?.shop.filter((_, at) => at % width === 1))).toEqual(new Set([0]))
  }, 60_000)

  it('answers once as another generation would, and goes on as before', async () => {
    const parameters = { query: 'lamp', hitsPerPage: 100, enablePersonalization: true }
    const request = { index: catalogue, parameters, userId: 'u1' as UserId }
    const idsOf = ({ shown }: ReturnType<LiveShop['search']>) => shown.map(({ item }) => item.id)
    const [taught, untaught] = (await store.generations.list(catalogue)).map(({ id }) => id)
    // Counts of clicks since a training are the live one's alone: begin without any.
    await live.goLive(untaught)
    await live.goLive(taught)
    const before = idsOf(live.search(request))
    const [as] = (await live.searchAs(untaught, [request])).map(idsOf)
    expect(as).not.toEqual(before)
    expect(idsOf(live.search(request))).toEqual(before)
    await live.goLive(untaught)
    expect(idsOf(live.search(request))).toEqual(as)
    expect((await live.searchAs(taught, [request])).map(idsOf)).toEqual([before])
    await live.goLive(taught)
    await expect(live.searchAs('none' as GenerationId, [request])).rejects.toThrow(/no generation none/)
  })
})
