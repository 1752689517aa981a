import { afterEach, describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { dayMs } from '../base/clock.ts'
import type { ItemId } from '../domain/ids.ts'
import { type Interactions, tableOfSteps } from '../preprocess/interactions.ts'
import { prepare } from './prepare.ts'
import { surfaceData } from './surface-data.ts'
import { opened, openTestShop, type TasteOptions, tasteEvents } from './taste-fixture.ts'

const tastes: TasteOptions = {
  users: 20,
  groups: 2,
  itemsPerGroup: 10,
  fromDay: 0,
  untilDay: 50,
  visitsPerUser: 5,
  seed: 'prepared',
}

const closes: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0)) await close()
})

async function prepared(untilDay: number) {
  const shop = await openTestShop(60)
  closes.push(shop.close)
  // The first and the last event hold the span, and so the cuts, in place.
  const all = tasteEvents(tastes)
  const kept = all.filter((event, at) => event.timeMs < opened + untilDay * dayMs || at === all.length - 1)
  await shop.store.events.append(kept, shop.clock.now())
  const { lastSequence } = await shop.store.events.counts(shop.run.catalogue)
  const made = await prepare({
    ...shop.run,
    breathe: createBreathe(),
    dataSequence: lastSequence,
    nowMs: shop.clock.now(),
  })
  return { ...made, shop }
}

describe('preparing', () => {
  it('cuts the span of time into parts to learn from, to choose on and to judge on', async () => {
    const { log, validationMs, testMs, untilMs } = await prepared(50)
    const span = untilMs - log.timeMs[0]
    expect((untilMs - testMs) / span).toBeCloseTo(0.1, 9)
    expect((testMs - validationMs) / span).toBeCloseTo(0.1, 9)
  })

  it('takes behaviour as of each cut: what happens later changes nothing', async () => {
    const [whole, short] = [await prepared(50), await prepared(40)]
    expect(short.log.length).toBeLessThan(whole.log.length)
    const cutMs = whole.validationMs
    expect(short.validationMs).toBe(cutMs)
    const of = (shop: typeof whole) => {
      const { values } = shop.behavioursAt(cutMs)
      const { log } = shop
      const width = values.length / log.users.size
      return new Map(log.users.ids().map((id, user) => [id, [...values.slice(user * width, (user + 1) * width)]]))
    }
    expect(of(short)).toEqual(of(whole))
  })

  it('numbers items in an order that tells nothing of when they came', async () => {
    const { log, items } = await prepared(50)
    expect([...items.ids()].sort()).toEqual([...log.items.ids()].sort())
    expect(items.ids()).not.toEqual(log.items.ids())
    expect((await prepared(50)).items.ids()).toEqual(items.ids())
  })

  it('knows what the catalogue says of items, and what nobody has met only where that is asked for', async () => {
    const { shop } = await prepared(50)
    const records = Array.from({ length: 30 }, (_, at) => ({
      kind: 'put' as const,
      record: { objectID: `i${at}`, title: `thing of group ${Math.floor(at / 10)}` },
    }))
    await shop.store.catalogues.apply(shop.run.catalogue, records, shop.clock.now())
    const { lastSequence } = await shop.store.events.counts(shop.run.catalogue)
    const knowing = (coldItems: boolean) => {
      const { preprocess, ...config } = shop.run.config
      const run = { ...shop.run, config: { ...config, preprocess: { ...preprocess, coldItems } } }
      const limits = { dataSequence: lastSequence, nowMs: shop.clock.now() }
      return prepare({ ...run, ...limits, breathe: createBreathe() })
    }
    const [met, whole] = [await knowing(false), await knowing(true)]
    const ids = (from: number, until: number) => Array.from({ length: until - from }, (_, at) => `i${from + at}`)
    // Two groups of ten were met; the records go on for ten more.
    expect([...met.items.ids()].sort()).toEqual(ids(0, 20).sort())
    expect([...whole.items.ids()].sort()).toEqual(ids(0, 30).sort())
    const described = ({ content, items }: typeof met, id: string) => {
      const index = items.indexOf(id as ItemId)
      return content === null ? 0 : content.pointers[index + 1] - content.pointers[index]
    }
    expect(described(met, 'i3')).toBeGreaterThan(0)
    expect(described(whole, 'i25')).toBeGreaterThan(0)
  })

  it('keeps every step where that is asked for, up to each cut', async () => {
    const { shop, ...made } = await prepared(50)
    const { preprocess, ...config } = shop.run.config
    const tables = (keepSteps: boolean) =>
      surfaceData(made, 'recommended-for-you', { ...config, preprocess: { ...preprocess, keepSteps } })
    expect(tables(false).everything.steps).toBeUndefined()
    const { everything, validation } = tables(true)
    for (const table of [everything, validation.train]) {
      expect(table.steps && tableOfSteps(table, table.steps).matrix).toEqual(table.matrix)
    }
    const count = (table: Interactions) => table.steps?.columns.length ?? 0
    expect(count(everything)).toBeGreaterThan(everything.matrix.columns.length)
    expect(count(validation.train)).toBeLessThan(count(everything))
  })

  it('reads no further than it is told', async () => {
    const { shop } = await prepared(50)
    const options = { ...shop.run, breathe: createBreathe(), nowMs: shop.clock.now() }
    const { quality } = await prepare({ ...options, dataSequence: 30 })
    expect(quality.rowsRead).toBe(30)
  })
})
