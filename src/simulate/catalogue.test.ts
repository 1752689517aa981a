import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { readItem } from '../domain/item.ts'
import { createProducts } from './catalogue.ts'
import { departments, shelves } from './goods.ts'

const span = { fromMs: Date.UTC(2025, 0, 1), untilMs: Date.UTC(2025, 3, 1) }
const products = createProducts(createRng('goods'), 1_000, { ...span, upcoming: 50 })

describe('a simulated catalogue', () => {
  it('is the same for the same seed and another for another', () => {
    const titles = (seed: string) => createProducts(createRng(seed), 50, span).map(({ record }) => record.title)
    expect(titles('a')).toEqual(titles('a'))
    expect(titles('a')).not.toEqual(titles('b'))
  })

  it('is read by the shop as complete items', () => {
    for (const { record, priceMinor, createdAtMs, shelf } of products) {
      const item = readItem('products' as CatalogueId, record)
      expect(item).toMatchObject({ priceMinor, createdAtMs, inStock: true, categoryPath: shelves[shelf].path })
      expect(item.title.length).toBeGreaterThan(8)
      expect(item.description.length).toBeGreaterThan(20)
      expect(item.brand).not.toBeNull()
      expect(item.tags.length).toBeGreaterThan(0)
    }
    expect(new Set(products.map(({ record }) => record.objectID)).size).toBe(1_050)
  })

  it('has titles that are rarely the same', () => {
    expect(new Set(products.map(({ record }) => record.title)).size).toBeGreaterThan(0.95 * products.length)
  })

  it('fills every shelf of every department, at prices near the usual ones', () => {
    expect(new Set(products.map(({ shelf }) => shelf)).size).toBe(shelves.length)
    expect(departments).toHaveLength(10)
    for (const { tier } of products) expect(Math.abs(tier)).toBeLessThan(2.5)
    expect(products.reduce((sum, { tier }) => sum + tier, 0) / products.length).toBeCloseTo(0, 0)
  })

  it('knows what goes with what', () => {
    const named = (name: string) => shelves.findIndex(({ path }) => path[2] === name)
    expect(shelves[named('Tents')].goesWith).toContain(named('Sleeping Bags'))
    for (const { goesWith, path } of shelves) {
      expect(goesWith, path[2]).not.toHaveLength(0)
      expect(goesWith, path[2]).not.toContain(-1)
    }
  })

  it('brings out new products in its time, and the upcoming ones after it', () => {
    const launched = products.slice(0, 1_000).filter(({ createdAtMs }) => createdAtMs >= span.fromMs)
    expect(launched.length).toBeGreaterThan(80)
    expect(launched.length).toBeLessThan(160)
    expect(launched.every(({ createdAtMs }) => createdAtMs < span.untilMs)).toBe(true)
    expect(products.slice(1_000).every(({ createdAtMs }) => createdAtMs >= span.untilMs)).toBe(true)
  })

  it('draws a small picture for each, or none', () => {
    for (const { record } of products) {
      expect(record.image).toMatch(/^data:image\/svg\+xml,%3Csvg [^"#]+%3C\/svg%3E$/)
      expect((record.image as string).length).toBeLessThan(2_500)
    }
    expect(createProducts(createRng(1), 1, { ...span, pictures: false })[0].record).not.toHaveProperty('image')
  })
})
