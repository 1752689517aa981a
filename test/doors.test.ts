/** What somebody may try at the door: led-astray browsers, poisoned names, paths, headers, and more than is good for all. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShopForTest, type OpenShop } from './open-shop.ts'

let shop: OpenShop
const elsewhere = 'https://evil.example'
beforeAll(async () => {
  shop = await openShopForTest({ server: { proxies: ['127.0.0.1'], metricsKey: 'scrape', bodyLimitBytes: 100_000 } })
  await shop.engine.change('products' as never, [{ kind: 'put', record: { objectID: 'p', name: 'blue couch' } }])
})
afterAll(() => shop.close())

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'
function ask(
  method: Method,
  url: string,
  options: { headers?: Record<string, string>; payload?: string | object } = {},
) {
  const { headers, payload } = options
  return shop.app.inject({
    ...{ method, url, headers: { 'x-algolia-api-key': shop.engine.adminKey, ...headers } },
    ...(payload === undefined ? {} : { payload }),
  })
}
const query = (payload: object) => ask('POST', '/1/indexes/products/query', { payload })

describe('a browser', () => {
  it('may ask from pages of other sites what shoppers ask, and nothing of the console, of keys or of figures', async () => {
    const asked = { origin: elsewhere, 'access-control-request-method': 'POST' }
    const allowed = async (url: string) =>
      (await ask('OPTIONS', url, { headers: asked })).headers['access-control-allow-origin']
    for (const url of ['/1/indexes/products/query', '/1/indexes?x=1', '/1/events']) expect(await allowed(url)).toBe('*')
    const own = [
      '/haggle/v1/session',
      '/haggle/v1/jobs',
      '/1/keys',
      '/2/searches',
      '/console/',
      '/metrics',
      '/1/indexesx',
    ]
    for (const url of own) {
      expect([url, await allowed(url)]).toEqual([url, undefined])
      const answer = await ask('GET', url, { headers: { origin: elsewhere } })
      expect([url, answer.headers['access-control-allow-origin']]).toEqual([url, undefined])
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
  })

  it('cannot be made to use the session of the console by another site', async () => {
    const opened = await ask('POST', '/haggle/v1/session', { headers: { 'x-forwarded-proto': 'https' } })
    const cookie = String(opened.headers['set-cookie'])
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Secure$/)
    const headers = { cookie: cookie.split(';', 1)[0], origin: elsewhere, 'x-algolia-api-key': '' }
    // What a form or a simple request of another site could send: a cookie, but no header of the console's.
    for (const [method, url] of [
      ['DELETE', '/1/indexes/products'],
      ['POST', '/1/keys'],
      ['GET', '/1/keys'],
    ] as const) {
      expect((await ask(method, url, { headers, payload: { acl: ['search'] } })).statusCode).toBe(403)
    }
    // And what would let it send that header is refused it.
    const preflight = {
      ...headers,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-haggle-console',
    }
    expect((await ask('OPTIONS', '/1/keys', { headers: preflight })).headers).not.toHaveProperty(
      'access-control-allow-headers',
    )
  })

  it('is told by every answer to run, frame and guess nothing; to keep to TLS only where there is TLS', async () => {
    for (const url of ['/healthz', '/1/indexes/products', '/nowhere', '/console/', '/%ff', '/metrics']) {
      const { headers } = await ask('GET', url)
      if (url === '/%ff') continue // refused by the router, as JSON
      expect(headers['x-content-type-options'], url).toBe('nosniff')
      expect(headers['referrer-policy'], url).toBe('no-referrer')
      expect(headers['content-security-policy'], url).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/)
      expect(headers['content-security-policy'], url).not.toMatch(/script-src[^;]*unsafe/)
      for (const name of ['x-powered-by', 'server', 'strict-transport-security'])
        expect(headers[name], url).toBeUndefined()
    }
    const { headers } = await ask('GET', '/healthz', { headers: { 'x-forwarded-proto': 'https' } })
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d+$/)
  })

  it('of the operator reads the figures with their own token only', async () => {
    expect((await ask('GET', '/metrics')).statusCode).toBe(403)
    expect((await ask('GET', '/metrics', { headers: { authorization: 'Bearer scrape' } })).statusCode).toBe(200)
  })
})

describe('names', () => {
  const odd = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__']

  it('that objects have by nature are refused in bodies where they would change one, and mean themselves elsewhere', async () => {
    for (const payload of ['{"__proto__":{"x":1}}', '{"a":[{"constructor":{"prototype":{"x":1}}}]}']) {
      expect((await ask('PUT', '/1/indexes/products/q', { payload })).statusCode).toBe(400)
    }
    for (const name of odd) {
      const filters = { filters: `${name}:x`, facetFilters: [`${name}:x`], numericFilters: `${name}>1` }
      const answer = await query({
        query: name,
        facets: [name],
        userToken: name,
        optionalFilters: `${name}:x`,
        ruleContexts: [name],
      })
      expect([name, answer.statusCode, answer.json<{ facets: object }>().facets]).toEqual([name, 200, {}])
      expect((await query(filters)).json()).toMatchObject({ nbHits: 0 })
      for (const url of [`/1/indexes/${name}/settings`, `/1/indexes/${name}/task/x`, `/1/indexes/products/${name}`]) {
        expect((await ask('GET', url)).statusCode, url).toBeGreaterThanOrEqual(400)
        expect((await ask('GET', url)).statusCode, url).toBeLessThan(500)
      }
      const event = { eventType: 'view', eventName: name, index: 'products', userToken: name, objectIDs: [name] }
      expect((await ask('POST', '/1/events', { payload: { events: [event] } })).statusCode).toBe(200)
      const model = { indexName: 'products', model: 'trending-facets', facetName: name, userToken: name }
      expect((await ask('POST', '/1/indexes/*/recommendations', { payload: { requests: [model] } })).statusCode).toBe(
        200,
      )
      expect((await ask('GET', `/haggle/v1/profiles/${name}`)).statusCode).toBe(200)
      if (name === '__proto__') continue
      const record = { objectID: name, name, colour: { [name]: name } }
      expect((await ask('PUT', `/1/indexes/odd/${name}`, { payload: record })).statusCode).toBe(200)
      expect((await ask('GET', `/1/indexes/odd/${name}`)).json()).toEqual(record)
    }
    const values = odd.filter((name) => name !== '__proto__')
    const found = await ask('POST', '/1/indexes/odd/query', { payload: { facets: ['name'] } })
    expect(Object.keys(found.json<{ facets: { name: object } }>().facets.name).sort()).toEqual([...values].sort())
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('that are paths stay within their folder, and name no file', async () => {
    const before = readdirSync(shop.folder).sort()
    for (const name of [
      '../out',
      '..%2fout',
      '..%5cout',
      '%2e%2e%2fout',
      'a%2f..%2f..%2fout',
      '.hidden',
      '%00',
      'a%0d%0ab',
    ]) {
      const { statusCode } = await ask('PUT', `/haggle/v1/uploads/${name}`, { payload: 'x' })
      expect(statusCode, name).toBeGreaterThanOrEqual(400)
      expect(statusCode, name).toBeLessThan(500)
      const index = `/1/indexes/${encodeURIComponent(decodeURIComponent(name))}`
      expect((await ask('PUT', `${index}/p`, { payload: { objectID: 'p' } })).statusCode, name).toBeLessThan(500)
      await ask('DELETE', index)
      for (const page of [`/console/${name}`, `/console/assets/${name}`, `/console/..%2f..%2f..%2fpackage.json`]) {
        const answer = await ask('GET', page)
        expect(answer.statusCode, page).toBeLessThan(500)
        expect(answer.body).not.toContain('"haggle"')
      }
    }
    expect(
      readdirSync(shop.folder)
        .filter((each) => each !== 'uploads')
        .sort(),
    ).toEqual(before)
    expect(existsSync(join(shop.folder, '..', 'out'))).toBe(false)
    expect(await ask('PUT', '/haggle/v1/uploads/log.csv', { payload: 'a,b' })).toMatchObject({ statusCode: 200 })
  })

  it('that are SQL or header lines are texts', async () => {
    const sql = `'; DROP TABLE events; --`
    const name = encodeURIComponent(sql)
    expect((await ask('PUT', `/1/indexes/${name}/${name}`, { payload: { objectID: sql, name: sql } })).statusCode).toBe(
      200,
    )
    expect((await ask('GET', `/1/indexes/${name}/${name}`)).json()).toEqual({ objectID: sql, name: sql })
    expect((await ask('GET', `/2/searches?index=${name}&tags=${name}`)).statusCode).toBeLessThan(500)
    expect((await ask('GET', `/haggle/v1/shoppers/${name}/export`)).statusCode).toBe(200)
    expect((await ask('DELETE', `/1/usertokens/${name}`)).statusCode).toBe(200)
    const split = 'x%0d%0aset-cookie:%20a=b'
    for (const url of [
      `/1/indexes/${split}`,
      `/console/${split}`,
      `/haggle/v1/shoppers/${split}/export`,
      `/${split}`,
    ]) {
      const { headers, statusCode } = await ask('GET', url)
      expect(statusCode, url).toBeLessThan(500)
      expect(headers['set-cookie'], url).toBeUndefined()
    }
    expect((await query({ query: 'couch' })).json()).toMatchObject({ nbHits: 1 })
  })
})

