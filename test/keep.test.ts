/** Keeping a shop: backed up from the command line while it serves, restored on either store, and it answers as before. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import { type PostgresServer, startPostgres } from '../src/store/postgres-fixture.ts'
import { type OpenShop, openShopForTest, temporaryFolder, tasteShopEvents } from './open-shop.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const place = temporaryFolder()
const products = 'products' as CatalogueId
const schema = `keep_${process.pid}`
let server: PostgresServer

/** Beside the server of this process, which goes on answering. */
function haggle(...args: string[]): Promise<{ status: number; stdout: string; stderr: string; json: () => unknown }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { cwd: place }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? 1, stdout, stderr, json: () => JSON.parse(stdout) as unknown }),
    )
  })
}

const settings = { training: { models: ['popularity', 'ease'], bootstrapRounds: 50 } }
const folderOf = (name: string) => join(place, name)

async function answersOf({ engine, admin }: OpenShop): Promise<unknown> {
  const asked = ['u1', 'u2', 'u40', 'stranger'].map((userId) =>
    engine.recommend({ catalogue: products, surface: 'recommended-for-you', userId: userId as never, limit: 8 }),
  )
  const recommended = asked.map(({ hits }) => hits.map(({ item, score }) => [item.id, score]))
  const { hits } = await admin.searchSingleIndex({ indexName: products, searchParams: { query: 'thing 7' } })
  const rule = await engine.store.entries.list(products, 'rule')
  return {
    live: engine.shop(products).generation,
    recommended,
    found: hits.map(({ objectID }) => objectID),
    rule,
  }
}

let shop: OpenShop
let before: unknown
beforeAll(async () => {
  server = await startPostgres()
  shop = await openShopForTest(settings, folderOf('shop'))
  const objects = Array.from({ length: 36 }, (_, at) => ({ objectID: `i${at}`, title: `Thing ${at}`, price: at }))
  await shop.admin.saveObjects({ indexName: products, objects, waitForTasks: true })
  const pin = { promote: [{ objectID: 'i33', position: 0 }] }
  const rule = { objectID: 'pin', conditions: [{ pattern: 'thing', anchoring: 'contains' as const }], consequence: pin }
  await shop.admin.saveRules({ indexName: products, rules: [rule] })
  await shop.engine.acceptEvents(tasteShopEvents(products, 'keep'))
  expect((await shop.engine.train(products)).published).toBe(true)
  shop.engine.announce(shop.url)
  before = await answersOf(shop)
  const { recommended, found } = before as { recommended: unknown[][]; found: string[] }
  expect([recommended.map((hits) => hits.length), found[0]]).toEqual([[8, 8, 8, 8], 'i33'])
}, 120_000)
afterAll(async () => {
  await server.stop()
  rmSync(place, { recursive: true, force: true })
})

describe('a shop that is kept', () => {
  it('is backed up by the server that owns it, and the same shop comes back in a folder', async () => {
    const backedUp = await haggle('--json', '--data-folder', 'shop', 'backup', 'shop.backup', '--with-keys')
    expect(backedUp).toMatchObject({ status: 0, stderr: '' })
    const { tables } = backedUp.json() as { tables: Record<string, { rows: number }> }
    expect(tables.items.rows).toBe(36)
    expect(await haggle('--data-folder', 'shop', 'backup', 'shop.backup')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('already') as string,
    })
    await shop.close(true)

    const restored = await haggle('--json', '--data-folder', 'again', 'restore', 'shop.backup')
    expect(restored.json()).toMatchObject({ tables, keys: ['admin.key', 'search.key'] })
    const again = await openShopForTest(settings, folderOf('again'))
    expect(await answersOf(again)).toEqual(before)
    expect(again.engine.adminKey).toBe(shop.engine.adminKey)
    await again.close(true)
    expect(await haggle('--data-folder', 'again', 'restore', 'shop.backup')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('name an empty folder') as string,
    })
  }, 120_000)

  it('moves to PostgreSQL and back from the command line, and answers as before', async () => {
    const moved = await haggle('--data-folder', 'shop', 'migrate', '--to', server.url, '--schema', schema)
    expect(moved).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^events +[\d,]+ +[\da-f]{32}$/m) as string,
    })
    const onServer = { ...settings, store: { url: server.url, schema } }
    const there = await openShopForTest(onServer, folderOf('shop'))
    expect(await answersOf(there)).toEqual(before)
    await there.close(true)
    expect(await haggle('--data-folder', 'shop', 'migrate', '--to', server.url, '--schema', schema)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('already') as string,
    })
    // What serves is not moved away under its shoppers.
    const serving = await openShopForTest(settings, folderOf('shop'))
    expect((await haggle('--data-folder', 'shop', 'migrate', '--to', 'elsewhere')).status).toBe(5)
    await serving.close(true)
    expect(existsSync(folderOf('elsewhere/haggle.db'))).toBe(false)
    expect((await haggle('--data-folder', 'shop', 'migrate', '--to', 'back')).status).toBe(0)
    const back = await openShopForTest(settings, folderOf('back'))
    expect(await answersOf(back)).toEqual(before)
    await back.close(true)
    expect(readFileSync(folderOf('back/admin.key'), 'utf8')).toBe(shop.engine.adminKey)
  }, 120_000)

  it('says what is wrong with what it is given', async () => {
    expect((await haggle('--data-folder', 'none', 'backup', 'x')).stderr).toContain('no data folder none')
    expect((await haggle('--data-folder', 'new', 'restore', 'no-such-file')).status).toBe(4)
    expect((await haggle('--data-folder', 'new', 'restore', 'shop/admin.key')).status).toBe(3)
    expect((await haggle('restore', 'shop.backup', '--until', '2026-11-24 18:00')).stderr).toContain('with its zone')
    expect((await haggle('--data-folder', 'shop', 'migrate', '--to', 'new', '--schema', 'No')).status).toBe(2)
    const then = await haggle('--data-folder', 'then', 'restore', 'shop.backup', '--until', '2020-01-01')
    expect(then).toMatchObject({ status: 0, stdout: expect.stringMatching(/^events +0 /m) as string })
  }, 120_000)
})
