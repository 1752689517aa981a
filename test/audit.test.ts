/** The record of who changed what: over HTTP, and what tampering with it leaves to be seen. */
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { audited, unaudited } from '../src/http/audited.ts'
import { openShopForTest, type OpenShop, temporaryFolder } from './open-shop.ts'

const folder = temporaryFolder()
let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest({}, folder)
  await shop.admin.saveObjects({ indexName: 'products', objects: [{ objectID: 'a', name: 'Oak' }], waitForTasks: true })
})
afterAll(() => shop.close())

const get = async (path: string, key = shop.engine.adminKey) => {
  const response = await fetch(`${shop.url}${path}`, { headers: { 'x-algolia-api-key': key } })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const lines = async () => {
  const { entries } = (await get('/haggle/v1/audit')).body as {
    entries: { what: string; who: string; subject: string }[]
  }
  return entries
}

it('has every route that changes something in one of its lists, and nothing else', async () => {
  const { paths } = (await get('/haggle/v1/openapi.json')).body as { paths: Record<string, object> }
  const changing = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get' && method !== 'head')
      .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const known = [...Object.keys(audited), ...unaudited].filter((route) => !route.startsWith('GET '))
  expect(known.toSorted()).toEqual(changing.toSorted())
})

it('tells who changed settings, rules and keys, and never a key', async () => {
  const { key } = await shop.admin.addApiKey({ acl: ['settings', 'editSettings'], description: 'Merchandiser' })
  const { admin, url, engine } = shop
  const put = (body: object, own: string) =>
    fetch(`${url}/1/indexes/products/settings`, {
      method: 'PUT',
      headers: { 'x-algolia-api-key': own },
      body: JSON.stringify(body),
    })
  await put({ hitsPerPage: 5 }, key)
  expect((await put({ hitsPerPage: 6 }, 'wrong')).status).toBe(403)
  await admin.saveRule({
    indexName: 'products',
    objectID: 'r',
    rule: { objectID: 'r', consequence: { promote: [] } },
  })
  await admin.deleteApiKey({ key })
  const told = await lines()
  expect(told.map(({ what }) => what)).toEqual(['keys', 'rules', 'settings', 'keys', 'config'])
  expect(told.map(({ who }) => who.replace(/[0-9a-f]{8}/, '#'))).toEqual([
    'admin key #',
    'admin key #',
    'key # (Merchandiser)',
    'admin key #',
    'start',
  ])
  expect(told[2]).toMatchObject({ subject: 'products', details: { body: { hitsPerPage: 5 } } })
  expect(JSON.stringify(told)).not.toContain(key)
  expect(JSON.stringify(told)).not.toContain(engine.adminKey)
  expect((await get('/haggle/v1/audit', 'wrong')).status).toBe(403)
})

it('tells that a shopper was asked about, agreed and was erased, and not who it was', async () => {
  const { url, engine, insights } = shop
  const headers = { 'x-algolia-api-key': engine.adminKey }
  await fetch(`${url}/haggle/v1/shoppers/ann-the-shopper/export`, { headers })
  const body = JSON.stringify({ training: false })
  await fetch(`${url}/haggle/v1/shoppers/ann-the-shopper/consent`, { method: 'PUT', headers, body })
  await insights.deleteUserToken({ userToken: 'ann-the-shopper' })
  const told = (await lines()).slice(0, 3)
  expect(told.map(({ what }) => what)).toEqual(['erase', 'consent', 'export'])
  expect(new Set(told.map(({ subject }) => subject)).size).toBe(1)
  expect(JSON.stringify(await lines())).not.toContain('ann-the-shopper')
})

it('notes the settings of the shop when they changed, and not again', async () => {
  const count = (await lines()).length
  await shop.close(true)
  shop = await openShopForTest({}, folder)
  expect(await lines()).toHaveLength(count)
  await shop.close(true)
  shop = await openShopForTest({ recommend: { limit: 7 }, server: { logLevel: 'warn' } }, folder)
  expect((await lines())[0]).toMatchObject({ what: 'config', details: { recommend: { limit: 7 } } })
})

it('shows what was changed, removed or put in between, and a record that was cut short', async () => {
  const { audit } = shop.engine
  const { lines: count, head, broken } = await audit.verify()
  expect([count, broken]).toEqual([(await lines()).length, null])
  expect((await audit.verify(head)).broken).toBeNull()

  const tamper = async (change: string, back: string, known?: string) => {
    const file = new Database(join(folder, 'haggle.db'))
    file.exec(change)
    const verdict = await get(`/haggle/v1/audit/verify${known === undefined ? '' : `?head=${known}`}`)
    file.exec(back)
    file.close()
    return verdict.body.broken
  }
  await tamper('create table kept as select * from audit', '')
  const restore = 'delete from audit; insert into audit select * from kept'
  expect(await tamper("update audit set who = 'nobody' where sequence = 3", restore)).toContain('line 3')
  expect(await tamper('update audit set at_ms = at_ms + 1 where sequence = 2', restore)).toContain('line 2')
  expect(await tamper('delete from audit where sequence = 4', restore)).toBe('line 4 is missing')
  const cut = `delete from audit where sequence = ${count}`
  expect(await tamper(cut, restore)).toBeNull()
  expect(await tamper(cut, restore, head)).toContain(head)
  expect(await tamper('', '')).toBeNull()
})
