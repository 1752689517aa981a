/** What shoppers agree to, honoured where it is collected and in what is held: over HTTP, as a storefront tells it. */
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

const call = async (method: string, path: string, { body, consent }: { body?: object; consent?: string } = {}) => {
  const headers = {
    'x-algolia-api-key': shop.engine.adminKey,
    ...(consent === undefined ? {} : { 'x-haggle-consent': consent }),
  }
  const response = await fetch(`${shop.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const view = async (userToken: string, objectID: string, said: { consent?: string; own?: string[] } = {}) => {
  shop.clock.advance(minuteMs)
  const event = { eventType: 'view', eventName: 'x', index: products, userToken, objectIDs: [objectID] }
  const events = [{ ...event, ...(said.own === undefined ? {} : { consent: said.own }) }]
  return call('POST', '/1/events', { body: { events }, consent: said.consent })
}
const search = (userToken: string, consent?: string) =>
  call('POST', `/1/indexes/${products}/query`, { body: { query: 'oak', userToken, clickAnalytics: true }, consent })
const profile = (userToken: string) => shop.engine.shop(products).profile(userToken as UserId)
const learntFrom = async (userToken: string) => {
  const seen: (string | null)[] = []
  for await (const some of shop.engine.store.events.scan({ catalogue: products, purpose: 'training' })) {
    seen.push(...some.filter(({ userId }) => userId === userToken).map(({ itemId }) => itemId))
  }
  return seen
}
const shownTo = async (queryID: unknown) => {
  await shop.engine.shop(products).flush()
  return shop.engine.store.exposures.get(queryID as never)
}
const agree = (userToken: string, body: object) => call('PUT', `/haggle/v1/shoppers/${userToken}/consent`, { body })
const events = async () => {
  const { answers } = [
    ...(await shop.engine.analytics.ledger(products)).sums(0, shop.clock.now() + 1, () => 'all').values(),
  ][0]
  return answers
}

it('uses an event for what it came with, said in a header of the request or in the event itself', async () => {
  await view('ann', 'p1')
  await view('ann', 'p2', { consent: 'analytics, personalization' })
  await view('ann', 'p3', { own: ['training'] })
  expect(await learntFrom('ann')).toEqual(['p1', 'p3'])
  expect(profile('ann')?.history.map(({ itemId }) => itemId)).toEqual(['p2', 'p1'])
  // Nothing at all is allowed: nothing is kept.
  expect((await view('ann', 'p4', { consent: 'none' })).body).toMatchObject({ accepted: 0 })
  expect((await view('ann', 'p4', { own: [] })).body).toMatchObject({ accepted: 0 })
  expect(await shop.engine.store.events.ofUser(products, 'ann' as UserId, 9)).toHaveLength(3)
})

it('answers a stranger where personalization is refused, and notes nobody where analytics is', async () => {
  const answered = await search('ann', 'analytics,training')
  expect(await shownTo(answered.body.queryID)).toMatchObject({ userId: 'ann', refused: 2 })
  const before = await events()
  expect(await shownTo((await search('ann', 'personalization')).body.queryID)).toMatchObject({
    userId: null,
    refused: 5,
  })
  expect(await events()).toBe(before)
  expect(await shownTo((await search('ann', 'none')).body.queryID)).toBeNull()
  const recommended = (consent: string) =>
    call('POST', '/1/indexes/*/recommendations', {
      body: { requests: [{ indexName: products, model: 'recently-viewed', userToken: 'ann' }] },
      consent,
    })
  const hits = async (consent: string) => {
    const { results } = (await recommended(consent)).body as { results: [{ hits: { objectID: string }[] }] }
    return results[0].hits.map(({ objectID }) => objectID)
  }
  expect(await hits('all')).toEqual(['p2', 'p1'])
  expect(await hits('analytics')).not.toEqual(await hits('all'))
})

it('takes consent back at once, from what is held too, and for good', async () => {
  for (const item of ['p1', 'p2']) await view('bob', item)
  const { queryID } = (await search('bob')).body
  expect(await agree('bob', { training: false, personalization: false })).toMatchObject({
    status: 200,
    body: { consent: { analytics: true, personalization: false, training: false }, said: true },
  })
  expect(profile('bob')).toBeNull()
  expect(await learntFrom('bob')).toEqual([])
  expect(await shownTo(queryID)).toMatchObject({ userId: 'bob' })
  await view('bob', 'p3', { consent: 'all' })
  expect([profile('bob'), await learntFrom('bob')]).toEqual([null, []])

  await shop.close(true)
  shop = await openShopForTest({}, folder)
  shop.clock.advance(60 * minuteMs)
  expect(profile('bob')).toBeNull()
  expect((await call('GET', '/haggle/v1/shoppers/bob/consent')).body).toMatchObject({ said: true })

  await agree('bob', { training: true, personalization: true })
  await view('bob', 'p4')
  expect(await learntFrom('bob')).toEqual(['p4'])
  expect(profile('bob')?.history.map(({ itemId }) => itemId)).toEqual(['p4'])
  await agree('bob', { analytics: false })
  // Refused for everything by now.
  expect(await shownTo(queryID)).toBeNull()
})

it('has figures read anew only where what a shopper did counts in them no more', async () => {
  const ledger = () => shop.engine.analytics.ledger(products)
  await view('eve', 'p1')
  const before = await ledger()
  await agree('eve', { personalization: false })
  await agree('a stranger', { analytics: false })
  await shop.engine.people.signIn([{ visitor: 'eve' as UserId, account: 'eva' as UserId }])
  expect(await ledger()).toBe(before)
  const sum = async () => [...(await ledger()).sums(0, shop.clock.now() + 1, () => 'all').values()][0]
  const views = async () => (await ledger()).minutes(shop.clock.now(), 60).reduce((all, { events }) => all + events, 0)
  const [answers, seen] = [(await sum()).answers, await views()]
  await agree('eva', { analytics: false })
  expect(await ledger()).not.toBe(before)
  expect([(await sum()).answers, await views()]).toEqual([answers, seen - 1])
})

it('asks first where the shop is set so, and takes a request at its word', async () => {
  const strict = await openShopForTest({
    privacy: { consent: { personalization: false, training: false, analytics: false } },
  })
  const [own, previous] = [strict, shop]
  shop = own
  const objects = [{ objectID: 'p1', name: 'Oak' }]
  await shop.admin.saveObjects({ indexName: products, objects, waitForTasks: true })
  expect((await view('cid', 'p1')).body).toMatchObject({ accepted: 0 })
  expect((await view('cid', 'p1', { consent: 'all' })).body).toMatchObject({ accepted: 1 })
  expect((await call('GET', '/haggle/v1/shoppers/cid/consent')).body).toEqual({
    userToken: 'cid',
    consent: { analytics: false, personalization: false, training: false },
    said: false,
  })
  await own.close()
  shop = previous
})

it('refuses a purpose nobody knows, by name', async () => {
  const answer = await view('dan', 'p1', { consent: 'marketing' })
  expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('"marketing"') as string } })
  expect(await view('dan', 'p1', { own: ['marketing'] })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('events[0].consent[0]') as string },
  })
  expect((await agree('dan', { marketing: false })).status).toBe(400)
  expect((await agree('dan', {})).status).toBe(400)
})
