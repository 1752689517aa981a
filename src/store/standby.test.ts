/** A real standby, behind its primary or level with it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import pg from 'pg'
import { readConfig } from '../base/config.ts'
import { shop } from './catalogue-store-suite.ts'
import { event, events } from './event-store-suite.ts'
import { openReader } from './open-store.ts'
import { openPostgresStore } from './postgres.ts'
import { named, type PostgresServer, startPostgres, startStandby } from './postgres-fixture.ts'
import { keptFromReading } from './standby.ts'
import type { Store } from './store.ts'

let primary: PostgresServer
let standby: PostgresServer
let store: Store
const warnings: object[] = []
const log = { warn: (about: object) => void warnings.push(about) } as never

beforeAll(async () => {
  if (named !== undefined) return
  primary = await startPostgres()
  store = await openPostgresStore({ url: primary.url })
  await store.events.append(events(100), 1)
  standby = await startStandby(primary)
}, 120_000)
afterAll(async () => {
  await store?.close()
  for (const server of [standby, primary]) await server?.stop()
})

async function say(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: standby.url })
  await client.connect()
  await client.query(statement)
  await client.end()
}

it.skipIf(named !== undefined)(
  'a standby is read once it has all that was written before, else the primary',
  async () => {
    const place = readConfig({ store: { url: primary.url, readUrl: standby.url } })
    const lastOf = async (reader: Store) => (await reader.events.latest(shop, 1))[0].id
    await store.events.append([event(101)], 2)
    const reader = await openReader(place, log)
    expect(await lastOf(reader)).toBe(event(101).id)
    expect(warnings).toEqual([])
    // It is the standby that is read.
    await say('select pg_wal_replay_pause()')
    await store.events.append([event(102)], 3)
    expect(await lastOf(reader)).toBe(event(101).id)
    await reader.close()

    const sides = [{ url: primary.url }, { url: standby.url }] as const
    expect(await keptFromReading(...sides, 200)).toMatch(/more than 0.2 s behind/)
    const waited = keptFromReading(...sides)
    await say('select pg_wal_replay_resume()')
    expect(await waited).toBeNull()
    expect(await keptFromReading(sides[0], sides[0])).toBe('it is no standby')

    await standby.stop()
    const instead = await openReader(place, log)
    expect(await lastOf(instead)).toBe(event(102).id)
    expect(warnings).toEqual([{ reason: expect.stringMatching(/does not answer/) as string }])
    await instead.close()
  },
)
