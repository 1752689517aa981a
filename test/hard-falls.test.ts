/** Bad machines: damaged generations, a full disk, a folder that cannot be written, clocks that jump. The shop goes on, says what is wrong, and loses nothing it acknowledged. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callTo, placeIn, runCommand, serve } from '../bench/victim.ts'
import { dayMs, minuteMs } from '../src/base/clock.ts'
import type { CatalogueId, GenerationId } from '../src/domain/ids.ts'
import { openReader } from '../src/store/open-store.ts'
import { storeFile } from '../src/store/folder.ts'
import { noon, type OpenShop, openShopForTest, temporaryFolder, tasteShopEvents } from './open-shop.ts'

const products = 'products' as CatalogueId
const place = temporaryFolder()
afterAll(() => rmSync(place, { recursive: true, force: true }))

describe('a damaged generation', () => {
  const settings = { training: { models: ['popularity', 'ease'], bootstrapRounds: 20 } }
  const folder = join(place, 'damaged')
  const generations: GenerationId[] = []

  beforeAll(async () => {
    const shop = await openShopForTest(settings, folder)
    const objects = Array.from({ length: 36 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}` }))
    await shop.engine.change(
      products,
      objects.map((record) => ({ kind: 'put', record })),
    )
    await shop.engine.acceptEvents(tasteShopEvents(products, 'd'))
    for (let round = 0; round < 3; round++) {
      shop.clock.advance(minuteMs)
      generations.push((await shop.engine.train(products, { force: true })).generation.id)
    }
    await shop.close(true)
  }, 120_000)

  /** Each damages another generation, from the live one back. */
  const damages: readonly [string, (database: Database.Database, id: GenerationId) => void][] = [
    [
      'whose bytes are cut short',
      (database, id) =>
        database
          .prepare('update artefact_parts set bytes = substr(bytes, 1, length(bytes) / 2) where generation = ?')
          .run(id),
    ],
    [
      'with one bit turned over',
      (database, id) => {
        const row = database
          .prepare('select name, part, bytes from artefact_parts where generation = ? order by length(bytes) desc')
          .get(id) as { name: string; part: number; bytes: ArrayBuffer }
        const bytes = Buffer.from(row.bytes)
        bytes[bytes.length >> 1] ^= 1
        database
          .prepare('update artefact_parts set bytes = ? where generation = ? and name = ? and part = ?')
          .run(bytes, id, row.name, row.part)
      },
    ],
  ]

  it.each(damages)(
    '%s gives way to the one before it, which is said, until one is learnt anew',
    async (_, damage) => {
      const [earlier, live] = generations.slice(-2)
      const database = new Database(storeFile(folder))
      damage(database, live)
      database.close()

      const shop = await openShopForTest(settings, folder)
      const health = async () => (await fetch(`${shop.url}/healthz`)).json()
      const broken = async () => /haggle_generation_broken\{.*\} (\d)/.exec(await shop.engine.metrics())?.[1]
      const { hits, generation } = shop.engine.recommend({
        catalogue: products,
        surface: 'recommended-for-you',
        userId: 'u1' as never,
        limit: 5,
      })
      expect(generation).toBe(earlier)
      expect(hits).toHaveLength(5)
      expect(shop.engine.shop(products)).toMatchObject({ generation: earlier, broken: live })
      expect(await health()).toMatchObject({
        status: 'ready',
        degraded: expect.stringContaining('earlier one') as string,
      })
      expect(await broken()).toBe('1')
      // It is the live one by name: asked for again, nothing changes, and it is said why.
      await expect(shop.engine.publish(products, live)).rejects.toMatchObject({ code: 'refused' })
      expect(shop.engine.shop(products)).toMatchObject({ generation: earlier, broken: live })

      shop.clock.advance(dayMs + generations.length * minuteMs)
      const next = await shop.engine.train(products, { force: true })
      expect(next.generation.parent).toBe(earlier)
      expect(shop.engine.shop(products)).toMatchObject({ generation: next.generation.id, broken: null })
      expect(await health()).toEqual({ status: 'ready' })
      expect(await broken()).toBe('0')
      // The next one finds this one live above the one that was whole.
      generations.splice(0, Infinity, earlier, next.generation.id)
      await shop.close(true)
    },
    120_000,
  )
})

