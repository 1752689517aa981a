/** A shop whose words get their meaning from an endpoint, or from a model of its own machine: over HTTP, with small ones. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddingServer, embeddingServer } from '../src/serve/embeddings/embedding-server-fixture.ts'
import { writeModel } from '../src/serve/embeddings/onnx-fixture.ts'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const indexName = 'products'
const objects = ['Beach', 'Desk', 'Arctic', 'Garden', 'Snow', 'Office'].map((kind, at) => ({
  objectID: `p${at}`,
  name: `${kind} jacket`,
}))

let server: EmbeddingServer
let shop: OpenShop
const settings = (more: object = {}) => ({
  search: { embeddings: { url: server.url, allowPrivate: true, deadlineMs: 5_000, batch: 4, ...more } },
})
beforeEach(async () => {
  server = await embeddingServer()
  shop = await openShopForTest(settings())
  await shop.admin.saveObjects({ indexName, objects, waitForTasks: true })
})
afterEach(async () => {
  await shop.close()
  await server.close()
})

const first = async (query: string) => {
  const { hits } = await shop.admin.searchSingleIndex({ indexName, searchParams: { query, hitsPerPage: 2 } })
  return hits.map(({ objectID }) => objectID).sort()
}
const inputs = () => server.asked.flatMap(({ input }) => input)
const eventually = <Value>(value: () => Promise<Value> | Value) => expect.poll(value, { timeout: 5_000 })
const learnt = () => eventually(() => inputs().filter((text) => text.endsWith('jacket')).length).toBe(objects.length)

describe('a shop with an embedding endpoint', () => {
  it('finds by meaning what its own catalogue does not teach, and follows a change of the catalogue', async () => {
    await learnt()
    await eventually(() => first('winter jacket')).toEqual(['p2', 'p4'])
    expect(Math.max(...server.asked.map(({ input }) => input.length))).toBe(4)
    await shop.admin.saveObject({
      indexName,
      body: { objectID: 'p4', name: 'Meadow jacket' },
      waitForTasks: true,
    } as never)
    await shop.admin.saveObject({
      indexName,
      body: { objectID: 'p1', name: 'Snow jacket' },
      waitForTasks: true,
    } as never)
    await eventually(() => first('winter jacket')).toEqual(['p1', 'p2'])
    // "Snow jacket" was known already.
    expect(inputs().filter((text) => text === 'Snow jacket')).toHaveLength(1)
  })

  it('asks about a search once, and about no product again after a restart', async () => {
    await learnt()
    await eventually(() => first('winter jacket')).toEqual(['p2', 'p4'])
    await first('Winter  Jacket')
    expect(inputs().filter((text) => /winter/i.test(text))).toHaveLength(1)
    await shop.close(true)
    server.asked.length = 0
    shop = await openShopForTest(settings(), shop.folder)
    await eventually(() => first('winter jacket')).toEqual(['p2', 'p4'])
    expect(inputs()).toEqual(['winter jacket'])
  })

  it('answers in time where the endpoint is late, and with what came late the next time', async () => {
    await learnt()
    await eventually(() => first('winter jacket')).toEqual(['p2', 'p4'])
    await shop.close(true)
    shop = await openShopForTest(settings({ deadlineMs: 1 }), shop.folder)
    // Longer than the client waits for an answer.
    server.delayMs = 60_000
    expect(await first('arctic jacket')).toHaveLength(2)
    server.delayMs = 50
    await eventually(() => first('winter jacket')).toEqual(['p2', 'p4'])
  })

  it('answers where the endpoint fails, and where its address is refused, without asking it', async () => {
    await learnt()
    server.status = 500
    expect(await first('winter jacket')).toHaveLength(2)
    await shop.close(true)
    server.asked.length = 0
    shop = await openShopForTest(settings({ allowPrivate: false }), shop.folder)
    expect(await first('winter jacket')).toHaveLength(2)
    expect(server.asked).toEqual([])
  })
})

it('is found by meaning with a model in a folder, which is told searches and products apart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-model-'))
  writeModel(folder, { winter: [3, 0, 0], arctic: [2, 0, 0.1], snow: [1, 0, 0.1], ask: [0, 1, 0], jacket: [0, 0, 1] })
  await shop.close(true)
  const local = { folder, queryPrefix: 'ask: ', productPrefix: 'ask: ', url: null }
  shop = await openShopForTest(settings(local), shop.folder)
  await eventually(() => first('winter jacket')).toEqual(['p2', 'p4'])
  expect(server.asked.some(({ input }) => input.includes('winter jacket'))).toBe(false)
  await shop.close(true)
  await expect(openShopForTest(settings({ folder }), shop.folder)).rejects.toThrow(/name a url or a folder, not both/)
  shop = await openShopForTest(settings(local), shop.folder)
  rmSync(folder, { recursive: true })
})
