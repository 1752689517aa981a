/** What is older than the shop wants to keep: gone from store and memory, at the start and day by day. */
import { expect, it } from 'vitest'
import { dayMs } from '../src/base/clock.ts'
import type { CatalogueId, UserId } from '../src/domain/ids.ts'
import { openShopForTest, type OpenShop, temporaryFolder } from './open-shop.ts'

const products = 'products' as CatalogueId
const ann = 'ann' as UserId

async function visit(shop: OpenShop, item: string): Promise<void> {
  const event = { eventType: 'view', eventName: 'x', index: products, userToken: ann, objectIDs: [item] }
  await shop.insights.pushEvents({ events: [event as never] })
  const searchParams = { query: `oak ${item}`, userToken: ann, clickAnalytics: true }
  await shop.admin.searchSingleIndex({ indexName: products, searchParams })
  await shop.admin.searchSingleIndex({ indexName: products, searchParams: { query: 'elm' } })
  await shop.engine.shop(products).flush()
}
const seen = (shop: OpenShop) =>
  shop.engine
    .shop(products)
    .profile(ann)
    ?.history.map(({ itemId }) => itemId)
const shown = async ({ engine }: OpenShop) =>
  (await engine.store.exposures.ofUser(products, ann, 9)).map(({ query }) => query)

it('is removed when its time has come, and a shopper is known by what is left', async () => {
  const folder = temporaryFolder()
  const keepDays = { events: 30, exposures: 10, searchCounts: 20 }
  let shop = await openShopForTest({ privacy: { keepDays } }, folder)
  const start = shop.clock.now()
  const objects = ['p1', 'p2', 'p3'].map((objectID) => ({ objectID, name: `Oak ${objectID}` }))
  await shop.admin.saveObjects({ indexName: products, objects, waitForTasks: true })
  await visit(shop, 'p1')
  shop.clock.advance(15 * dayMs)
  await visit(shop, 'p2')
  expect(await shop.engine.retention.run()).toEqual({ events: 0, exposures: 1, searchCounts: 0 })
  expect([seen(shop), await shown(shop)]).toEqual([['p2', 'p1'], ['oak p2']])
  shop.clock.advance(16 * dayMs)
  expect(await shop.engine.retention.run()).toEqual({ events: 1, exposures: 1, searchCounts: 1 })
  expect([seen(shop), await shown(shop)]).toEqual([['p2'], []])
  expect(shop.engine.shop(products).places(ann)).toEqual(['profile'])

  await shop.close(true)
  shop = await openShopForTest({ privacy: { keepDays: { ...keepDays, events: 1 } } }, folder)
  expect(shop.clock.now()).toBe(start)
  await shop.close(true)
  shop = await openShopForTest({ privacy: { keepDays: { events: 15 } } }, folder)
  shop.clock.advance(31 * dayMs)
  expect(await shop.engine.retention.run()).toEqual({ events: 1, exposures: 0, searchCounts: 0 })
  expect(seen(shop)).toBeUndefined()
  await shop.close()
})

it('stays where the shop has set no time', async () => {
  const shop = await openShopForTest()
  await shop.admin.saveObjects({ indexName: products, objects: [{ objectID: 'p1', name: 'Oak' }], waitForTasks: true })
  await visit(shop, 'p1')
  shop.clock.advance(401 * dayMs)
  expect(await shop.engine.retention.run()).toEqual({ events: 0, exposures: 0, searchCounts: 1 })
  expect(seen(shop)).toEqual(['p1'])
  await shop.close()
})
