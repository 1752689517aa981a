/** Several shops behind one door: each of them sees, holds and spends its own, on either database. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { recommendClient } from '@algolia/recommend'
import { algoliasearch } from 'algoliasearch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createManualClock } from '../src/base/clock.ts'
import { type Config, readConfig } from '../src/base/config.ts'
import { silentLog } from '../src/base/log.ts'
import { shopsOf } from '../src/base/shops.ts'
import { openShops, type OpenShops } from '../src/cli/open-shops.ts'
import type { CatalogueId, UserId } from '../src/domain/ids.ts'
import type { Engine } from '../src/engine.ts'
import { dropSchemas, type PostgresServer, startPostgres } from '../src/store/postgres-fixture.ts'
import { tasteEvents } from '../src/train/taste-fixture.ts'
import { noon, temporaryFolder } from './open-shop.ts'

const products = 'products' as CatalogueId
const ann = 'ann' as UserId
const lines = {
  acme: { server: { hosts: ['acme.example'] }, limits: { requestsPerSecond: 500 } },
  oak: { limits: { requestsPerSecond: 100_000 } },
}
const settings = (dataFolder: string, more: object = {}) =>
  readConfig({
    dataFolder,
    server: { port: 0, openSearch: false, metricsKey: 'scrape' },
    training: { models: ['popularity', 'item-knn'], bootstrapRounds: 20, onDrift: null },
    shops: lines,
    ...more,
  })
const open = (config: Config) => openShops(config, shopsOf(config, {}), silentLog, createManualClock(noon))

type Shop = ReturnType<typeof at>
/** A shop as its own people reach it: by stock clients and the id of the application. */
function at(door: OpenShops, id: string) {
  const engine = door.engine(id) as Engine
  const hosts = [{ url: new URL(door.url).host, accept: 'readWrite' as const, protocol: 'http' as const }]
  const admin = algoliasearch(id, engine.adminKey, { hosts })
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${door.url}${path}`, {
      method,
      headers: { 'x-algolia-application-id': id, 'x-algolia-api-key': engine.adminKey, ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return {
    ...{ id, engine, admin, ask, key: engine.adminKey },
    insights: admin.initInsights({ options: { hosts } }),
    analytics: admin.initAnalytics({ options: { hosts } }),
    recommend: recommendClient(id, engine.adminKey, { hosts }),
  }
}
const hits = async ({ admin }: Shop, query: string) =>
  (await admin.searchSingleIndex({ indexName: products, searchParams: { query, clickAnalytics: true } })).hits
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, unknown>
const statusOf = async (answer: Promise<Response>) => (await answer).status
const view = (objectID: string) => ({
  ...{ eventType: 'view', eventName: 'Seen', index: products, userToken: ann, objectIDs: [objectID] },
})

let postgres: PostgresServer
const schema = `tenants_${process.pid}`
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(async () => {
  await dropSchemas(
    postgres,
    ['acme', 'oak', 'kept', 'bad'].map((id) => `${schema}_${id}`),
  )
  await postgres.stop()
})

describe.each(['SQLite', 'PostgreSQL'])('two shops on %s', (database) => {
  const folder = temporaryFolder()
  let config: Config
  let door: OpenShops
  let acme: Shop
  let oak: Shop
  const begin = async () => {
    door = await open(config)
    acme = at(door, 'acme')
    oak = at(door, 'oak')
  }
  beforeAll(async () => {
    config = settings(folder, database === 'SQLite' ? {} : { store: { url: postgres.url, schema, connections: 3 } })
    await begin()
    for (const shop of [acme, oak]) {
      const objects = [0, 1, 2].map((id) => ({ objectID: `p${id}`, name: `${shop.id}ish thing ${id}` }))
      await shop.admin.saveObjects({ indexName: products, objects, waitForTasks: true })
    }
  }, 120_000)
  afterAll(async () => {
    await door.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('hold products, shoppers, searches and changes of their own under the same names', async () => {
    await acme.insights.pushEvents({ events: [view('p1')] as never })
    for (const shop of [acme, oak]) {
      expect((await hits(shop, 'thing')).map((hit) => (hit as unknown as { name: string }).name).sort()).toEqual(
        [0, 1, 2].map((id) => `${shop.id}ish thing ${id}`),
      )
    }
    expect(await hits(oak, 'acmeish')).toEqual([])
    const seen = async ({ recommend }: Shop) => {
      const asked = { indexName: products, model: 'recently-viewed', threshold: 0, queryParameters: { userToken: ann } }
      const { results } = await recommend.getRecommendations({ requests: [asked as never] })
      return (results[0].hits as { objectID: string }[]).map(({ objectID }) => objectID)
    }
    expect([await seen(acme), await seen(oak)]).toEqual([['p1'], []])
    const exported = async ({ ask }: Shop) => JSON.stringify(await json(ask('GET', '/haggle/v1/shoppers/ann/export')))
    expect(await exported(acme)).toContain('p1')
    expect(await exported(oak)).not.toContain('p1')
    const day = new Date(noon).toISOString().slice(0, 10)
    const searched = async ({ analytics, engine }: Shop) => {
      await engine.shop(products).flush()
      const { searches } = await analytics.getTopSearches({ index: products, startDate: day, endDate: day })
      return (searches as { search: string }[]).map(({ search }) => search).sort()
    }
    expect(await searched(acme)).toEqual(['thing'])
    expect(await searched(oak)).toEqual(['acmeish', 'thing'])
    const acts = async ({ ask }: Shop) => JSON.stringify(await json(ask('GET', '/haggle/v1/audit')))
    await acme.admin.setSettings({ indexName: products, indexSettings: { attributesForFaceting: ['acme_only'] } })
    expect(await acts(acme)).toContain('acme_only')
    expect(await acts(oak)).not.toContain('acme')
  })

  it('refuse each other’s keys, sealed ones and sessions of the console too', async () => {
    const made = (await acme.admin.addApiKey({ acl: ['search', 'browse', 'addObject'] })).key
    const secured = acme.admin.generateSecuredApiKey({ parentApiKey: made, restrictions: { filters: '' } })
    const query = (shop: Shop, key: string) =>
      statusOf(shop.ask('POST', `/1/indexes/${products}/query`, {}, { 'x-algolia-api-key': key }))
    for (const key of [made, secured, acme.key]) {
      expect([await query(acme, key), await query(oak, key)]).toEqual([200, 403])
    }
    const signedIn = async (path: string) => {
      const answer = await fetch(`${door.url}${path}/haggle/v1/session`, {
        method: 'POST',
        headers: { 'x-algolia-api-key': acme.key, 'x-haggle-console': '1' },
      })
      return String(answer.headers.get('set-cookie'))
    }
    const cookie = await signedIn('/shops/acme')
    expect(cookie).toMatch(/; Path=\/shops\/acme\/; .*HttpOnly; SameSite=Strict/)
    const withCookie = (path: string) =>
      statusOf(fetch(`${door.url}${path}`, { headers: { cookie: cookie.split(';', 1)[0], 'x-haggle-console': '1' } }))
    expect(await withCookie('/shops/acme/1/keys')).toBe(200)
    expect(await withCookie('/shops/oak/1/keys')).toBe(403)
    expect(await withCookie('/1/keys')).toBe(400)
  })

  it('are named by path, header, query or host, never guessed, and never told of', async () => {
    const bare = (path: string, headers: Record<string, string> = {}) => fetch(`${door.url}${path}`, { headers })
    const list = `/1/indexes?x-algolia-api-key=${acme.key}`
    expect(await statusOf(bare(`/shops/acme${list}`))).toBe(200)
    expect(await statusOf(bare(`${list}&X-Algolia-Application-Id=acme`))).toBe(200)
    expect(await statusOf(bare(list, { 'x-algolia-application-id': 'acme' }))).toBe(200)
    expect(await statusOf(bare(`/shops/acme${list}`, { 'x-algolia-application-id': 'acme' }))).toBe(200)
    const told: [string, Record<string, string>, number, RegExp][] = [
      [list, {}, 400, /names none: send its application id/],
      [`/shops/acme${list}`, { 'x-algolia-application-id': 'oak' }, 400, /names two shops/],
      [`${list}&x-algolia-application-id=oak`, { 'x-algolia-application-id': 'acme' }, 400, /names two shops/],
      [list, { 'x-algolia-application-id': 'elm' }, 404, /no shop "elm"/],
      ['/shops/elm/healthz', {}, 404, /no shop "elm"/],
      ['/shops//healthz', {}, 404, /no shop/],
      ['/shops/%2e%2e%2fx/healthz', {}, 404, /no shop/],
      ['/shops/constructor/healthz', {}, 404, /no shop/],
      ['/console/', {}, 400, /names none/],
      ['/shops/acme/shops/oak/healthz', {}, 404, /No such route/],
    ]
    for (const [path, headers, status, message] of told) {
      const answer = await bare(path, headers)
      const text = await answer.text()
      const said = (JSON.parse(text) as { message: string }).message
      expect([path, answer.status, said]).toEqual([path, status, expect.stringMatching(message)])
      if (!path.includes('oak') && headers['x-algolia-application-id'] !== 'oak') expect(text).not.toContain('oak')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    // fetch does not let a Host be set.
    const { request } = await import('node:http')
    const byHost = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request(`${door.url}${list}`, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end()
      })
    expect([await byHost('ACME.example:8108'), await byHost('elm.example')]).toEqual([200, 400])
    const { status, headers } = await fetch(`${door.url}/shops/acme`, { redirect: 'manual' })
    expect([status, headers.get('location')]).toEqual([302, '/shops/acme/console/'])
    const preflight = await fetch(`${door.url}/1/indexes/*/queries?x-algolia-application-id=acme`, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('are watched together with a key of the installation, and their health without names', async () => {
    const scrape = (path: string, token: string) =>
      fetch(`${door.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    expect((await scrape('/metrics', 'guess')).status).toBe(403)
    const text = await (await scrape('/metrics', 'scrape')).text()
    const described = text.split('\n').filter((line) => line.startsWith('# HELP'))
    expect(new Set(described).size).toBe(described.length)
    for (const { id } of [acme, oak]) expect(text).toMatch(new RegExp(`haggle_shop_items\\{.*shop="${id}".*\\} 3`))
    expect(text.match(/^haggle_process_cpu_seconds_total/gm)).toHaveLength(1)
    const own = await (await scrape('/shops/oak/metrics', 'scrape')).text()
    expect(own).toContain('shop="oak"')
    expect(own).not.toContain('acme')
    expect(await json(fetch(`${door.url}/healthz`))).toEqual({ status: 'ready', shops: 2, ready: 2 })
    expect(await statusOf(fetch(`${door.url}/shops/oak/healthz`))).toBe(200)
  })

  it('back up their own alone, and their people name no other files on the server', async () => {
    const uploads = join(folder, 'shops', 'acme', 'uploads')
    const job = async (shop: Shop, body: object, headers = {}) => {
      const started = await json(shop.ask('POST', '/haggle/v1/jobs', body, headers))
      if (started.id === undefined) return started
      for (;;) {
        const now = await json(shop.ask('GET', `/haggle/v1/jobs/${started.id as string}`))
        if (now.status !== 'running') return now
      }
    }
    const backup = (file: string, headers = {}) => job(acme, { kind: 'backup', options: { file } }, headers)
    for (const file of [join(folder, 'out'), join(uploads, '..', 'out'), join(folder, 'shops/oak/uploads/out')]) {
      expect(await backup(file)).toMatchObject({ status: 403, message: expect.stringContaining(uploads) as string })
    }
    const source = join(folder, 'shops', 'oak', 'admin.key')
    const read = { kind: 'import', options: { files: [{ path: source }] } }
    expect(await job(acme, read)).toMatchObject({ status: 403 })
    expect(await job(acme, { kind: 'evaluate', options: { reportPath: source } })).toMatchObject({ status: 403 })
    const file = join(uploads, 'own.haggle')
    expect(await backup(file)).toMatchObject({ status: 'done' })
    const held = gunzipSync(readFileSync(file)).toString()
    expect(held).toContain('acmeish thing 0')
    expect(held).not.toContain('oak')
    const operator = readFileSync(join(folder, 'shops', 'acme', 'operator.key'), 'utf8')
    expect(await backup(join(folder, 'out'), { 'x-haggle-operator': operator })).toMatchObject({ status: 'done' })
    const oaks = readFileSync(join(folder, 'shops', 'oak', 'operator.key'), 'utf8')
    expect(await backup(join(folder, 'out2'), { 'x-haggle-operator': oaks })).toMatchObject({ status: 403 })
  })

  it('learn in turn: one that asks again and again does not keep the other from its own', async () => {
    const events = tasteEvents({
      ...{ users: 40, groups: 2, itemsPerGroup: 8, fromDay: 100, untilDay: 140, visitsPerUser: 5, seed: 'tenants' },
    }).map((event) => ({ ...event, timeMs: Math.round(event.timeMs), catalogue: products }))
    for (const { engine } of [acme, oak]) await engine.acceptEvents(events)
    const order: string[] = []
    let runs = 0
    const train = ({ id, engine }: Shop, catalogue = products) =>
      engine.train(catalogue, { force: true }).then(
        () => void order.push(id),
        () => void order.push(`${id} failed`),
      )
    const eager = (async () => {
      while (runs++ < 3) await train(acme)
    })()
    const evaluated = acme.engine.evaluate(products).then(() => void order.push('acme evaluated'))
    const second = acme.engine.train(products)
    await expect(second).rejects.toThrow(/trained already/)
    await train(oak)
    expect(order.length).toBeLessThanOrEqual(2)
    await Promise.all([eager, evaluated])
    expect(order.filter((id) => id === 'acme')).toHaveLength(3)
    expect(order).not.toContain('acme failed')
    expect(oak.engine.shop(products).generation).not.toBeNull()
    expect(oak.engine.shop(products).generation).not.toBe(acme.engine.shop(products).generation)
  }, 240_000)

  it('are as they were after a restart', async () => {
    const before = [acme, oak].map(({ engine, key }) => [key, engine.shop(products).generation])
    await door.stop()
    await begin()
    expect([acme, oak].map(({ engine, key }) => [key, engine.shop(products).generation])).toEqual(before)
    expect(await hits(oak, 'acmeish')).toEqual([])
    expect(
      acme.engine
        .shop(products)
        .profile(ann)
        ?.history.map(({ itemId }) => itemId),
    ).toContain('p1')
    expect(oak.engine.shop(products).profile(ann)).toBeNull()
  }, 120_000)
})

describe('shops that come, go and break', () => {
  const folder = temporaryFolder()
  let door: OpenShops | undefined
  afterAll(async () => {
    await door?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const status = (id: string) => statusOf(fetch(`${door?.url}/shops/${id}/livez`))

  it('keep no other from being open, and open once they can', async () => {
    mkdirSync(join(folder, 'shops', 'bad'), { recursive: true })
    writeFileSync(join(folder, 'shops', 'bad', 'haggle.db'), 'no database '.repeat(1000))
    const config = settings(folder, { shops: { bad: {}, kept: {} } })
    door = await open(config)
    expect([await status('bad'), await status('kept')]).toEqual([503, 200])
    expect(await json(fetch(`${door.url}/healthz`))).toEqual({
      ...{ status: 'ready', shops: 2, ready: 1 },
      degraded: expect.stringMatching(/not open/) as string,
    })
    rmSync(join(folder, 'shops', 'bad', 'haggle.db'))
    await door.retry()
    expect(await status('bad')).toBe(200)
    const alone = settings(temporaryFolder(), { store: { url: 'postgres://127.0.0.1:1/x' }, shops: { bad: {} } })
    await expect(open(alone)).rejects.toThrow(/does not answer/)
  }, 60_000)

  it('come, go and change by reading the configuration again, while the others stay', async () => {
    const kept = door?.engine('kept')
    const bad = door?.engine('bad')
    const next = (shops: object) => door?.reload(shopsOf(settings(folder, { shops }), {}))
    await next({ bad: { currency: 'EUR' }, kept: {}, fresh: {} })
    expect([await status('bad'), await status('kept'), await status('fresh')]).toEqual([200, 200, 200])
    expect(door?.engine('kept')).toBe(kept)
    expect(door?.engine('bad')).not.toBe(bad)
    expect(door?.engine('bad')?.config.currency).toBe('EUR')
    await next({ kept: {} })
    expect([await status('bad'), await status('kept')]).toEqual([404, 200])
  }, 60_000)
})
