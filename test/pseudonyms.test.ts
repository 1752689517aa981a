/** Shoppers under changing names at rest: the door keeps to the shop's tokens, the data names nobody. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dayMs, minuteMs } from '../src/base/clock.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { openShopForTest, type OpenShop, putOakThings, temporaryFolder } from './open-shop.ts'

const folder = temporaryFolder()
const products = 'products' as CatalogueId
const token = 'ann-of-the-shop'
const settings = { privacy: { pseudonyms: { rotateDays: 30 }, keepDays: { events: 90, exposures: 60 } } }
let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest(settings, folder)
  await putOakThings(shop)
})
afterAll(() => shop.close())

const view = async (objectID: string, userToken = token) => {
  shop.clock.advance(minuteMs)
  const event = { eventType: 'view', eventName: 'x', index: products, userToken, objectIDs: [objectID] }
  return shop.insights.pushEvents({ events: [event as never] })
}
const search = () =>
  shop.admin.searchSingleIndex({
    indexName: products,
    searchParams: { query: 'oak', userToken: token, clickAnalytics: true },
  })
const get = async (path: string) => {
  const response = await fetch(`${shop.url}/haggle/v1${path}`, {
    headers: { 'x-algolia-api-key': shop.engine.adminKey },
  })
  return (await response.json()) as Record<string, unknown>
}
const recent = async (userToken = token) => {
  const requests = [{ indexName: products, model: 'recently-viewed', userToken }]
  const { results } = await shop.recommend.getRecommendations({ requests: requests as never })
  return (results[0].hits as { objectID: string }[]).map(({ objectID }) => objectID)
}
const names = async () => {
  const all = new Set<string>()
  for await (const some of shop.engine.store.events.scan({ catalogue: products }))
    for (const each of some) all.add(each.userId)
  for await (const some of shop.engine.store.exposures.scan(products, 0, Infinity))
    for (const each of some) all.add(each.userId ?? '')
  return [...all].sort()
}

it('knows a shopper by the token, and keeps neither it nor anything that tells it', async () => {
  await view('p1')
  await search()
  expect(await view('p1', token)).toMatchObject({ status: 200 })
  expect(await recent()).toEqual(['p1'])
  expect(await get(`/shoppers/${token}`)).toMatchObject({ history: [{ item: { objectID: 'p1' } }] })
  const { indices } = (await get(`/shoppers/${token}/export`)) as {
    indices: { events: object[]; exposures: object[] }[]
  }
  expect([indices.length, indices[0].events.length, indices[0].exposures.length]).toEqual([1, 2, 2])
  await shop.engine.shop(products).flush()
  expect(await names()).toEqual([expect.stringMatching(/^~000001\.[\w-]{22}$/)])
  for (const file of readdirSync(folder).filter((name) => name.startsWith('haggle.db'))) {
    expect(readFileSync(join(folder, file)).includes(token)).toBe(false)
  }
})

it('is the same shopper under the next name, in what was done before too', async () => {
  const [before] = await names()
  shop.clock.advance(31 * dayMs)
  await shop.engine.retention.run()
  expect(await recent()).toEqual(['p1'])
  await view('p2')
  expect((await recent()).toSorted()).toEqual(['p1', 'p2'])
  const [after, ...others] = await names()
  expect([after, others]).toEqual([expect.stringMatching(/^~000002\./), []])
  expect(after).not.toBe(before)
})

it('keeps to what a shopper refused under an earlier name', async () => {
  await view('p3', 'bob')
  const headers = { 'x-algolia-api-key': shop.engine.adminKey }
  const body = JSON.stringify({ personalization: false })
  await fetch(`${shop.url}/haggle/v1/shoppers/bob/consent`, { method: 'PUT', headers, body })
  shop.clock.advance(31 * dayMs)
  await shop.engine.retention.run()
  await view('p4', 'bob')
  expect((await get('/shoppers/bob/consent')).consent).toMatchObject({ personalization: false })
  expect(await recent('bob')).not.toContain('p4')
})

it('lets go of the keys of which nothing is kept, and of everything under every name when asked', async () => {
  const keys = async () =>
    (await shop.engine.store.secrets.list()).map(({ name }) => name).filter((name) => name.startsWith('p'))
  expect(await keys()).toEqual(['pseudonyms 000001', 'pseudonyms 000002', 'pseudonyms 000003'])
  shop.clock.advance(60 * dayMs)
  await shop.engine.retention.run()
  expect(await keys()).toEqual(['pseudonyms 000002', 'pseudonyms 000003', 'pseudonyms 000004'])

  await shop.close(true)
  shop = await openShopForTest(settings, folder)
  shop.clock.advance(123 * dayMs)
  await view('p5')
  await shop.insights.deleteUserToken({ userToken: token })
  expect(await get(`/shoppers/${token}/erasure`)).toMatchObject({ complete: true })
  expect((await get(`/shoppers/${token}/export`)).indices).toEqual([])
  expect((await names()).filter((name) => name.startsWith('~'))).toHaveLength(1)
})
