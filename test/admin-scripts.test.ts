/** What admin scripts do with the unmodified client: browse, delete by filter, copy, move, replace everything, batches. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShopForTest, type OpenShop } from './open-shop.ts'

let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest()
})
afterAll(() => shop.close())

const made = (count: number, batch: string) =>
  Array.from({ length: count }, (_, at) => ({ objectID: `${batch}-${at}`, name: `chair ${at}`, batch, parity: at % 2 }))
const nbHits = async (indexName: string, searchParams: object = {}) =>
  (await shop.admin.searchSingleIndex({ indexName, searchParams })).nbHits

describe('admin scripts', () => {
  it('browse everything, hidden products too, in pages that a change meanwhile does not spoil', async () => {
    const indexName = 'browsed'
    const hidden = { objectID: 'hidden', name: 'chair', batch: 'a', parity: 0, hidden: true }
    await shop.admin.saveObjects({ indexName, objects: [...made(250, 'a'), hidden], waitForTasks: true })
    const seen: string[] = []
    await shop.admin.browseObjects({
      indexName,
      browseParams: { hitsPerPage: 40, attributesToRetrieve: ['batch'] },
      aggregator: ({ hits }) => {
        seen.push(...hits.map(({ objectID }) => objectID))
        if (seen.length === 40) void shop.admin.deleteObject({ indexName, objectID: seen[3] })
        expect(Object.keys(hits[0]).sort()).toEqual(['batch', 'objectID'])
      },
    })
    expect(new Set(seen).size).toBe(seen.length)
    expect([...seen].sort()).toEqual([...made(250, 'a').map(({ objectID }) => objectID), 'hidden'].sort())
    expect(await nbHits(indexName)).toBe(249)
    expect(
      await shop.admin.browse({ indexName, browseParams: { filters: 'parity:1', query: 'chair 7' } }),
    ).toMatchObject({ nbHits: expect.any(Number) as number })
  })

  it('delete by filter, and never everything by a slip', async () => {
    const indexName = 'cleaned'
    await shop.admin.saveObjects({ indexName, objects: made(20, 'a') })
    await shop.admin.deleteBy({ indexName, deleteByParams: { filters: 'parity:1' } })
    expect(await nbHits(indexName)).toBe(10)
    await expect(shop.admin.deleteBy({ indexName, deleteByParams: {} })).rejects.toMatchObject({ status: 400 })
    await shop.admin.clearObjects({ indexName })
    expect(await nbHits(indexName)).toBe(0)
  })

  it('copy an index or parts of it, and move it in the place of another', async () => {
    await shop.admin.saveObjects({ indexName: 'from', objects: made(5, 'a') })
    await shop.admin.setSettings({ indexName: 'from', indexSettings: { hitsPerPage: 2, replicas: ['from_by_name'] } })
    await shop.admin.saveRule({
      indexName: 'from',
      objectID: 'r',
      rule: { objectID: 'r', consequence: { hide: [{ objectID: 'a-0' }] } },
    })
    await shop.admin.saveSynonym({
      indexName: 'from',
      objectID: 's',
      synonymHit: { objectID: 's', type: 'synonym', synonyms: ['a', 'b'] },
    })
    await shop.admin.saveObjects({ indexName: 'to', objects: made(3, 'b') })

    const copied = await shop.admin.operationIndex({
      indexName: 'from',
      operationIndexParams: { operation: 'copy', destination: 'to', scope: ['rules', 'settings'] },
    })
    await shop.admin.waitForTask({ indexName: 'from', taskID: copied.taskID })
    expect(await shop.admin.searchSingleIndex({ indexName: 'to' })).toMatchObject({ nbHits: 3, hitsPerPage: 2 })
    expect(await shop.admin.searchRules({ indexName: 'to' })).toMatchObject({ nbHits: 1 })
    expect(await shop.admin.searchSynonyms({ indexName: 'to' })).toMatchObject({ nbHits: 0 })
    expect((await shop.admin.getSettings({ indexName: 'to' })).replicas).toBeUndefined()

    const moved = await shop.admin.operationIndex({
      indexName: 'from',
      operationIndexParams: { operation: 'move', destination: 'to' },
    })
    await shop.admin.waitForTask({ indexName: 'from', taskID: moved.taskID })
    expect(await nbHits('to')).toBe(4)
    expect(await shop.admin.searchSynonyms({ indexName: 'to' })).toMatchObject({ nbHits: 1 })
    await expect(nbHits('from')).rejects.toMatchObject({ status: 404 })
    await expect(
      shop.admin.operationIndex({ indexName: 'from', operationIndexParams: { operation: 'copy', destination: 'x' } }),
    ).rejects.toMatchObject({ status: 404 })
    await shop.admin.deleteIndex({ indexName: 'to' })
    await expect(nbHits('to')).rejects.toMatchObject({ status: 404 })
  })

  it('replace all objects while shoppers search, who see the old catalogue or the new one, never a part', async () => {
    const indexName = 'replaced'
    await shop.admin.saveObjects({ indexName, objects: made(900, 'old') })
    await shop.admin.setSettings({
      indexName,
      indexSettings: { attributesForFaceting: ['batch'], replicas: ['replaced_by_parity'] },
    })
    await shop.admin.saveRule({
      indexName,
      objectID: 'r',
      rule: { objectID: 'r', consequence: { userData: { kept: true } } },
    })
    const states = new Set<string>()
    let searching = true
    const shoppers = [indexName, 'replaced_by_parity'].map(async (name) => {
      while (searching) {
        const answer = await shop.admin.searchSingleIndex({
          indexName: name,
          searchParams: { query: 'chair', facets: ['batch'] },
        })
        states.add(JSON.stringify([answer.nbHits, answer.facets, answer.userData]))
      }
    })
    await shop.admin.replaceAllObjects({ indexName, objects: made(1_100, 'new'), batchSize: 200 })
    await shop.admin.saveObjects({ indexName, objects: [] })
    searching = false
    await Promise.all(shoppers)
    const seen = (count: number, batch: string) =>
      JSON.stringify([count, { batch: { [batch]: count } }, [{ kept: true }]])
    expect([...states].filter((state) => ![seen(900, 'old'), seen(1_100, 'new')].includes(state))).toEqual([])
    expect(await nbHits(indexName)).toBe(1_100)
    const { items } = await shop.admin.listIndices()
    expect(items.map(({ name }) => name).filter((name) => name.includes('tmp'))).toEqual([])
    expect((await shop.admin.getSettings({ indexName })).replicas).toEqual(['replaced_by_parity'])
  })

  it('change several indices in one batch, all or none, seen at once', async () => {
    const stock = (amount: number) =>
      ['left', 'right'].map((indexName) => ({
        action: 'addObject' as const,
        indexName,
        body: { objectID: 'x', amount },
      }))
    await shop.admin.multipleBatch({ requests: stock(0) })
    const broken = [...stock(7), { action: 'addObject' as const, indexName: 'right', body: { objectID: '' } }]
    await expect(shop.admin.multipleBatch({ requests: broken })).rejects.toMatchObject({ status: 400 })
    let changing = true
    const seen = new Set<string>()
    const reader = (async () => {
      while (changing) {
        const { results } = await shop.admin.search<{ amount: number }>({
          requests: ['left', 'right'].map((indexName) => ({ indexName })),
        })
        seen.add(results.map((result) => (result as unknown as { hits: { amount: number }[] }).hits[0].amount).join())
      }
    })()
    for (let amount = 1; amount <= 20; amount++) await shop.admin.multipleBatch({ requests: stock(amount) })
    changing = false
    await reader
    expect([...seen].filter((pair) => pair.split(',')[0] !== pair.split(',')[1])).toEqual([])
    await expect(
      shop.engine.store.catalogues.applyAll(
        new Map([
          ['left' as never, [{ kind: 'put', record: { objectID: 'y' } }]],
          ['right' as never, [{ kind: 'put', record: { objectID: null as never } }]],
        ]),
        0,
      ),
    ).rejects.toThrow()
    expect(await shop.engine.store.catalogues.get('left' as never, ['y' as never])).toEqual(new Map())
  })

  it('find everything as it was after a restart', async () => {
    const indexName = 'kept'
    await shop.admin.saveObjects({ indexName, objects: made(10, 'a') })
    await shop.admin.setSettings({ indexName, indexSettings: { hitsPerPage: 3, replicas: ['virtual(kept_other)'] } })
    await shop.admin.saveRule({
      indexName,
      objectID: 'r',
      rule: { objectID: 'r', consequence: { hide: [{ objectID: 'a-0' }] } },
    })
    const { key } = await shop.admin.addApiKey({ acl: ['search'] })
    const { folder } = shop
    await shop.close(true)
    shop = await openShopForTest({}, folder)
    expect(await shop.admin.searchSingleIndex({ indexName: 'kept_other' })).toMatchObject({ nbHits: 9 })
    expect(await shop.admin.searchSingleIndex({ indexName })).toMatchObject({ nbHits: 9, hitsPerPage: 3 })
    expect(await shop.admin.getApiKey({ key })).toMatchObject({ value: key, acl: ['search'] })
  })
})
