import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import pg from 'pg'
import type { GenerationId } from '../domain/ids.ts'
import { collect, shop } from './catalogue-store-suite.ts'
import { event, events } from './event-store-suite.ts'
import { cutAtMs, monthsSuite } from './months-suite.ts'
import { bringUpToDate, openPostgresStore, postgresDatabase } from './postgres.ts'
import { dropSchemas, named, type PostgresServer, postgresVersions, startPostgres } from './postgres-fixture.ts'
import { storeSuite } from './store-suite.ts'

let server: PostgresServer
let places = 0
const prefix = `test_${process.pid}`
const nextSchema = () => `${prefix}_${++places}`
const open = (more: object = {}) => openPostgresStore({ url: server.url, schema: nextSchema(), ...more })

async function say(...statements: string[]): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  let last: Record<string, string>[] = []
  for (const statement of statements) last = (await client.query<Record<string, string>>(statement)).rows
  await client.end()
  return last
}

const databaseAt = (name: string) => Object.assign(new URL(server.url), { pathname: name }).href

describe.each(postgresVersions)('on PostgreSQL %s', (version) => {
  const before = places
  const template = `${prefix}_template`
  const copies: string[] = []
  const copyOf = async (from: string): Promise<string> => {
    const copy = `${prefix}_copy_${copies.length}`
    copies.push(copy)
    await say(`create database ${copy} template ${from}`)
    return databaseAt(copy)
  }

  beforeAll(async () => {
    server = await startPostgres(version)
    await say(`create database ${template}`)
    await (await openPostgresStore({ url: databaseAt(template) })).close()
  }, 120_000)
  afterAll(async () => {
    // Of our own server nothing is left anyway, and dropping a database takes a checkpoint each.
    if (named !== undefined) {
      const schemas = Array.from({ length: places - before }, (_, at) => `${prefix}_${before + at + 1}`)
      await dropSchemas(server, schemas)
      await say(...[template, ...copies].map((name) => `drop database ${name}`))
    }
    await server.stop()
  }, 120_000)

  it('is what it says', async () => {
    const [{ server_version }] = await say('show server_version')
    if (process.env.HAGGLE_POSTGRES === undefined) expect(server_version.split('.')[0]).toBe(version)
  })

  // A copy of a database that is up to date: taking all steps for each promise would take most of the time.
  storeSuite('a PostgreSQL store', async () => {
    return openPostgresStore({ url: await copyOf(template) })
  })

  const monthly = `${prefix}_monthly`
  monthsSuite('a PostgreSQL store cut by month', {
    all: version === postgresVersions[0],
    cut: async () => {
      if (!copies.includes(monthly)) {
        copies.push(monthly)
        await say(`create database ${monthly} template ${template}`)
        const store = await openPostgresStore({ url: databaseAt(monthly) })
        await store.months.cut(cutAtMs)
        await store.close()
      }
      return openPostgresStore({ url: await copyOf(monthly) })
    },
    two: async () => {
      const url = await copyOf(template)
      return [await openPostgresStore({ url }), await openPostgresStore({ url })]
    },
    parts: async (table) => {
      const client = new pg.Client({ connectionString: databaseAt(copies[copies.length - 1]) })
      await client.connect()
      const { rows } = await client.query<{ name: string; count: string }>(`
        select relname as name, (select count(*) from haggle.${table} as row where row.tableoid = inhrelid) as count
        from pg_inherits join pg_class on oid = inhrelid where inhparent = 'haggle.${table}'::regclass`)
      await client.end()
      return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]))
    },
  })

  describe('a PostgreSQL store', () => {
    it('is not cut by month while a replica is connected that could not write then', async () => {
      const url = await copyOf(template)
      let older = new pg.Client({ connectionString: url, application_name: 'haggle' })
      await older.connect()
      const store = await openPostgresStore({ url })
      await expect(store.months.cut(cutAtMs)).rejects.toThrow(/older version.*update all/)
      await older.end()
      // Whoever reads for long keeps nobody else waiting, and nothing is half done.
      older = new pg.Client({ connectionString: url })
      await older.connect()
      await older.query('begin; lock table haggle.events in access share mode')
      await expect(store.months.cut(cutAtMs)).rejects.toMatchObject({ code: 'busy' })
      expect((await store.events.append([event(1)], 1)).size).toBe(1)
      await older.end()
      expect(await store.months.cut(cutAtMs)).toBe(true)
      await store.close()
    })

    it('is brought up to date once by those that start at the same moment', async () => {
      const schema = nextSchema()
      const stores = await Promise.all(Array.from({ length: 5 }, () => open({ schema })))
      await stores[0].events.append(events(3), 1)
      expect((await stores[4].events.counts(shop)).byType.view).toBe(3)
      for (const store of stores) await store.close()
    })

    it('gives sequences in the order in which others come to see them', async () => {
      const schema = nextSchema()
      const writers = await Promise.all([open({ schema }), open({ schema }), open({ schema })])
      const reader = await open({ schema, readOnly: true })
      let writing = true
      const write = Promise.all(
        writers.map(async (store, writer) => {
          for (let round = 0; round < 30; round++) {
            const some = Array.from({ length: 20 }, (_, at) => event(1 + at + 20 * round + 1000 * writer))
            await store.events.append(some, round)
          }
        }),
      ).finally(() => {
        writing = false
      })
      // Like a replica that follows the log: it asks only for what is behind the last it saw.
      const seen: number[] = []
      for (let last = false; !last; ) {
        last = !writing
        const news = await collect(reader.events.scan({ catalogue: shop, afterSequence: seen.at(-1) ?? 0 }))
        seen.push(...news.map(({ sequence }) => sequence))
      }
      await write
      expect(seen).toHaveLength(1800)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
      for (const store of [...writers, reader]) await store.close()
    })

    it('is brought up to date under the hands of an older replica, which reads and writes on', async () => {
      const schema = nextSchema()
      const options = { url: server.url, schema }
      const older = postgresDatabase(options)
      await bringUpToDate(older, options, '0004-vectors')
      // What that version says: it knows no column that came later.
      const insert = (at: number) => sql`
        insert into events (id, catalogue, type, user_id, time_ms, quantity, name, received_at_ms)
        values (${`e${at}`}, ${shop}, 'search', 'ann', ${at}, 1, '', 1) on conflict (id) do nothing`
      const read = sql<{
        id: string
        name: string
      }>`select id, name from events where catalogue = ${shop} order by sequence`
      let written = 0
      let migrating = true
      const working = (async () => {
        while (migrating || written < 20) {
          await insert(written++).execute(older)
          expect((await read.execute(older)).rows).toHaveLength(written)
        }
      })()
      const newer = await open({ schema })
      migrating = false
      await working
      expect(await collect(newer.events.heard(0, await newer.events.lastSequence()))).toHaveLength(written)
      await newer.events.append([event(1)], 1)
      expect((await read.execute(older)).rows).toHaveLength(written + 1)
      await newer.close()
      await older.destroy()
    })

    it('publishes and rolls back one after the other, whoever asks', async () => {
      const schema = nextSchema()
      const [one, other] = await Promise.all([open({ schema }), open({ schema })])
      const generations = Array.from({ length: 12 }, (_, at) => `g${at}` as GenerationId)
      for (const [at, id] of generations.entries()) {
        const about = { catalogue: shop, createdAtMs: at, parent: null, dataUntilMs: 1, dataSequence: 1, seed: '1' }
        await one.generations.put({ id, ...about, status: 'ready', recipe: {}, report: {} }, [])
      }
      await Promise.all(
        generations.map((id, at) => (at % 2 === 0 ? one : other).generations.publish(shop, id, at, 'go')),
      )
      const history = await one.generations.history(shop)
      expect(history).toHaveLength(12)
      // Each names as the one before it what really was live then.
      expect(history.map(({ previous }) => previous)).toEqual([
        ...history.slice(1).map(({ generation }) => generation),
        null,
      ])
      await Promise.all(
        Array.from({ length: 11 }, (_, at) => (at % 2 === 0 ? one : other).generations.rollback(shop, 1, 'back')),
      )
      expect(await one.generations.live(shop)).toBe(history.at(-1)?.generation)
      await one.close()
      await other.close()
    })

    it('that only reads is refused every write', async () => {
      const schema = nextSchema()
      const store = await open({ schema })
      const reader = await open({ schema, readOnly: true })
      await expect(reader.events.append([event(1)], 1)).rejects.toThrow(/read-only/)
      await reader.close()
      await store.close()
    })

    it('goes on after the server has cut all its connections', async () => {
      const store = await open()
      await store.events.append(events(2), 1)
      await say(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'haggle%'`)
      // What is under way may fail, in words; what comes after it works.
      await store.events.append([event(3)], 2).catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'HaggleError' })
      })
      await store.events.append([event(4)], 3)
      expect((await store.events.counts(shop)).byType.view).toBeGreaterThanOrEqual(3)
      await store.close()
    })

    it('that is not there, or not ours, says so without the password', async () => {
      const gone = openPostgresStore({ url: 'postgres://haggle:secret@127.0.0.1:1/none' })
      await expect(gone).rejects.toThrow(/127\.0\.0\.1:1\/none.*does not answer/)
      await expect(gone).rejects.not.toThrow(/secret/)
      const wrong = new URL(server.url)
      wrong.pathname = '/nowhere'
      await expect(openPostgresStore({ url: wrong.href })).rejects.toMatchObject({ code: 'bad-config' })
      await expect(openPostgresStore({ url: 'nonsense' })).rejects.toThrow(/store.url/)
    })

    it('written by a newer version is refused in words', async () => {
      const schema = nextSchema()
      await (await open({ schema })).close()
      await say(`insert into ${schema}.kysely_migration values ('9999-tomorrow', '2099-01-01')`)
      await expect(open({ schema })).rejects.toThrow(/newer Haggle/)
    })
  })
})