describe('too much', () => {
  const refused: Readonly<Record<string, readonly [Method, string, string | object, number, RegExp]>> = {
    'a body larger than the route takes': [
      'POST',
      '/1/indexes/products/batch',
      { pad: 'x'.repeat(200_000) },
      413,
      /100000 bytes/,
    ],
    'depth without end': [
      'PUT',
      '/1/indexes/products/q',
      `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`,
      400,
      /64 levels/,
    ],
    'depth within a text': [
      'POST',
      '/1/indexes/products/query',
      { facetFilters: '['.repeat(5_000) + ']'.repeat(5_000) },
      400,
      /JSON/,
    ],
    'queries at once': [
      'POST',
      '/1/indexes/*/queries',
      { requests: Array(51).fill({ indexName: 'products' }) },
      400,
      /50/,
    ],
    'objects at once': [
      'POST',
      '/1/indexes/*/objects',
      { requests: Array(1001).fill({ indexName: 'p', objectID: 'p' }) },
      400,
      /1000/,
    ],
    'a long query': ['POST', '/1/indexes/products/query', { query: 'x'.repeat(2_001) }, 400, /2000 characters/],
    hits: ['POST', '/1/indexes/products/query', { hitsPerPage: 1_001 }, 400, /1000/],
    facets: ['POST', '/1/indexes/products/query', { facets: Array(101).fill('a') }, 400, /100 entries/],
    parentheses: [
      'POST',
      '/1/indexes/products/query',
      { filters: '('.repeat(40) + 'a:b' + ')'.repeat(40) },
      400,
      /32 parentheses/,
    ],
    'a long filter': ['POST', '/1/indexes/products/query', { filters: 'a:b OR '.repeat(3_000) + 'a:b' }, 400, /20000/],
    attributes: [
      'POST',
      '/1/indexes/products/query',
      { facetFilters: [Array.from({ length: 31 }, (_, at) => `a${at}:b`)] },
      400,
      /at most 30/,
    ],
    'corners of a polygon': [
      'POST',
      '/1/indexes/products/query',
      { insidePolygon: [Array(5_001).fill(1)] },
      400,
      /5000 numbers/,
    ],
    'parentheses of tags': ['GET', `/2/searches?index=products&tags=${'('.repeat(300)}`, '', 400, /32 parentheses/],
  }
  for (const [what, [method, url, payload, status, message]] of Object.entries(refused)) {
    it(`${what}: ${status}, in words`, async () => {
      const answer = await ask(method, url, payload === '' ? {} : { payload })
      expect(answer.json()).toEqual({ status, message: expect.stringMatching(message) as string })
    })
  }

  it('is cut short between two questions of a request, with a 4xx, which no client takes for a dead host', async () => {
    const slow = await openShopForTest({ server: { deadlineMs: 100 } })
    await slow.engine.change('products' as never, [{ kind: 'put', record: { objectID: 'p' } }])
    const search = slow.engine.search.bind(slow.engine)
    slow.engine.search = (request) => {
      const untilMs = performance.now() + 30
      while (performance.now() < untilMs);
      return search(request)
    }
    const payload = { requests: Array(50).fill({ indexName: 'products' }) }
    const answer = await slow.app.inject({ method: 'POST', url: '/1/indexes/*/queries', payload })
    expect(answer.json()).toEqual({
      status: 422,
      message: expect.stringMatching(/of 50 questions .* 100 ms/) as string,
    })
    await slow.close()
  })

  it('tells of a defect nothing but that there is one: no trace, no path', async () => {
    const { store } = shop.engine
    const get = store.catalogues.get.bind(store.catalogues)
    ;(store.catalogues as { get: unknown }).get = () => Promise.reject(new Error(`ENOENT ${shop.folder}/haggle.sqlite`))
    const answer = await ask('GET', '/1/indexes/products/p')
    ;(store.catalogues as { get: unknown }).get = get
    expect(answer.json()).toEqual({ status: 500, message: 'Internal error: see the log of the server.' })
  })
})
