/** What a program may send by mistake: a clear 4xx that names the place and what to do, and nothing half-done. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

let shop: OpenShop
beforeAll(async () => {
  shop = await openShopForTest()
  await shop.engine.change('products' as never, [{ kind: 'put', record: { objectID: 'p' } }])
})
afterAll(() => shop.close())

const view = {
  eventType: 'view',
  eventName: 'Viewed',
  index: 'products',
  userToken: 'ann',
  objectIDs: ['p'],
  timestamp: noon,
}
const utf8 = (text: string) => Buffer.from(text)

async function send(path: string, body: string | Buffer | object | undefined, method = 'POST') {
  const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const response = await fetch(`${shop.url}${path}`, {
    method,
    headers: { 'x-algolia-api-key': shop.engine.adminKey },
    ...(raw === undefined ? {} : { body: raw }),
  })
  return { status: response.status, answer: (await response.json()) as { message?: string; status?: number } }
}

async function state(): Promise<unknown> {
  const { events, catalogues, imports } = shop.engine.store
  const { lastSequence } = await events.counts('products' as never)
  return [lastSequence, await catalogues.list(), await catalogues.lastTask('products' as never), await imports.list()]
}

const events = '/1/events'
const batch = '/1/indexes/products/batch'
const jobs = '/haggle/v1/jobs'
const surfaces = '/1/indexes/*/recommendations'
const put = (body: object) => ({ action: 'addObject', body })
const wrong: Readonly<
  Record<string, readonly [string, string | Buffer | object | undefined, number, RegExp, string?]>
> = {
  'broken UTF-8': [events, Buffer.concat([utf8('{"events":["'), Buffer.of(0xff), utf8('"]}')]), 400, /not valid UTF-8/],
  'half-written JSON': [events, '{"events":[', 400, /not valid JSON: Unexpected end/],
  'no body': [events, undefined, 400, /expected a body/],
  'a body that is no object': [events, '"events"', 400, /expected a body/],
  'a gzipped body': [events, gzipSync('{}'), 400, /not valid UTF-8/],
  'a key that would change every object': [events, '{"events":[{"__proto__":{"a":1}}]}', 400, /__proto__/],
  'nesting without end': [events, '['.repeat(900_000), 400, /not valid JSON/],
  'too large a request of events': [
    events,
    { events: [view], pad: 'x'.repeat(2e6) },
    413,
    /2000000 bytes: send it in parts/,
  ],
  'too large a batch': [batch, { requests: [], pad: 'x'.repeat(1e7) }, 413, /10000000 bytes: send it in parts/],
  'too many events': [events, { events: Array(1001).fill(view) }, 400, /at most 1000.*send them in parts/],
  'one wrong event among right ones': [
    events,
    { events: [view, { ...view, objectIDs: [5] }] },
    400,
    /^events\[1\]\.objectIDs\[0\]: /,
  ],
  'a record without id': [
    batch,
    { requests: [put({ objectID: 'new' }), put({ title: 'x' })] },
    400,
    /^requests\[1\]\.body\.objectID|^requests\[1\]/,
  ],
  'an unknown action': [
    batch,
    { requests: [{ action: 'add', body: {} }] },
    400,
    /^requests\[0\]\.action: expected addObject, /,
  ],
  'a batch that is none': [batch, { requests: 'all' }, 400, /^requests: must be array/],
  'an unknown key of a job': [jobs, { kind: 'import', optoins: {} }, 400, /unknown key "optoins"/],
  'a tuning without end': [jobs, { kind: 'tune', options: { budget: { fits: 0 } } }, 400, /options\.budget of tune/],
  'an unknown kind of job': [
    jobs,
    { kind: 'fly' },
    400,
    /^kind: expected import, check, train, tune, untune, evaluate/,
  ],
  'an unknown surface': [
    surfaces,
    { requests: [{ indexName: 'products', model: 'oracle' }] },
    400,
    /^requests\[0\]\.model: expected .*trending-items/,
  ],
  'a word for a number': [
    surfaces,
    { requests: [{ indexName: 'products', model: 'trending-items', maxRecommendations: 'ten' }] },
    400,
    /^requests\[0\]\.maxRecommendations: must be integer/,
  ],
  'an unknown catalogue': [
    surfaces,
    { requests: [{ indexName: 'nope', model: 'trending-items' }] },
    404,
    /nope does not exist/,
  ],
  'an unknown route': ['/1/nothing', {}, 404, /No such route: POST \/1\/nothing/],
  'a path wrongly encoded': ['/1/indexes/products/%ff', undefined, 400, /not a valid url/, 'GET'],
  'an id without end': [`/1/indexes/products/${'x'.repeat(600)}`, undefined, 414, /./, 'GET'],
}

describe('over HTTP', () => {
  for (const [what, [path, body, status, message, method]] of Object.entries(wrong)) {
    it(`${what}: ${status}, and nothing is changed`, async () => {
      const before = await state()
      const refused = await send(path, body, method)
      expect(refused).toEqual({ status, answer: { status, message: expect.stringMatching(message) as string } })
      expect(await state()).toEqual(before)
    })
  }

  it('a misspelt or broken import runs as a job that fails in words and writes nothing', async () => {
    const before = await state()
    const run = async (options: object) => {
      const { answer } = await send(jobs, { kind: 'import', options })
      let job = answer as unknown as { id: string; status: string; error: { code: string; message: string } }
      while (job.status === 'running') job = (await send(`${jobs}/${job.id}`, undefined, 'GET')).answer as never
      return job.error
    }
    const files = [{ path: '/nowhere/log.csv' }]
    expect(await run({ files })).toEqual({ code: 'bad-data', message: '/nowhere/log.csv does not exist.' })
    expect(await run({ files, dryrun: true })).toMatchObject({ message: expect.stringMatching(/"dryrun"/) as string })
    expect(await run({})).toMatchObject({ message: expect.stringMatching(/"files"/) as string })
    expect(await state()).toEqual(before)
  })

  it('an event of an impossible time is left out alone and named; unknown keys and odd letters are taken', async () => {
    const odd = { ...view, userToken: 'a\0\ud800👍', extra: { deep: [[]] } }
    const late = { ...view, timestamp: noon + 86_400_000 }
    const taken = await send(events, { events: [late, odd, view] })
    expect(taken).toEqual({
      status: 200,
      answer: {
        status: 200,
        message: 'OK',
        accepted: 2,
        duplicates: 0,
        rejected: [{ index: 0, reason: 'the time is in the future' }],
      },
    })
    const [kept] = await shop.engine.store.events.ofUser('products' as never, odd.userToken as never, 1)
    expect(kept.userId).toBe(odd.userToken)
  })

  it('of an id that comes twice in a batch the last record stays', async () => {
    const { status } = await send(batch, { requests: [put({ objectID: 'd', n: 1 }), put({ objectID: 'd', n: 2 })] })
    expect(status).toBe(200)
    expect((await send('/1/indexes/products/d', undefined, 'GET')).answer).toEqual({ objectID: 'd', n: 2 })
  })
})
