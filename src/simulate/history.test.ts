import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { nothingPlanted } from './dirt.ts'
import { simulateHistory } from './history.ts'
import type { SimulatedEvent } from './simulated-event.ts'
import { createWorld } from './world.ts'

const small = { products: 500, shoppers: 120, days: 40, pictures: false }
const past = (options: Parameters<typeof createWorld>[0]) => {
  const world = createWorld(options)
  const planted = nothingPlanted()
  return { world, planted, events: [...simulateHistory(world, { planted })] }
}

describe('a simulated history', () => {
  it('repeats itself for the same seed and differs for another', () => {
    expect(past({ ...small, seed: 1 }).events).toEqual(past({ ...small, seed: 1 }).events)
    expect(past({ ...small, seed: 2 }).events).not.toEqual(past({ ...small, seed: 1 }).events)
  })

  it('is in order of time, within its time, and about products that were out', () => {
    const { world, events } = past({ ...small, dirt: 0 })
    let latest = world.fromMs
    for (const { time, item } of events) {
      expect(time).toBeGreaterThanOrEqual(latest)
      expect(time).toBeLessThan(world.untilMs)
      if (item !== undefined) expect(world.productOf(item)?.createdAtMs).toBeLessThanOrEqual(time)
      latest = time
    }
  })

  it('can be that of the smallest shop', () => {
    for (const products of [1, 2, 30]) {
      const { events, world } = past({ products, shoppers: 8, days: 30, pictures: false, dirt: 10 })
      expect(events.length).toBeGreaterThan(0)
      for (const { item } of events) if (item !== undefined) expect(world.productOf(item)).toBeDefined()
    }
  })

  it('has no rush on its first day', () => {
    const { world, events } = past({ ...small, dirt: 0 })
    const onDay = (day: number) => events.filter(({ time }) => Math.floor((time - world.fromMs) / dayMs) === day).length
    expect(onDay(0)).toBeLessThan(3 * (events.length / small.days))
  })

  it('carries on where it ended', () => {
    const world = createWorld(small)
    const first = [...simulateHistory(world)]
    const more = [...simulateHistory(world, { fromMs: world.untilMs, untilMs: world.untilMs + 10 * dayMs })]
    expect(more.length).toBeGreaterThan(first.length / 12)
    const returning = new Set(first.map(({ user }) => user))
    expect(more.some(({ user }) => returning.has(user))).toBe(true)
  })

  it('plants dirt around the honest rows, which stay as they are, and counts every piece', () => {
    const clean = past({ ...small, dirt: 0 }).events
    const { world, planted, events } = past({ ...small, dirt: 8 })
    expect(Object.values(past({ ...small, dirt: 0 }).planted).every((count) => count === 0)).toBe(true)
    // A return may be written as a negative purchase, and fields may be lost: the rest identifies a row.
    const key = ({ user, item, type, time, query, quantity = 1 }: SimulatedEvent) =>
      JSON.stringify([user, item, quantity < 0 ? 'return' : type, time, query])
    const left = new Map<string, number>()
    for (const event of events) left.set(key(event), (left.get(key(event)) ?? 0) + 1)
    for (const event of clean) left.set(key(event), (left.get(key(event)) ?? 0) - 1)
    expect([...left.values()].every((count) => count >= 0)).toBe(true)
    const { robotViews, floodViews, repeats, duplicates, impossibleTimes } = planted
    expect(events.length - clean.length).toBe(robotViews + floodViews + repeats + duplicates + impossibleTimes)

    const known = (event: SimulatedEvent) => event.time >= world.fromMs && event.time < world.untilMs
    expect(events.filter((event) => !known(event))).toHaveLength(impossibleTimes)
    const honest = new Set(clean.map(({ user }) => user))
    const robots = events.filter((event) => !honest.has(event.user))
    expect(robots).toHaveLength(robotViews)
    expect(new Set(robots.map(({ user }) => user)).size).toBe(planted.robots)
    const once = events.filter((event, at) => known(event) && event !== events[at - 1])
    expect(events.filter(known).length - once.length).toBe(duplicates)
    const without = (field: 'price' | 'quantity') =>
      once.filter((event) => ['purchase', 'addToCart', 'return'].includes(event.type) && event[field] === undefined)
    expect(without('price')).toHaveLength(planted.missingPrices)
    expect(without('quantity')).toHaveLength(planted.missingQuantities)
    expect(once.filter(({ quantity = 1 }) => quantity < 0)).toHaveLength(planted.negativeQuantities)
    expect(nearRepeats(once)).toBe(repeats)
    expect(bursts(once)).toBe(planted.floods)
    for (const kind of ['robots', 'floods', 'repeats', 'duplicates', 'impossibleTimes', 'missingPrices'] as const) {
      expect(planted[kind], kind).toBeGreaterThan(0)
    }
  })
})

/** Rows of the same shopper, item and type within 1.5 seconds after another. */
function nearRepeats(events: readonly SimulatedEvent[]): number {
  const latest = new Map<string, number>()
  let count = 0
  for (const { user, item, type, time } of events) {
    const key = `${user} ${item} ${type}`
    if (item !== undefined && type !== 'purchase' && time - (latest.get(key) ?? 0) < 1_500) count++
    latest.set(key, time)
  }
  return count
}

/** Times a shopper's events come to exceed 60 within a minute. */
function bursts(events: readonly SimulatedEvent[]): number {
  const recent = new Map<string, number[]>()
  let count = 0
  for (const { user, time } of events) {
    const times = (recent.get(user) ?? []).filter((each) => time - each < 60_000)
    const above = times.length > 60
    times.push(time)
    if (times.length > 60 && !above) count++
    recent.set(user, times)
  }
  return count
}

