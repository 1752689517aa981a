/** A visitor who signs in: what they did before is theirs, in answers, in what is learnt from, and when they are erased. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { minuteMs } from '../src/base/clock.ts'
import type { CatalogueId, UserId } from '../src/domain/ids.ts'
import { openShopForTest, type OpenShop, putOakThings, temporaryFolder } from './open-shop.ts'

const folder = temporaryFolder()
const products = 'products' as CatalogueId
let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest({}, folder)
  await putOakThings(shop)
})
afterAll(() => shop.close())

const act = async (
  objectID: string,
  tokens: { userToken: string; authenticatedUserToken?: string },
  more: object = {},
) => {
  shop.clock.advance(minuteMs)
  const event = { eventType: 'view', eventName: 'x', index: products, objectIDs: [objectID], ...tokens, ...more }
  await shop.insights.pushEvents({ events: [event as never] })
}
const profile = (userToken: string) => shop.engine.shop(products).profile(userToken as UserId)
const seen = (userToken: string) => profile(userToken)?.history.map(({ itemId }) => itemId)
const rows = async () => {
  const all: string[] = []
  for await (const some of shop.engine.store.events.scan({ catalogue: products, purpose: 'training' })) {
    all.push(...some.map(({ userId, itemId }) => `${userId} ${itemId}`))
  }
  return all
}
const bought = { eventType: 'conversion', eventSubtype: 'purchase' }

it('joins what the visitor did with the account at once, and once', async () => {
  await act('p1', { userToken: 'ann' })
  await act('p2', { userToken: 'v1' })
  await act('p2', { userToken: 'v1' }, bought)
  const { queryID } = await shop.admin.searchSingleIndex({
    indexName: products,
    searchParams: { query: 'oak', userToken: 'v1', clickAnalytics: true },
  })
  for (const item of ['p3', 'p4']) await act(item, { userToken: 'v1', authenticatedUserToken: 'ann' })
  expect([profile('v1'), seen('ann')?.toSorted()]).toEqual([null, ['p1', 'p2', 'p3', 'p4']])
  expect(profile('ann')?.eventCount).toBe(5)
  expect(await rows()).toEqual(['ann p1', 'ann p2', 'ann p2', 'ann p3', 'ann p4'])
  expect(await shop.engine.store.exposures.get(queryID as never)).toMatchObject({ userId: 'ann' })
  const before = profile('ann')

  await shop.close(true)
  shop = await openShopForTest({}, folder)
  shop.clock.advance(10 * minuteMs)
  // As if it had been one shopper all along.
  expect(profile('ann')).toEqual({ ...before, interests: expect.anything() as never })
  expect(profile('ann')?.interests.map(({ tag }) => tag)).toEqual(before?.interests.map(({ tag }) => tag))
})

it('leaves to the next account what a visitor does after signing out', async () => {
  await act('p5', { userToken: 'v1' })
  expect([seen('v1'), seen('ann')?.includes('p5' as never)]).toEqual([['p5'], false])
  await act('p6', { userToken: 'v1', authenticatedUserToken: 'bob' })
  expect([seen('v1'), seen('bob')?.toSorted(), profile('ann')?.eventCount]).toEqual([undefined, ['p5', 'p6'], 5])
})

it('erases the account with the visitor, by either name', async () => {
  await act('p7', { userToken: 'cid' })
  await act('p7', { userToken: 'v2' })
  await act('p6', { userToken: 'v2', authenticatedUserToken: 'cid' })
  await act('p5', { userToken: 'v2' })
  await shop.insights.deleteUserToken({ userToken: 'v2' })
  expect([profile('v2'), profile('cid')]).toEqual([null, null])
  expect((await rows()).filter((row) => /^(v2|cid) /.test(row))).toEqual([])
  await shop.insights.deleteUserToken({ userToken: 'ann' })
  expect((await rows()).filter((row) => !row.startsWith('bob '))).toEqual([])
})
