import { describe, expect, it } from 'vitest'
import { minuteMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import { simulateHistory } from './history.ts'
import type { InsightsEvent } from './insights-event.ts'
import { createLiveShoppers, type LiveOptions, type VisitOutcome } from './live.ts'
import { oracleDoor, popularDoor, randomDoor, type ShopDoor, type ShopRequest } from './shop-door.ts'
import { createWorld, type World } from './world.ts'

const visits = 180
const queryID = '0123456789abcdef0123456789abcdef'

async function play(openDoor: (world: World) => ShopDoor, options: LiveOptions = {}) {
  const world = createWorld({ products: 600, shoppers: 150, days: 30, pictures: false })
  for (const event of simulateHistory(world)) void event
  const live = createLiveShoppers(world, openDoor(world), options)
  const outcomes: VisitOutcome[] = []
  for (let at = 0; at < visits; at++) outcomes.push(await live.playVisit(world.untilMs + at * 200 * minuteMs))
  const sum = (pick: (outcome: VisitOutcome) => number) => outcomes.reduce((all, each) => all + pick(each), 0)
  return { world, outcomes, sum }
}

type Heard = { readonly asked: ShopRequest } | { readonly sent: InsightsEvent }

/** Writes down what goes through, in order. */
function listeningDoor(world: World, heard: Heard[]): ShopDoor {
  const inner = oracleDoor(world)
  return {
    recommend: async (request) => {
      heard.push({ asked: request })
      return { ...(await inner.recommend(request)), queryID }
    },
    send: async (events) => void heard.push(...events.map((sent) => ({ sent }))),
  }
}

let listened: Promise<Awaited<ReturnType<typeof play>> & { heard: Heard[] }> | undefined

/** One play with a listening door, for all who ask. */
function listen() {
  const start = async () => {
    const heard: Heard[] = []
    const played = await play((world) => listeningDoor(world, heard))
    return { ...played, heard }
  }
  listened ??= start()
  return listened
}

describe('live shoppers', () => {
  it('click more and buy more the better they are understood', async () => {
    const random = await play((world) => randomDoor(world, createRng('doors')))
    const popular = await play(popularDoor)
    const oracle = await play(oracleDoor)
    const clickRate = ({ sum }: typeof random) => sum(({ clicks }) => clicks) / sum(({ impressions }) => impressions)
    expect(clickRate(popular)).toBeGreaterThan(2 * clickRate(random))
    expect(clickRate(oracle)).toBeGreaterThan(1.5 * clickRate(popular))
    expect(oracle.sum(({ purchases }) => purchases)).toBeGreaterThan(popular.sum(({ purchases }) => purchases))
    for (const { expectedUtility, bestUtility } of oracle.outcomes) expect(expectedUtility).toBe(bestUtility)
    for (const { expectedUtility, bestUtility } of random.outcomes) {
      if (expectedUtility !== null) expect(expectedUtility).toBeLessThan(bestUtility ?? 0)
    }
  })

  it('repeat themselves for the same seed and door', async () => {
    const figures = async (seed: string) => {
      const { outcomes } = await play(popularDoor, { seed })
      return outcomes.map(({ shopper, clicks, endMs, revenueMinor }) => [shopper.id, clicks, endMs, revenueMinor])
    }
    expect(await figures('a')).toEqual(await figures('a'))
    expect(await figures('b')).not.toEqual(await figures('a'))
  })

  it('tell the shop everything they did, in the words of a stock client', async () => {
    const { heard, sum, outcomes, world } = await listen()
    const sent = heard.flatMap((each) => ('sent' in each ? [each.sent] : []))
    const count = (pick: (event: InsightsEvent) => boolean) =>
      sent.filter(pick).reduce((all, { objectIDs = [] }) => all + objectIDs.length, 0)
    expect(count(({ eventType }) => eventType === 'click')).toBe(sum(({ clicks }) => clicks))
    expect(count(({ eventSubtype }) => eventSubtype === 'addToCart')).toBe(sum(({ carts }) => carts))
    expect(count(({ eventSubtype }) => eventSubtype === 'purchase')).toBe(sum(({ purchases }) => purchases))
    expect(count(({ eventSubtype }) => eventSubtype === 'return')).toBe(
      outcomes.flatMap(({ returned }) => returned).length,
    )
    expect(outcomes.flatMap(({ returned }) => returned)).not.toHaveLength(0)
    const purchases = sent.filter(({ eventSubtype }) => eventSubtype === 'purchase')
    const revenue = purchases.reduce((all, { value = 0 }) => all + value, 0)
    expect(revenue).toBeCloseTo(sum(({ revenueMinor }) => revenueMinor) / 100)
    for (const { objectData = [], objectIDs, orderID } of purchases) {
      expect(objectData).toHaveLength(objectIDs?.length ?? 0)
      expect(orderID).toBeDefined()
    }
    for (const event of sent.filter(({ eventType }) => eventType === 'click')) {
      expect(event).toMatchObject({ queryID, index: 'products', positions: [expect.any(Number)] })
    }
    for (const { objectIDs = [] } of sent) for (const id of objectIDs) expect(world.productOf(id)).toBeDefined()
    for (const type of ['search', 'view', 'click', 'conversion']) {
      expect(
        sent.some(({ eventType }) => eventType === type),
        type,
      ).toBe(true)
    }
  })

  it('have told what they did before they open the next page', async () => {
    const { heard } = await listen()
    const viewed = new Set<string>()
    let related = 0
    for (const each of heard) {
      if ('sent' in each) for (const id of each.sent.objectIDs ?? []) viewed.add(`${each.sent.userToken} ${id}`)
      else if (each.asked.surface === 'related-products') {
        related++
        expect(viewed).toContain(`${each.asked.userToken} ${each.asked.objectID}`)
      }
    }
    expect(related).toBeGreaterThan(10)
    const surfaces = heard.flatMap((each) => ('asked' in each ? [each.asked.surface] : []))
    expect(new Set(surfaces)).toEqual(new Set(['recommended-for-you', 'related-products', 'bought-together']))
  })

  it('hurry where asked to: a visit takes seconds', async () => {
    const slow = await play(popularDoor)
    const quick = await play(popularDoor, { pace: 0.01 })
    const longest = ({ outcomes }: typeof slow) => Math.max(...outcomes.map(({ startMs, endMs }) => endMs - startMs))
    expect(longest(slow)).toBeGreaterThan(5 * minuteMs)
    expect(longest(quick)).toBeLessThan(minuteMs)
  })
})
