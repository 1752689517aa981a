/** Keys on a clock that is set by hand, kept in memory as the store would keep them. */
import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../base/clock.ts'
import { openStore } from '../store/open-store.ts'
import { readConfig } from '../base/config.ts'
import { silentLog } from '../base/log.ts'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Keyring, openKeyring, type Permitted } from './keyring.ts'

const noon = Date.UTC(2026, 5, 1, 12)
const adminKey = 'admin'
const secured = (key: string, params: string) =>
  Buffer.from(createHmac('sha256', key).update(params).digest('hex') + params).toString('base64')

let keys: Keyring
const clock = createManualClock(noon)
beforeEach(async () => {
  clock.set(noon)
  const config = readConfig({ dataFolder: mkdtempSync(join(tmpdir(), 'haggle-keys-')) })
  const store = await openStore(config, silentLog)
  keys = await openKeyring({ store: store.keys, clock, adminKey, open: false })
  return async () => {
    await store.close()
  }
})

const add = (rights: object) => keys.add({ acl: ['search'], ...rights })
const ask = (key: string, more: Partial<Permitted> = {}) =>
  keys.permit({ key, acl: 'search', index: 'products', ip: '192.0.2.1', ...more })
const refused = (why: RegExp): unknown =>
  expect.objectContaining({ code: 'unauthorised', message: expect.stringMatching(why) as string })
function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return null
}

describe('a rotated key', () => {
  it('works on for its grace beside the new one, which has the same rights, and ends then', async () => {
    const old = await add({ indexes: ['prod*'] })
    const fresh = await keys.rotate(old, 60)
    expect(fresh).not.toBe(old)
    for (const each of [old, fresh, secured(old, 'hitsPerPage=3')]) ask(each)
    expect(caught(() => ask(fresh, { index: 'other' }))).toEqual(refused(/not for the index/))
    clock.advance(60_001)
    ask(fresh)
    expect(caught(() => ask(old))).toEqual(refused(/expired/))
    expect(caught(() => ask(secured(old, 'hitsPerPage=3')))).toEqual(refused(/no key of this shop/))
  })

  it('that is rotated again within its grace hands on the life it had, and none of the graces', async () => {
    const year = 31_536_000
    const old = await add({ validity: year })
    const first = await keys.rotate(old, 60)
    clock.advance(30_000)
    const second = await keys.rotate(old, 60)
    expect([first, second].map((key) => keys.get(key).validity)).toEqual([year, year])
    expect(keys.get(second)).not.toHaveProperty('fullValidity')
    clock.advance(30_001)
    expect(caught(() => ask(old))).toEqual(refused(/expired/))
    for (const each of [first, second]) ask(each)
    // What is changed by hand holds from then on.
    await keys.rotate(first, 60)
    await keys.update(first, { acl: ['search'], validity: 3600 })
    expect(keys.get(await keys.rotate(first, 60)).validity).toBe(3600)
  })

  it('ends at once without a grace, and no later than it would have', async () => {
    const old = await add({})
    await keys.rotate(old, 0)
    expect(caught(() => ask(old))).toEqual(refused(/deleted/))
    const short = await add({ validity: 10 })
    await keys.rotate(short, 3600)
    clock.advance(10_000)
    expect(caught(() => ask(short))).toEqual(refused(/expired/))
  })
})

describe('a rate', () => {
  it('is spent by whatever is asked, says when to come again, and is back with the hour', async () => {
    const key = await add({ acl: ['search', 'recommendation'], maxQueriesPerIPPerHour: 2 })
    ask(key)
    ask(key, { acl: 'recommendation' })
    clock.advance(600_000)
    expect(caught(() => ask(key))).toMatchObject({ code: 'overloaded', status: 429, retryAfterSeconds: 3000 })
    ask(key, { ip: '192.0.2.2' })
    clock.advance(3_000_000)
    ask(key)
  })

  it('takes the addresses of one IPv6 network for one', async () => {
    const key = await add({ maxQueriesPerIPPerHour: 1 })
    ask(key, { ip: '2001:db8:0:1::5' })
    for (const ip of ['2001:db8:0:1::6', '2001:db8:0:1:ffff::', '2001:db8::1:7:8:9:a']) {
      expect(caught(() => ask(key, { ip }))).toMatchObject({ code: 'overloaded' })
    }
    ask(key, { ip: '2001:db8:0:2::5' })
  })
})

describe('what a key sets', () => {
  it('cannot be lifted by what is made from it', async () => {
    const queryParameters = 'filters=tenant:a&hitsPerPage=5&restrictSources=192.0.2.0/24&restrictIndices=products'
    const key = await add({ queryParameters })
    const { restrictions, parameters } = ask(secured(key, 'filters=tenant:b&hitsPerPage=1000&page=2'))
    expect(restrictions).toEqual([{ filters: 'tenant:a' }, { filters: 'tenant:b' }])
    expect(parameters).toEqual({ hitsPerPage: '5', page: '2' })
    expect(caught(() => ask(key, { ip: '198.51.100.1' }))).toEqual(refused(/your address/))
    expect(caught(() => ask(secured(key, 'restrictIndices=*'), { index: 'other' }))).toEqual(
      refused(/not for the index/),
    )
    expect(ask(key).allows('other')).toBe(false)
    expect(caught(() => ask(secured(key, 'restrictIndices=[]')))).toEqual(refused(/not for the index/))
  })
})