describe('a full disk', () => {
  it('refuses what it cannot keep, goes on answering, and takes it once there is room', async () => {
    const full = placeIn(join(place, 'full'), {})
    const objects = Array.from({ length: 20 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}` }))
    const event = (userToken: string) => {
      const about = { eventType: 'view', eventName: 'Seen', index: products, userToken, timestamp: Date.now() }
      return { events: Array.from({ length: 200 }, (_, at) => ({ ...about, objectIDs: [`i${at}`] })) }
    }
    const limited = await serve(full, { fileKiB: 700 })
    const call = callTo(limited, full)
    await call('POST', '/1/indexes/products/batch', {
      requests: objects.map((body) => ({ action: 'addObject', body })),
    })
    const kept: string[] = []
    let refused: { readonly user: string; readonly reason: string } | null = null
    for (let at = 0; refused === null && at < 100; at++) {
      const user = `u${at}`
      await call('POST', '/1/events', event(user)).then(
        () => kept.push(user),
        (error: unknown) => {
          refused = { user, reason: String(error) }
        },
      )
    }
    expect(kept.length).toBeGreaterThan(0)
    expect(refused).toMatchObject({ reason: expect.stringMatching(/: 500 .*see the log/) as string })
    expect(limited.log()).toMatch(/cannot be written: check the disk's space/)
    const { hits } = (await call('POST', '/1/indexes/products/query', { query: 'thing' })) as { hits: unknown[] }
    expect(hits).toHaveLength(20)
    await limited.kill()

    const roomy = await serve(full)
    const held = async () => {
      const store = await openReader(full)
      const counts = new Map<string, number>()
      for await (const events of store.events.scan({ catalogue: products })) {
        for (const { userId } of events) counts.set(userId, (counts.get(userId) ?? 0) + 1)
      }
      await store.close()
      return counts
    }
    expect(await held()).toEqual(new Map(kept.map((user) => [user, 200])))
    const { user } = refused as unknown as { user: string }
    await callTo(roomy, full)('POST', '/1/events', event(user))
    expect((await held()).get(user)).toBe(200)
    await roomy.kill()
  }, 120_000)
})

describe('a folder that cannot be written', () => {
  // The owner of a process may write anywhere as long as nothing takes that right from it.
  const prefix = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override'] : []

  it('is refused in words, and a shop in it is left as it was', async () => {
    const locked = placeIn(join(place, 'locked'), {})
    const first = await serve(locked)
    await first.kill()
    chmodSync(locked.dataFolder, 0o555)
    for (const name of ['haggle.db', 'owner.lock']) chmodSync(join(locked.dataFolder, name), 0o444)
    const { code, said } = await runCommand(locked, ['serve', '--port', '0'], { prefix })
    expect(code).toBe(2)
    expect(said).toMatch(/data folder .* cannot be written .*: choose another folder, or change its rights/)
    chmodSync(locked.dataFolder, 0o755)
    for (const name of ['haggle.db', 'owner.lock']) chmodSync(join(locked.dataFolder, name), 0o644)
    const again = await serve(locked)
    await again.kill()
  }, 120_000)

  it('is refused in words where it cannot even be made', async () => {
    const within = join(place, 'a file', 'data')
    writeFileSync(join(place, 'a file'), '')
    await expect(openShopForTest({}, within)).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(`${within} cannot be written`) as string,
    })
  })
})

describe('a clock that jumps', () => {
  let shop: OpenShop
  const folder = join(place, 'clock')
  const see = (userToken: string, objectID: string, timestamp?: number) =>
    shop.insights.pushEvents({
      events: [
        { eventType: 'view', eventName: 'Seen', index: products, userToken, objectIDs: [objectID], timestamp } as never,
      ],
    })
  const trending = () =>
    shop.engine.recommend({ catalogue: products, surface: 'trending-items', userId: null, limit: 3 })
  const stored = async () => {
    const users: string[] = []
    for await (const events of shop.engine.store.events.scan({ catalogue: products })) {
      users.push(...events.map(({ userId }) => userId))
    }
    return users
  }

  it('loses no event, ranks by finite numbers, and is forgotten by a start with the right time', async () => {
    shop = await openShopForTest({}, folder)
    const objects = ['a', 'b', 'c'].map((objectID) => ({ objectID, title: `Thing ${objectID}` }))
    await shop.engine.change(
      products,
      objects.map((record) => ({ kind: 'put', record })),
    )
    for (let shopper = 0; shopper < 5; shopper++) await see(`a${shopper}`, 'a')
    await see('b', 'b')
    expect(trending().hits[0].item.id).toBe('a')

    const jumps = [-10 * 365 * dayMs, -dayMs, 50 * 365 * dayMs, -20 * 365 * dayMs, 0]
    const during: string[] = []
    for (const [at, jump] of jumps.entries()) {
      shop.clock.set(noon + jump)
      during.push(`jump${at}`)
      await see(`jump${at}`, 'c')
      for (const { score } of trending().hits) expect(Number.isFinite(score)).toBe(true)
    }
    expect(await stored()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b', ...during])
    await shop.close(true)

    shop = await openShopForTest({}, folder)
    expect(trending().hits[0].item.id).toBe('a')
    expect(await stored()).toHaveLength(6 + jumps.length)
    await shop.close(true)
  })

  it('neither opens a key that has ended nor ends one for good', async () => {
    shop = await openShopForTest({}, folder)
    const parent = (await shop.admin.addApiKey({ acl: ['search'] })).key
    const validUntil = noon / 1000 + 3600
    const key = shop.admin.generateSecuredApiKey({ parentApiKey: parent, restrictions: { validUntil } })
    const ask = async () =>
      (
        await fetch(`${shop.url}/1/indexes/products/query`, {
          method: 'POST',
          headers: { 'x-algolia-api-key': key },
          body: '{"query":"thing"}',
        })
      ).status
    const statuses = []
    for (const jump of [0, 2 * 3600_000, 400 * dayMs, -400 * dayMs, 3_599_000]) {
      shop.clock.set(noon + jump)
      statuses.push(await ask())
    }
    expect(statuses).toEqual([200, 403, 403, 200, 200])
    await shop.close(true)
  })
})
