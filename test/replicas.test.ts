/** Several replicas on one PostgreSQL: what is changed at one is true at all, and what only one may do one does. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayMs } from '../src/base/clock.ts'
import type { CatalogueId, GenerationId, ItemId, UserId } from '../src/domain/ids.ts'
import { identify } from '../src/events/event-id.ts'
import { type PostgresServer, startPostgres } from '../src/store/postgres-fixture.ts'
import type { Generation } from '../src/store/store.ts'
import { noon, openShopForTest, type OpenShop, tasteShopEvents } from './open-shop.ts'

const products = 'products' as CatalogueId
const schema = `replicas_${process.pid}`
const settings = () => ({
  store: { url: server.url, schema },
  server: { adminKey: 'the key of all replicas', openSearch: false },
  training: { models: ['popularity', 'ease'], bootstrapRounds: 50, onDrift: null },
})

let server: PostgresServer
let replicas: OpenShop[] = []
beforeAll(async () => {
  server = await startPostgres()
  replicas = await Promise.all([0, 1, 2].map(() => openShopForTest(settings())))
  // The first shop of a process takes longer than a stock client waits on a busy machine.
  await replicas[0].engine.change(products, [{ kind: 'put', record: { objectID: 'first' } }])
  await everywhere((replica) => isThere(replica, products))
}, 120_000)
afterAll(async () => {
  for (const replica of replicas) await replica.close()
  await server.stop()
})

/** Asks every replica again until all say so; what it takes longer than the test may is a failure. */
async function everywhere(holds: (replica: OpenShop) => boolean | Promise<boolean>, which = replicas): Promise<void> {
  for (const replica of which) while (!(await holds(replica))) await new Promise((resolve) => setImmediate(resolve))
}

