/** What every database must keep of a catalogue; with the hard texts and names that the other suites share. */
import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import type { Settings, Store } from './store.ts'

export const shop = 'shop' as CatalogueId
export const other = 'other' as CatalogueId
export const item = (id: string) => id as ItemId

/** Text that databases, encodings and quoting are known to trip over. */
export const hardTexts = [
  '',
  "Robert'); drop table events;--",
  '%_\\"\r\n\t',
  'naïve Škoda שלום 手机壳',
  '👩‍👩‍👧‍👦 🛍️',
  'before\0after',
  'half \ud83d a pair \udecd',
  'escape \x1a itself \x1a0000',
  'ab'.repeat(100_000),
]

export async function collect<Row>(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

export function catalogueSuite(store: () => Store): void {
  describe('catalogues', () => {
    const put = (id: string, fields: Omit<ItemRecord, 'objectID'> = {}) =>
      ({ kind: 'put', record: { objectID: id, ...fields } }) as const
    const merge = (id: string, fields: Omit<ItemRecord, 'objectID'>, createIfMissing = true) =>
      ({ kind: 'merge', record: { objectID: id, ...fields }, createIfMissing }) as const
    const all = async () => (await collect(store().catalogues.scan(shop))).map((record) => JSON.stringify(record))

    it('know nothing of a catalogue that was never written', async () => {
      const { catalogues } = store()
      expect(await catalogues.list()).toEqual([])
      expect(await catalogues.lastTask(shop)).toBe(0)
      expect(await catalogues.get(shop, [item('a')])).toEqual(new Map())
      expect(await collect(catalogues.scan(shop))).toEqual([])
      expect(await catalogues.settings(shop)).toEqual({})
      await catalogues.drop(shop)
    })

    it('apply changes in the order given, within one batch and across batches', async () => {
      const { catalogues } = store()
      await catalogues.apply(shop, [put('a', { price: 1, brand: 'Acme' }), put('b'), put('c')], 10)
      await catalogues.apply(
        shop,
        [
          merge('a', { price: 2 }),
          merge('a', { colour: 'red' }),
          { kind: 'delete', itemId: item('b') },
          merge('b', { price: 3 }, false),
          put('d', { price: 4 }),
          merge('d', { price: 5 }),
          merge('e', { price: 6 }, true),
          merge('f', { price: 7 }, false),
          put('c', { price: 8 }),
          { kind: 'delete', itemId: item('unheard of') },
        ],
        20,
      )
      expect(await all()).toEqual([
        '{"objectID":"a","price":2,"brand":"Acme","colour":"red"}',
        '{"objectID":"c","price":8}',
        '{"objectID":"d","price":5}',
        '{"objectID":"e","price":6}',
      ])
      expect(await catalogues.list()).toEqual([{ catalogue: shop, itemCount: 4, createdAtMs: 10, updatedAtMs: 20 }])
    })

    it('start anew from a clear in the middle of a batch', async () => {
      const { catalogues } = store()
      await catalogues.apply(shop, [put('a', { price: 1 }), put('b')], 1)
      await catalogues.apply(
        shop,
        [put('c'), { kind: 'clear' }, put('d'), merge('a', { price: 2 }, false), merge('b', { colour: 'blue' })],
        2,
      )
      expect(await all()).toEqual(['{"objectID":"b","colour":"blue"}', '{"objectID":"d"}'])
    })

    it('change nothing when one change of a batch fails', async () => {
      const { catalogues } = store()
      const task = await catalogues.apply(shop, [put('a')], 1)
      const nameless = { kind: 'put', record: { objectID: null } as unknown as ItemRecord } as const
      const many = Array.from({ length: 300 }, (_, number) => put(`new ${number}`))
      await expect(catalogues.apply(shop, [{ kind: 'clear' }, ...many, nameless], 2)).rejects.toThrow()
      expect(await all()).toEqual(['{"objectID":"a"}'])
      expect(await catalogues.lastTask(shop)).toBe(task)
      expect(await catalogues.list()).toMatchObject([{ updatedAtMs: 1 }])
    })

    it('number tasks upwards for good, also over a catalogue that was dropped', async () => {
      const { catalogues } = store()
      const tasks = [
        await catalogues.apply(shop, [], 1),
        await catalogues.apply(other, [put('a')], 2),
        await catalogues.changeSettings(shop, {}, 3),
      ]
      expect(await catalogues.lastTask(shop)).toBe(tasks[2])
      expect(await catalogues.lastTask(other)).toBe(tasks[1])
      await catalogues.drop(shop)
      expect(await catalogues.lastTask(shop)).toBe(0)
      tasks.push(await catalogues.apply(shop, [], 4))
      expect(tasks).toEqual([...new Set(tasks)].sort((a, b) => a - b))
    })

    it('keep two batches apart that are applied at once', async () => {
      const { catalogues } = store()
      const add = (colour: string) => catalogues.apply(shop, [merge('a', { [colour]: true })], 1)
      const tasks = await Promise.all(['red', 'green', 'blue'].map(add))
      expect(new Set(tasks).size).toBe(3)
      expect((await catalogues.get(shop, [item('a')])).get(item('a'))).toEqual({
        objectID: 'a',
        red: true,
        green: true,
        blue: true,
      })
    })

    it('give back any text and any JSON exactly, as id and as value', async () => {
      const { catalogues } = store()
      const records = hardTexts.map((text) => ({ objectID: text, text, deep: [{ [text]: [null, -1.5e-7, 2 ** 53] }] }))
      await catalogues.apply(
        shop,
        records.map((record) => ({ kind: 'put', record })),
        1,
      )
      const found = await catalogues.get(shop, hardTexts.map(item))
      expect(hardTexts.map((text) => found.get(item(text)))).toEqual(records)
      expect(await collect(catalogues.scan(shop))).toHaveLength(records.length)
    })

    it('scan a large catalogue whole and once, in pages, by id', async () => {
      const { catalogues } = store()
      const ids = Array.from({ length: 2_500 }, (_, number) => `item ${String(number).padStart(5, '0')}`)
      const shuffled = createRng(1).shuffle([...ids])
      await catalogues.apply(
        shop,
        shuffled.map((id) => put(id)),
        1,
      )
      await catalogues.apply(other, [put('item 00007')], 1)
      expect((await collect(catalogues.scan(shop))).map((record) => record.objectID)).toEqual(ids)
      expect((await catalogues.get(shop, ids.map(item))).size).toBe(2_500)
    })

    it('change and drop several as one task, or none, each by what the one before left', async () => {
      const { catalogues } = store()
      await catalogues.apply(other, [put('a')], 1)
      const list = (settings: Settings) => (settings.replicas ?? []) as string[]
      const add = (name: string) =>
        catalogues.rearrange(async (settingsOf) => {
          const replicas = [...list(await settingsOf(shop)), name]
          return new Map<CatalogueId, Settings>([
            [shop, { replicas }],
            [name as CatalogueId, { primary: shop }],
          ])
        }, 2)
      const tasks = await Promise.all(['x', 'y', 'z'].map(add))
      expect(list(await catalogues.settings(shop)).sort()).toEqual(['x', 'y', 'z'])
      for (const [at, name] of ['x', 'y', 'z'].entries()) {
        expect(await catalogues.lastTask(name as CatalogueId)).toBe(tasks[at])
      }
      const fails = catalogues.rearrange(
        async () =>
          new Map<CatalogueId, Settings | null>([
            [other, null],
            [shop, { hitsPerPage: 1n as unknown as number }],
          ]),
        3,
      )
      await expect(fails).rejects.toThrow()
      expect(await catalogues.lastTask(other)).toBeGreaterThan(0)
      await catalogues.rearrange(async () => new Map([[other, null]]), 4)
      expect(await catalogues.lastTask(other)).toBe(0)
    })

    it('merge settings and forget them with the catalogue, leaving other catalogues alone', async () => {
      const { catalogues } = store()
      await catalogues.changeSettings(shop, { searchableAttributes: ['title'], hitsPerPage: 20 }, 1)
      await catalogues.changeSettings(shop, { hitsPerPage: 30 }, 2)
      await catalogues.apply(shop, [put('a')], 3)
      await catalogues.apply(other, [put('a')], 3)
      expect(await catalogues.settings(shop)).toEqual({ searchableAttributes: ['title'], hitsPerPage: 30 })
      await catalogues.drop(shop)
      expect(await catalogues.settings(shop)).toEqual({})
      expect(await all()).toEqual([])
      expect((await catalogues.list()).map((each) => each.catalogue)).toEqual([other])
    })
  })
}
