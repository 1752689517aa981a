/** A shopper who asks what is held on them, and to be forgotten: by the stock client, in every index, in what is counted, too. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { minuteMs } from '../src/base/clock.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { openShopForTest, type OpenShop, putOakThings, temporaryFolder } from './open-shop.ts'

interface Everything {
  readonly indices: readonly {
    readonly index: string
    readonly profile: { readonly eventCount: number } | null
    readonly events: readonly { readonly type: string }[]
    readonly exposures: readonly object[]
  }[]
}

const folder = temporaryFolder()
const products = 'products' as CatalogueId
let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest({}, folder)
  for (const indexName of ['products', 'books']) await putOakThings(shop, indexName)
  for (const userToken of ['ann', 'bob']) {
    const { hits, queryID } = await shop.admin.searchSingleIndex({
      indexName: products,
      searchParams: { query: 'oak', userToken, clickAnalytics: true },
    })
    shop.clock.advance(minuteMs)
    const clicked = { eventType: 'click', queryID, objectIDs: [hits[0].objectID], positions: [1], index: 'products' }
    const viewed = { eventType: 'view', objectIDs: ['p3'], index: 'books' }
    const events = [clicked, viewed].map((event) => ({ ...event, eventName: 'x', userToken }))
    await shop.insights.pushEvents({ events: events as never })
  }
})
afterAll(() => shop.close())

async function everything(userToken: string, of = shop): Promise<Everything> {
  const headers = { 'x-algolia-api-key': of.engine.adminKey }
  const response = await fetch(`${of.url}/haggle/v1/shoppers/${userToken}/export`, { headers })
  expect(response.headers.get('content-disposition')).toContain('attachment')
  return (await response.json()) as Everything
}

const counted = async ({ engine, clock } = shop) => {
  const ledger = await engine.analytics.ledger(products)
  const [sum] = ledger.sums(0, clock.now() + minuteMs, () => 'all').values()
  return { answers: sum.answers, clicks: sum.clicks }
}

it('tells everything that is held, forgets it all, and counts as if the shopper had never been', async () => {
  const { indices } = await everything('ann')
  expect(indices.map(({ index, events, exposures }) => [index, events.length, exposures.length])).toEqual([
    ['books', 1, 0],
    ['products', 1, 1],
  ])
  expect(indices[1].profile?.eventCount).toBe(1)
  expect(await counted()).toEqual({ answers: 2, clicks: 2 })

  await shop.insights.deleteUserToken({ userToken: 'ann' })
  expect(await everything('ann')).toMatchObject({ userToken: 'ann', consent: { said: false }, indices: [] })
  expect(shop.engine.shop(products).profile('ann' as never)).toBeNull()
  expect(await counted()).toEqual({ answers: 1, clicks: 1 })
  expect((await everything('bob')).indices).toHaveLength(2)

  await shop.close(true)
  shop = await openShopForTest({}, folder)
  shop.clock.advance(2 * minuteMs)
  expect(await counted()).toEqual({ answers: 1, clicks: 1 })
  expect((await everything('ann')).indices).toEqual([])
})

it('certifies what was looked at and removed, to whoever knows the name, and names nobody in it', async () => {
  const headers = { 'x-algolia-api-key': shop.engine.adminKey }
  const certificate = async (userToken: string) => {
    const response = await fetch(`${shop.url}/haggle/v1/shoppers/${userToken}/erasure`, { headers })
    return { status: response.status, text: await response.text() }
  }
  expect((await certificate('bob')).status).toBe(404)
  expect(await shop.insights.deleteUserToken({ userToken: 'bob' })).toMatchObject({
    status: 200,
    events: 2,
    exposures: 1,
  })
  const { text } = await certificate('bob')
  const { checked, ...told } = JSON.parse(text) as { checked: { where: string; found: number; left: number }[] }
  expect(told).toMatchObject({ atMs: shop.clock.now(), names: 1, models: [], waiting: [], kept: [], complete: true })
  expect(checked.map(({ where, found }) => [where, found > 0])).toEqual([
    ['events', true],
    ['exposures', true],
    ['consents', false],
    ['logins', false],
    ['profile', true],
    ['purchases', false],
    ['searches and suggestions', true],
    ['answers lately shown', false],
    ['exposures that wait', false],
  ])
  expect(checked.every(({ left }) => left === 0)).toBe(true)
  expect(text).not.toContain('"bob"')
  // Of before the restart.
  expect(JSON.parse((await certificate('ann')).text)).toMatchObject({ complete: true })
})