const items = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}`, ...more }))
const search = async ({ admin }: OpenShop, query: string, indexName: string = products) =>
  (await admin.searchSingleIndex({ indexName, searchParams: { query } })).hits.map(({ objectID }) => objectID)
const isThere = ({ engine }: OpenShop, index: string) => engine.shops.get(index as CatalogueId) !== undefined
const view = (userToken: string, objectID: string) => ({
  ...{ eventType: 'view', eventName: 'Seen', index: products, userToken, objectIDs: [objectID] },
})

describe('replicas', () => {
  it('see objects put, changed in part, deleted and cleared at another one', async () => {
    const [one, two] = replicas
    await one.admin.saveObjects({ indexName: products, objects: items(20), waitForTasks: true })
    await everywhere(async (replica) => isThere(replica, products) && (await search(replica, 'thing')).length === 20)
    await two.admin.partialUpdateObject({ indexName: products, objectID: 'i3', attributesToUpdate: { title: 'Lamp' } })
    await everywhere(async (replica) => (await search(replica, 'lamp')).join() === 'i3')
    await one.admin.deleteObject({ indexName: products, objectID: 'i3' })
    await everywhere(async (replica) => (await search(replica, 'lamp')).length === 0)
    await two.admin.clearObjects({ indexName: products })
    await everywhere(async (replica) => (await search(replica, '')).length === 0)
  })

  it('answer at once by what was changed at themselves', async () => {
    const [one] = replicas
    for (let round = 0; round < 20; round++) {
      await one.admin.saveObject({ indexName: products, body: { objectID: 'own', title: `Round${round}` } })
      expect(await search(one, `Round${round}`)).toEqual(['own'])
    }
  })

  it('call a task published once they answer by it themselves', async () => {
    const [one, two] = replicas
    for (let round = 0; round < 20; round++) {
      const { taskID } = await one.admin.saveObject({
        indexName: products,
        body: { objectID: 'waited', title: `Waited${round}` },
      })
      await two.admin.waitForTask({ indexName: products, taskID })
      expect(await search(two, `Waited${round}`)).toEqual(['waited'])
    }
    const { status } = await two.admin.getTask({ indexName: products, taskID: 1_000_000_000 })
    expect(status).toBe('notPublished')
  })

  it('say how far a task is to whoever has a key, whatever it may do, and to nobody else', async () => {
    const [one] = replicas
    const { key } = await one.admin.addApiKey({ acl: ['addObject'], indexes: [products] })
    const asks = async (index: string, headers: Record<string, string> = {}) =>
      (await fetch(`${one.url}/1/indexes/${index}/task/1`, { headers })).status
    expect(await asks(products, { 'x-algolia-api-key': key })).toBe(200)
    expect(await asks('other', { 'x-algolia-api-key': key })).toBe(403)
    expect(await asks(products)).toBe(403)
    expect(await asks(products, { 'x-algolia-api-key': 'made-up' })).toBe(403)
  })

  it('swap in a catalogue that was replaced, copied or moved, and let go of one that is gone', async () => {
    const [one, two] = replicas
    await one.admin.replaceAllObjects({ indexName: products, objects: items(36) })
    await everywhere(async (replica) => (await search(replica, 'thing')).length === 20)
    await two.admin.operationIndex({
      indexName: products,
      operationIndexParams: { operation: 'copy', destination: 'other' },
    })
    await everywhere((replica) => replica.engine.shops.get('other' as CatalogueId)?.itemCount === 36)
    await one.admin.operationIndex({
      indexName: 'other',
      operationIndexParams: { operation: 'move', destination: 'moved' },
    })
    await everywhere((replica) => isThere(replica, 'moved') && !isThere(replica, 'other'))
    await two.admin.deleteIndex({ indexName: 'moved' })
    await everywhere((replica) => !isThere(replica, 'moved'))
  })

  it('search by the settings, replicas, rules and synonyms that were saved at another one', async () => {
    const [one, two, three] = replicas
    await one.admin.saveObject({ indexName: products, body: { objectID: 'sofa', title: 'Sofa', colour: 'teal' } })
    await two.admin.setSettings({
      indexName: products,
      indexSettings: { searchableAttributes: ['title', 'colour'], replicas: ['by_name'], hitsPerPage: 3 },
    })
    await everywhere(async (replica) => (await search(replica, 'thing')).length === 3)
    await everywhere(async (replica) => (await search(replica, 'teal')).join() === 'sofa')
    await everywhere((replica) => replica.engine.shop('by_name' as CatalogueId).catalogue === products)
    await three.admin.saveSynonym({
      indexName: products,
      objectID: 's',
      synonymHit: { objectID: 's', type: 'synonym', synonyms: ['couch', 'sofa'] },
    })
    await everywhere(async (replica) => (await search(replica, 'couch')).join() === 'sofa')
    await one.admin.saveRule({
      indexName: products,
      objectID: 'r',
      rule: {
        objectID: 'r',
        conditions: [{ pattern: 'seat', anchoring: 'is' }],
        consequence: { promote: [{ objectID: 'sofa', position: 0 }] },
      },
    })
    await everywhere(async (replica) => (await search(replica, 'seat')).join() === 'sofa')
    await two.admin.deleteRule({ indexName: products, objectID: 'r' })
    await everywhere(async (replica) => (await search(replica, 'seat')).length === 0)
  })

  it('are told of settings and of all the replicas they concern as one change', async () => {
    const [one, two] = replicas
    const { changes } = one.engine.store
    const before = await changes.last()
    const settings = { replicas: ['by_name', 'virtual(by_price)'], hitsPerPage: 2 }
    await one.engine.shops.changeSettings(products, settings, true)
    expect(await changes.last()).toBe(before + 1)
    await everywhere(({ engine }) => engine.shop(products).settings('by_price')?.hitsPerPage === 2)
    await two.engine.shops.changeSettings(products, { replicas: ['by_name'], hitsPerPage: 20 }, false)
    expect(await changes.last()).toBe(before + 2)
    // No replica any more, but an index of its own.
    await everywhere((replica) => isThere(replica, 'by_price'))
  })

  it('know keys that were made at another one, and that they were deleted', async () => {
    const [one, two] = replicas
    const { key } = await one.admin.addApiKey({ acl: ['search'] })
    const asks = ({ url }: OpenShop) =>
      fetch(`${url}/1/indexes/products/query`, { method: 'POST', headers: { 'x-algolia-api-key': key }, body: '{}' })
    await everywhere(async (replica) => (await asks(replica)).ok)
    await two.admin.deleteApiKey({ key })
    await everywhere(async (replica) => (await asks(replica)).status === 403)
  })

  it('learn from an event taken by another one at once, each once and in order, and forget whoever asks for it', async () => {
    const [one, two, three] = replicas
    const seen = (replica: OpenShop) => replica.engine.shop(products).profile('ann' as UserId)?.eventCount ?? 0
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        [one, two, three].map((replica, at) =>
          replica.insights.pushEvents({ events: [view('ann', `i${3 * round + at}`)] as never }),
        ),
      )
    }
    await everywhere((replica) => seen(replica) === 30)
    await one.insights.pushEvents({ events: [view('ann', 'i30')] as never })
    await everywhere((replica) => seen(replica) === 31)
    const whole = replicas.map(({ engine }) => engine.shop(products))
    await two.insights.deleteUserToken({ userToken: 'ann' })
    await everywhere((replica) => replica.engine.shop(products).profile('ann' as UserId) === null)
    // Forgotten by name: nothing was read anew for it.
    expect(replicas.map(({ engine }) => engine.shop(products))).toEqual(whole)
  })

  it('honour what a shopper agreed to at another one, in what they hold and in what comes', async () => {
    const [one, two, three] = replicas
    const cora = 'cora' as UserId
    const count = ({ engine }: OpenShop) => engine.shop(products).profile(cora)?.eventCount ?? 0
    await one.insights.pushEvents({ events: [view('cora', 'i1')] as never })
    await everywhere((replica) => count(replica) === 1)
    await two.engine.people.agree(cora, { personalization: false })
    await everywhere((replica) => count(replica) === 0 && replica.engine.people.consent(cora).said)
    for (const { engine } of replicas) {
      expect(engine.people.consent(cora).consent).toEqual({ analytics: true, personalization: false, training: true })
    }
    // Heard of in order: whoever knows of the later event has heard of this one.
    await three.insights.pushEvents({ events: [view('cora', 'i2'), view('after-cora', 'i2')] as never })
    await everywhere(({ engine }) => engine.shop(products).profile('after-cora' as UserId) !== null)
    expect(replicas.map(count)).toEqual([0, 0, 0])
    await three.engine.people.agree(cora, { personalization: true })
    await everywhere(({ engine }) => engine.people.consent(cora).consent.personalization)
    await one.insights.pushEvents({ events: [view('cora', 'i3')] as never })
    await everywhere((replica) => count(replica) === 1)
  })

  it('know by their account who signs in at another one, with what they did as a visitor at a third', async () => {
    const [one, two, three] = replicas
    const seen = (userId: string, { engine }: OpenShop) =>
      engine
        .shop(products)
        .profile(userId as UserId)
        ?.history.map(({ itemId }) => itemId)
    await one.insights.pushEvents({ events: [view('visitor', 'i1')] as never })
    await everywhere((replica) => seen('visitor', replica) !== undefined)
    const signedIn = { ...view('visitor', 'i2'), authenticatedUserToken: 'dora' }
    await two.insights.pushEvents({ events: [signedIn] as never })
    await everywhere((replica) => seen('dora', replica)?.length === 2 && seen('visitor', replica) === undefined)
    await three.engine.people.erase('visitor' as UserId)
    await everywhere((replica) => seen('dora', replica) === undefined)
  })

  it('let go of what is too old, whichever of them removed it', async () => {
    const own = {
      ...settings(),
      store: { url: server.url, schema: `${schema}_kept` },
      privacy: { keepDays: { events: 30 } },
    }
    const both = await Promise.all([openShopForTest(own), openShopForTest(own)])
    const [one, two] = both
    await one.engine.change(products, [{ kind: 'put', record: { objectID: 'i1' } }])
    await one.insights.pushEvents({ events: [view('ann', 'i1')] as never })
    await everywhere((replica) => isThere(replica, products), both)
    const count = ({ engine }: OpenShop) => engine.shop(products).profile('ann' as UserId)?.eventCount ?? 0
    await everywhere((replica) => count(replica) === 1, both)
    for (const { clock } of both) clock.advance(20 * dayMs)
    await two.insights.pushEvents({ events: [view('ann', 'i1')] as never })
    await everywhere((replica) => count(replica) === 2, both)
    for (const { clock } of both) clock.advance(11 * dayMs)
    expect(await one.engine.retention.run()).toMatchObject({ events: 1 })
    expect(await two.engine.retention.run()).toMatchObject({ events: 0 })
    expect(both.map(count)).toEqual([1, 1])
    for (const replica of both) await replica.close()
  })

  it('train where one is asked to, one at a time, and all answer by what it has learnt, or return to', async () => {
    const [one, two, three] = replicas
    const past = tasteShopEvents(products, 'pg')
    await one.engine.acceptEvents(past)
    await everywhere((replica) => replica.engine.shop(products).profile('u1' as UserId) !== null)
    const asked = await Promise.allSettled([one.engine.train(products), two.engine.train(products)])
    const done = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(
      asked.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : [])),
    ).toEqual(['busy'])
    const [{ generation }] = done
    await everywhere((replica) => replica.engine.shop(products).generation === generation.id)
    const second = await three.engine.train(products)
    expect(second.published).toBe(true)
    await everywhere((replica) => replica.engine.shop(products).generation === second.generation.id)
    await two.engine.rollback(products)
    await everywhere((replica) => replica.engine.shop(products).generation === generation.id)
  }, 180_000)

  it('take over the lease of a training whose replica died, and what that one would publish is refused', async () => {
    const [one, two] = replicas
    const { leases, generations } = one.engine.store
    const nowMs = one.clock.now()
    const dead = await leases.take(`learn ${products}`, 'a replica that was killed', nowMs, nowMs + 30_000)
    if (dead === null) throw new Error('the lease was not free')
    await expect(two.engine.train(products)).rejects.toMatchObject({ code: 'busy' })
    for (const { clock } of replicas) clock.advance(30_000)
    const { generation } = await two.engine.train(products)
    const [older] = (await generations.list(products)).filter(({ id }) => id !== generation.id)
    const late = generations.publish(products, older.id, nowMs, 'late', dead)
    await expect(late).rejects.toMatchObject({ code: 'refused' })
    await everywhere((replica) => replica.engine.shop(products).generation === generation.id)
  }, 180_000)

  it('say that a generation which another one made live is damaged, and answer by the one before until one is whole', async () => {
    const [one, two] = replicas
    const { generations } = one.engine.store
    const whole = one.engine.shop(products).generation as GenerationId
    const damaged = 'damaged' as GenerationId
    const about = (await generations.get(whole)) as Generation
    await generations.put({ ...about, id: damaged }, [{ name: 'bundle', bytes: Uint8Array.of(1, 2, 3) }])
    const state = ({ engine }: OpenShop) => engine.shop(products)
    const told = async ({ engine, url }: OpenShop) => [
      /haggle_generation_broken\{.*\} (\d)/.exec(await engine.metrics())?.[1],
      ((await (await fetch(`${url}/healthz`)).json()) as { degraded?: string }).degraded !== undefined,
    ]
    // By hand it is refused, and nothing changes.
    await expect(two.engine.publish(products, damaged)).rejects.toMatchObject({ code: 'refused' })
    expect(await generations.live(products)).toBe(whole)
    // A replica of a time before that was asked.
    await generations.publish(products, damaged, noon, 'by another one')
    await everywhere((replica) => state(replica).broken === damaged)
    for (const replica of replicas) {
      expect(state(replica).generation).toBe(whole)
      expect(await told(replica)).toEqual(['1', true])
    }
    await two.engine.rollback(products)
    await everywhere((replica) => state(replica).broken === null)
    for (const replica of replicas) {
      expect(state(replica).generation).toBe(whole)
      expect(await told(replica)).toEqual(['0', false])
    }
  }, 180_000)

  it('read a catalogue anew when an import has ended, and hear none of its events one by one', async () => {
    const [one, two] = replicas
    const event = (at: number) =>
      identify({
        ...{ catalogue: products, type: 'view', userId: 'imported' as UserId, timeMs: noon - 1000 * (at + 1) },
        ...{ itemId: `i${at}` as ItemId, query: null, queryId: null, position: null, quantity: 1, priceMinor: null },
        ...{ rating: null, orderId: null, name: 'v' },
      })
    const known = ({ engine }: OpenShop) => engine.shop(products).profile('imported' as UserId)?.eventCount ?? 0
    const checkpoint = { key: 'k', source: 'x', rowsDone: 5, finished: true, report: {}, updatedAtMs: noon }
    await one.engine.store.imports.advance(checkpoint, [0, 1, 2, 3, 4].map(event), [])
    await two.insights.pushEvents({ events: [view('bob', 'i1')] as never })
    await everywhere(({ engine }) => engine.shop(products).profile('bob' as UserId) !== null)
    expect(replicas.map(known)).toEqual([0, 0, 0])
    await one.engine.store.catalogues.renewed(products, noon)
    await everywhere((replica) => known(replica) === 5)
  })

  it('catch up after their connections were cut, all at once and while others write', async () => {
    const [one, two] = replicas
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    for (let round = 0; round < 5; round++) {
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'haggle%'`)
      const save = () => one.admin.saveObject({ indexName: products, body: { objectID: 'cut', title: `Cut${round}` } })
      // What is under way when the connection breaks may fail; whoever is told so sends it again.
      while (!(await save().then(Boolean, () => false))) await new Promise((resolve) => setImmediate(resolve))
      const send = () => two.engine.accept({ events: [view('cut', `i${round}`)] })
      while (!(await send().then(Boolean, () => false))) await new Promise((resolve) => setImmediate(resolve))
      await everywhere(async (replica) => (await search(replica, `Cut${round}`)).join() === 'cut')
      await everywhere(({ engine }) => engine.shop(products).profile('cut' as UserId)?.eventCount === round + 1)
    }
    await client.end()
  }, 180_000)

  it('that start while others change things begin where those are', async () => {
    const [one] = replicas
    let going = true
    const changing = (async () => {
      for (let round = 0; going; round++) {
        await one.admin.saveObject({ indexName: products, body: { objectID: `late${round}`, title: 'Late' } })
        await one.engine.accept({ events: [view('late', `i${round % 30}`)] })
        one.clock.advance(60_000)
      }
    })()
    const late = await openShopForTest(settings())
    going = false
    await changing
    const of = ({ engine }: OpenShop) => engine.shop(products)
    await everywhere((replica) => of(replica).itemCount === of(one).itemCount, [late])
    const counted = (replica: OpenShop) => of(replica).profile('late' as UserId)?.eventCount
    await everywhere((replica) => counted(replica) === counted(one), [late])
    await late.close()
  }, 180_000)
})
