/** The loop on a PostgreSQL server: import, train in a thread of its own, answer, learn at once, and all of it again after a restart. */
import { expect, it, onTestFinished } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { postgresVersions, startPostgres } from '../src/store/postgres-fixture.ts'
import { openShopForTest, temporaryFolder, tasteShopEvents } from './open-shop.ts'

const products = 'products' as CatalogueId

it.each(postgresVersions)(
  'keeps a shop on PostgreSQL %s from its first event on, and over a restart',
  async (version) => {
    const server = await startPostgres(version)
    onTestFinished(() => server.stop())
    const settings = {
      store: { url: server.url, schema: `loop_${process.pid}` },
      training: { models: ['popularity', 'ease'], bootstrapRounds: 50 },
    }
    const shop = await openShopForTest(settings)
    const objects = Array.from({ length: 36 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}` }))
    await shop.admin.saveObjects({ indexName: products, objects, waitForTasks: true })
    await shop.engine.acceptEvents(tasteShopEvents(products, 'pg'))
    const { published, generation } = await shop.engine.train(products)
    expect(published).toBe(true)
    const topOf = (userToken: string, { engine } = shop) =>
      engine
        .recommend({ catalogue: products, surface: 'recommended-for-you', userId: userToken as never, limit: 5 })
        .hits.map(({ item }) => Math.floor(Number(item.id.slice(1)) / 12))
    expect(topOf('u1')).toEqual([1, 1, 1, 1, 1])
    const seen = { eventType: 'view', eventName: 'Seen', index: products, userToken: 'new', objectIDs: ['i25', 'i26'] }
    await shop.insights.pushEvents({ events: [seen as never] })
    const known = topOf('new')
    expect(known.filter((group) => group === 2).length).toBeGreaterThanOrEqual(4)
    await shop.close()

    const again = await openShopForTest(settings, temporaryFolder())
    expect(again.engine.shop(products).generation).toBe(generation.id)
    expect(topOf('new', again)).toEqual(known)
    const { checked } = await again.engine.people.erase('new' as never)
    expect(checked[0]).toEqual({ where: 'events', found: 2, left: 0 })
    await again.close()
  },
  240_000,
)
