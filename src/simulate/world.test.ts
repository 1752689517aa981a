import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import { shelves } from './goods.ts'
import { createWorld } from './world.ts'

const small = { products: 400, shoppers: 60, days: 30, pictures: false }

describe('a simulated world', () => {
  it('refuses sizes that make no shop, by name', () => {
    expect(() => createWorld({ products: 0 })).toThrow(/products/)
    expect(() => createWorld({ days: 1.5 })).toThrow(/days/)
    expect(() => createWorld({ dirt: -1 })).toThrow(/dirt/)
  })

  it('ends at midnight, so that hours of the day mean what they say', () => {
    const world = createWorld({ ...small, untilMs: Date.UTC(2025, 4, 3, 17, 30) })
    expect(world.untilMs).toBe(Date.UTC(2025, 4, 3))
    expect(world.untilMs - world.fromMs).toBe(30 * dayMs)
  })

  it('has tastes of its own for everyone', () => {
    const world = createWorld(small)
    const [one, other] = world.shoppers
    const utilities = (who: typeof one) => world.products.map((product) => world.utility(who, product, world.untilMs))
    expect(correlation(utilities(one), utilities(one))).toBeCloseTo(1)
    expect(correlation(utilities(one), utilities(other))).toBeLessThan(0.8)
  })

  it('shifts the tastes of about the share asked for, from that time on and not before', () => {
    const world = createWorld(small)
    const timeMs = world.untilMs - 5 * dayMs
    const look = (atMs: number) =>
      world.shoppers.map((shopper) => world.products.map((product) => world.utility(shopper, product, atMs)))
    const before = look(timeMs - 1)
    const after = look(timeMs)
    const chosen = world.shiftTastes(timeMs, 0.5)
    expect(look(timeMs - 1)).toEqual(before)
    const shifted = look(timeMs)
    const changed = world.shoppers.filter((_, at) => correlation(shifted[at], after[at]) < 0.9)
    expect(changed).toEqual(chosen)
    expect(chosen.length / world.shoppers.length).toBeGreaterThan(0.25)
    expect(chosen.length / world.shoppers.length).toBeLessThan(0.75)
  })

  it('wants in winter what is for winter', () => {
    const world = createWorld(small)
    const coats = shelves.findIndex(({ path }) => path[2] === 'Coats')
    const shorts = shelves.findIndex(({ path }) => path[2] === 'Shorts')
    expect(world.season(coats, Date.UTC(2025, 11, 10))).toBeGreaterThan(0.8)
    expect(world.season(coats, Date.UTC(2025, 5, 10))).toBeLessThan(-0.8)
    expect(world.season(shorts, Date.UTC(2025, 6, 10))).toBeGreaterThan(0.8)
  })

  it('lets a trend rise and fall', () => {
    const world = createWorld(small)
    const trend = world.trends.find(({ kind }) => kind === 'product')
    if (trend === undefined) throw new Error('This world has no product trend.')
    const product = world.products[trend.index]
    const [shopper] = world.shoppers
    const at = (days: number) => world.utility(shopper, product, trend.startMs + days * dayMs)
    const height = Math.ceil(trend.riseDays)
    expect(at(height) - at(-1)).toBeGreaterThan(1)
    expect(at(height) - at(trend.riseDays + trend.fallDays + 2)).toBeGreaterThan(1)
  })

  it('publishes what is out by then, with what is sold out marked', () => {
    const world = createWorld({ ...small, upcoming: 20 })
    expect(world.records(world.untilMs)).toHaveLength(400)
    expect(world.records(world.untilMs + 30 * dayMs)).toHaveLength(420)
    expect(world.records(world.fromMs).length).toBeLessThan(400)
    const stocked = world.records(world.untilMs).filter(({ inStock }) => inStock === true).length
    expect(stocked).toBeLessThan(400)
    expect(stocked).toBeGreaterThan(360)
  })

  it('finds the best for a shopper as a full sort does', () => {
    const world = createWorld(small)
    const [shopper] = world.shoppers
    const look = { surface: 'related' as const, product: 3, timeMs: world.untilMs }
    const appeal = (index: number) => world.appeal(shopper, world.products[index], look)
    const offered = world.products.map(({ index }) => index).filter((index) => world.available(index, look.timeMs))
    expect(world.best(shopper, look, 12)).toEqual(offered.sort((a, b) => appeal(b) - appeal(a)).slice(0, 12))
  })
})

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    x.reduce((sum, value, at) => sum + (value - mx) * (y[at] - my), 0)
  return product(a, b, meanA, meanB) / Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB))
}
