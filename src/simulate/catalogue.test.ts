import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { type Json, readItem } from '../domain/item.ts'
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

  it('says in Chinese what it says in English, and changes nothing else by that', () => {
    const plain = createProducts(createRng('goods'), 1_000, span)
    const both = createProducts(createRng('goods'), 1_000, { ...span, chinese: true })
    const told = { en: new Map<unknown, Set<unknown>>(), zh: new Map<unknown, Set<unknown>>() }
    const pair = (en: unknown, zh: unknown) => {
      told.en.set(en, (told.en.get(en) ?? new Set()).add(zh))
      told.zh.set(zh, (told.zh.get(zh) ?? new Set()).add(en))
    }
    for (const [at, { record, shelf, style, gender }] of both.entries()) {
      const { zh, ...rest } = record
      expect(rest).toEqual(plain[at].record)
      const chinese = zh as Record<string, Json> & { title: string; hierarchicalCategories: { lvl2: string } }
      expect(JSON.stringify(chinese)).not.toContain('undefined')
      expect(chinese.title).toMatch(/\p{Script=Han}{2}/u)
      pair(`shelf ${shelf}`, chinese.hierarchicalCategories.lvl2)
      pair(`style ${style}`, `style ${chinese.style as string}`)
      pair(`gender ${gender}`, `gender ${chinese.gender as string}`)
      pair(`colour ${record.color as string}`, `colour ${chinese.color as string}`)
      pair(`season ${record.season as string}`, `season ${chinese.season as string}`)
    }
    // One word for one word: nothing is forgotten, nothing said twice.
    for (const words of [...told.en.values(), ...told.zh.values()]) expect([...words]).toHaveLength(1)
    expect(told.en.size).toBeGreaterThan(shelves.length + 20)
  })
})
