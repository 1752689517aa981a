/** What a shop may ask for and hold: beyond its limits it is told which one, and nothing of the request counts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { openShopForTest, type OpenShop, temporaryFolder } from './open-shop.ts'

const products = 'products' as CatalogueId
const folder = temporaryFolder()
let shop: OpenShop
beforeAll(async () => {
  const limits = { requestsPerSecond: 10, eventsPerSecond: 5, products: 6, shoppers: 2 }
  shop = await openShopForTest({ limits }, folder)
})
afterAll(() => shop.close())

const ask = (method: 'GET' | 'POST', url: string, payload?: object) =>
  shop.app.inject({ method, url, headers: { 'x-algolia-api-key': shop.engine.adminKey }, ...(payload && { payload }) })
const things = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    action: 'addObject',
    body: { objectID: `p${from + at}`, name: 'thing' },
  }))
const put = (index: string, requests: object[]) => ask('POST', `/1/indexes/${index}/batch`, { requests })
const view = (userToken: string, more: object = {}) => ({
  ...{ eventType: 'view', eventName: 'Seen', index: products, userToken, objectIDs: ['p0'], ...more },
})
const tell = (...events: object[]) => ask('POST', '/1/events', { events })
const pause = () => shop.clock.advance(3000)
const message = (answer: { json: () => unknown }) => (answer.json() as { message: string }).message

describe('a shop with limits', () => {
  it('holds so many products in all its indices, put, copied and imported, and replaces what it has', async () => {
    expect((await put(products, things(0, 4))).statusCode).toBe(200)
    const tooMany = await put(products, things(3, 4))
    expect([tooMany.statusCode, message(tooMany)]).toEqual([
      403,
      'The shop may hold 6 products (limits.products): it has 4, and this adds 3.',
    ])
    expect(shop.engine.shop(products).itemCount).toBe(4)
    const copied = await ask('POST', '/1/indexes/products/operation', { operation: 'copy', destination: 'other' })
    expect([copied.statusCode, message(copied)]).toEqual([403, expect.stringMatching(/it has 4, and this adds 4/)])
    expect((await put('other', things(0, 2))).statusCode).toBe(200)
    expect((await put('third', things(0, 1))).statusCode).toBe(403)
    pause()
    // Replaced, removed and put anew in one batch: never more than there is room for.
    const swap = [{ action: 'deleteObject', body: { objectID: 'p0' } }, ...things(0, 4), ...things(0, 4)]
    expect((await put(products, swap)).statusCode).toBe(200)
    expect((await put(products, [{ action: 'clear', body: {} }, ...things(10, 4)])).statusCode).toBe(200)
    const partial = { action: 'partialUpdateObject', body: { objectID: 'new' } }
    expect((await put(products, [partial])).statusCode).toBe(403)
    expect((await put(products, [{ ...partial, action: 'partialUpdateObjectNoCreate' }])).statusCode).toBe(200)
    const file = join(folder, 'catalogue.jsonl')
    writeFileSync(
      file,
      [10, 11, 99].map((at) => JSON.stringify({ objectID: `p${at}`, name: 'from a file' })).join('\n'),
    )
    await expect(shop.engine.import({ catalogue: products, files: [{ path: file }] })).rejects.toThrow(
      /may hold 6 products .*: it has 6, and this adds 1/,
    )
    writeFileSync(file, JSON.stringify({ objectID: 'p10', name: 'from a file' }))
    await shop.engine.import({ catalogue: products, files: [{ path: file }] })
    expect(shop.engine.shop(products).item('p10' as never)?.title).toBe('from a file')
  })

  it('lets in one of two batches that come at once and are too many together', async () => {
    await shop.engine.shops.drop('other' as CatalogueId)
    const both = await Promise.allSettled(
      [20, 30].map((from) =>
        shop.engine.change(
          (from === 20 ? 'one' : 'two') as CatalogueId,
          [from, from + 1].map((id) => ({ kind: 'put', record: { objectID: `p${id}` } })),
        ),
      ),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('knows so many shoppers, and takes all that those do', async () => {
    pause()
    expect((await tell(view('ann'), view('ben'))).statusCode).toBe(200)
    const third = await tell(view('ann', { objectIDs: ['p1'] }), view('cat'))
    expect([third.statusCode, message(third)]).toEqual([
      403,
      'The shop may hold 2 shoppers (limits.shoppers): it has 2, and this adds 1.',
    ])
    pause()
    expect((await tell(view('ann', { objectIDs: ['p1'] }))).json()).toMatchObject({ accepted: 1 })
    // No profile is kept of who does not agree to one: that takes no room.
    expect((await tell(view('dan', { consent: ['training'] }))).json()).toMatchObject({ accepted: 1 })
    const file = join(folder, 'events.jsonl')
    const seen = (user: string) => JSON.stringify({ user, item: 'p1', type: 'view', time: shop.clock.now() - 5000 })
    const load = () => shop.engine.import({ catalogue: products, files: [{ path: file }] })
    writeFileSync(file, [seen('ann'), seen('eve')].join('\n'))
    await expect(load()).rejects.toThrow(/may hold 2 shoppers .*: it has 2, and this adds 1/)
    writeFileSync(file, [seen('ann'), seen('ben')].join('\n'))
    expect((await load()).files[0].rows.accepted).toBe(2)
  })

  it('takes so many events a second and says when to come again', async () => {
    pause()
    const many = Array.from({ length: 10 }, (_, at) => view('ann', { objectIDs: [`q${at}`] }))
    expect((await tell(...many)).statusCode).toBe(200)
    const refused = await tell(view('ann', { objectIDs: ['q'] }))
    expect([refused.statusCode, refused.headers['retry-after'], message(refused)]).toEqual([
      429,
      '1',
      expect.stringMatching(/events a second \(limits\.eventsPerSecond\)/),
    ])
    shop.clock.advance(1000)
    expect((await tell(view('ann', { objectIDs: ['q'] }))).statusCode).toBe(200)
  })

  it('answers so many requests a second, and whoever watches it always', async () => {
    pause()
    const answers = []
    for (let at = 0; at < 25; at++) answers.push(await ask('POST', '/1/indexes/products/query', {}))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([
      ...Array<number>(20).fill(200),
      ...Array<number>(5).fill(429),
    ])
    expect(answers[24].headers['retry-after']).toBe('1')
    expect(message(answers[24])).toMatch(/requests a second \(limits\.requestsPerSecond\)/)
    for (const url of ['/healthz', '/livez', '/metrics']) expect((await ask('GET', url)).statusCode).toBe(200)
    shop.clock.advance(100)
    expect((await ask('POST', '/1/indexes/products/query', {})).statusCode).toBe(200)
    expect((await ask('POST', '/1/indexes/products/query', {})).statusCode).toBe(429)
  })
})