describe('a shop of the usual size', () => {
  const { world, planted, events } = past({ pictures: false })
  const robots = new Set<string>()
  const views = new Map<string, number>()
  for (const { user, type } of events) if (type === 'view') views.set(user, (views.get(user) ?? 0) + 1)
  for (const [user, count] of views) if (count > 1_000) robots.add(user)
  const human = events.filter(({ user, time }) => !robots.has(user) && time >= world.fromMs && time < world.untilMs)
  const counted = (type: SimulatedEvent['type']) => human.filter((event) => event.type === type).length

  it('has as many events as a small real one, and a robot in two hundred visitors', () => {
    expect(events.length).toBeGreaterThan(60_000)
    expect(events.length).toBeLessThan(130_000)
    const users = new Set(human.map(({ user }) => user)).size
    expect(users).toBeGreaterThan(1_000)
    expect(planted.robots / users).toBeGreaterThan(0.003)
    expect(planted.robots / users).toBeLessThan(0.008)
    expect(robots.size).toBe(planted.robots)
  })

  it('turns views into carts and carts into purchases at the usual rates', () => {
    expect(counted('addToCart') / counted('view')).toBeGreaterThan(0.07)
    expect(counted('addToCart') / counted('view')).toBeLessThan(0.14)
    expect(counted('purchase') / counted('view')).toBeGreaterThan(0.03)
    expect(counted('purchase') / counted('view')).toBeLessThan(0.06)
    expect(counted('return') / counted('purchase')).toBeGreaterThan(0.01)
    expect(counted('return') / counted('purchase')).toBeLessThan(0.12)
    expect(counted('search')).toBeGreaterThan(3_000)
  })

  it('has bestsellers and a long tail', () => {
    const counts = new Float64Array(world.products.length)
    for (const { item } of human) if (item !== undefined) counts[world.productOf(item)?.index ?? 0]++
    counts.sort()
    const total = counts.reduce((sum, count) => sum + count, 0)
    const ranked = counts.reduce((sum, count, rank) => sum + (rank + 1) * count, 0)
    const gini = (2 * ranked) / (counts.length * total) - (counts.length + 1) / counts.length
    expect(gini).toBeGreaterThan(0.6)
    expect(gini).toBeLessThan(0.8)
  })

  it('sees people buy the same again: what is used up', () => {
    const bought = new Set<string>()
    let again = 0
    for (const { type, user, item } of human) {
      if (type !== 'purchase') continue
      again += bought.has(`${user} ${item}`) ? 1 : 0
      bought.add(`${user} ${item}`)
    }
    expect(again / counted('purchase')).toBeGreaterThan(0.1)
    expect(again / counted('purchase')).toBeLessThan(0.2)
  })

  it('has histories from which the future can be told: co-occurrence beats popularity, the truth beats both', () => {
    const { popularity, coOccurrence, truth } = nextTenth()
    expect(coOccurrence).toBeGreaterThan(1.3 * popularity)
    expect(truth).toBeGreaterThan(1.05 * coOccurrence)
  })

  /** Mean NDCG@20 of new products in the last tenth of the time, for 200 who were there before. */
  function nextTenth() {
    const cutMs = world.untilMs - (world.untilMs - world.fromMs) / 10
    const size = world.products.length
    const before = new Map<string, Set<number>>()
    const after = new Map<string, Set<number>>()
    for (const { user, item, time } of human) {
      const product = item === undefined ? undefined : world.productOf(item)
      if (product === undefined) continue
      const side = time < cutMs ? before : after
      side.set(user, (side.get(user) ?? new Set()).add(product.index))
    }
    const degree = new Float64Array(size)
    const together = new Float32Array(size * size)
    for (const seen of before.values()) {
      for (const a of seen) {
        degree[a]++
        for (const b of seen) together[a * size + b]++
      }
    }
    const sums = { popularity: 0, coOccurrence: 0, truth: 0 }
    let users = 0
    for (const shopper of world.shoppers) {
      const seen = before.get(shopper.id)
      const fresh = new Set([...(after.get(shopper.id) ?? [])].filter((product) => !seen?.has(product)))
      if (seen === undefined || fresh.size === 0 || users === 200) continue
      users++
      const near = new Float64Array(size)
      for (const a of seen) {
        for (let b = 0; b < size; b++) near[b] += together[a * size + b] / Math.sqrt(degree[a] * degree[b] + 20)
      }
      const known = world.products.map((product) => world.utility(shopper, product, cutMs))
      sums.popularity += ndcg(degree, seen, fresh)
      sums.coOccurrence += ndcg(near, seen, fresh)
      sums.truth += ndcg(known, seen, fresh)
    }
    expect(users).toBe(200)
    return sums
  }
})

function ndcg(scores: ArrayLike<number>, seen: ReadonlySet<number>, wanted: ReadonlySet<number>): number {
  const order = Array.from(scores, (_, index) => index)
    .filter((index) => !seen.has(index))
    .sort((a, b) => scores[b] - scores[a])
    .slice(0, 20)
  const gain = (rank: number) => 1 / Math.log2(rank + 2)
  const best = Array.from({ length: Math.min(20, wanted.size) }, (_, rank) => gain(rank))
  const found = order.map((index, rank) => (wanted.has(index) ? gain(rank) : 0))
  const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0)
  return sum(found) / sum(best)
}
