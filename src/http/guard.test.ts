import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HaggleError } from '../domain/errors.ts'
import { guard } from './guard.ts'

let app: FastifyInstance
let release: () => void
beforeEach(async () => {
  app = fastify({ bodyLimit: 100 })
  await guard(app, { origins: ['https://shop.example'], mostRequests: 3, mostBytes: 150, rate: null })
  app.setErrorHandler((error, _request, reply) =>
    reply.status(error instanceof HaggleError ? error.status : 500).send({ message: String(error) }),
  )
  const open = new Promise<void>((resolve) => {
    release = resolve
  })
  app.post('/slow', async () => {
    await open
    return 'done'
  })
  app.get('/1/indexes/any', () => 'quick')
})
afterEach(() => app.close())

async function slow(bytes: number) {
  const headers = { 'content-type': 'application/json' }
  return app.inject({ method: 'POST', url: '/slow', headers, payload: JSON.stringify('x'.repeat(bytes)) })
}
const statuses = async (all: readonly ReturnType<typeof slow>[]) =>
  (await Promise.all(all)).map(({ statusCode }) => statusCode).sort()

describe('more than can be under way', () => {
  it('of requests is turned away with a 429 until one of them is done', async () => {
    const under = [slow(1), slow(1), slow(1)]
    const fourth = await slow(1)
    expect([fourth.statusCode, fourth.json<{ message: string }>().message]).toEqual([
      429,
      expect.stringMatching(/send this again/),
    ])
    release()
    expect(await statuses(under)).toEqual([200, 200, 200])
    for (let again = 0; again < 10; again++) expect((await slow(1)).statusCode).toBe(200)
  })

  it('of bytes is turned away, but never a request that is alone', async () => {
    const under = [slow(90)]
    expect((await slow(80)).statusCode).toBe(429)
    under.push(slow(40))
    release()
    expect(await statuses(under)).toEqual([200, 200])
    expect((await slow(97)).statusCode).toBe(200)
  })
})

it('lets pages of the origins named ask, and no others', async () => {
  const from = async (origin: string) =>
    (await app.inject({ method: 'GET', url: '/1/indexes/any', headers: { origin } })).headers[
      'access-control-allow-origin'
    ]
  expect(await from('https://shop.example')).toBe('https://shop.example')
  expect(await from('https://evil.example')).toBeUndefined()
  expect(await from('https://shop.example.evil.example')).toBeUndefined()
})
