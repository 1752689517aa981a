/** Keys and their rights; for the admin key only, but each key may look itself up. */
import { type Static, Type } from '@sinclair/typebox'
import type { Json } from '../../domain/item.ts'
import type { Keyring } from '../../engine.ts'
import { isoNow, type Routes } from '../door.ts'

const rights = Type.Object({ acl: Type.Unknown() }, { additionalProperties: true })
const usualGraceSeconds = 86_400
const rotation = Type.Object(
  {
    graceSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 31_536_000, description: 'How long the old key works on; a day if absent' }),
    ),
  },
  { additionalProperties: false },
)
type Body = { Body: { [name: string]: Json } }
type OneKey = { Params: { key: string } }

export const keyRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get('/1/keys', (request) => {
    requireAdmin(request)
    return { keys: engine.keys.list().map(describe) }
  })

  app.post<Body>('/1/keys', { schema: { body: rights } }, async (request, reply) => {
    requireAdmin(request)
    const key = await engine.keys.add(request.body)
    return reply.status(201).send({ key, createdAt: isoNow(engine) })
  })

  app.get<OneKey>('/1/keys/:key', (request) => {
    // Who has the key may know what it may do.
    if (request.headers['x-algolia-api-key'] !== request.params.key) requireAdmin(request)
    return describe(engine.keys.get(request.params.key))
  })

  app.put<OneKey & Body>('/1/keys/:key', { schema: { body: rights } }, async (request) => {
    requireAdmin(request)
    await engine.keys.update(request.params.key, request.body)
    return { key: request.params.key, updatedAt: isoNow(engine) }
  })

  app.delete<OneKey>('/1/keys/:key', async (request) => {
    requireAdmin(request)
    await engine.keys.remove(request.params.key)
    return { deletedAt: isoNow(engine) }
  })

  app.post<OneKey & { Body: Static<typeof rotation> | undefined }>(
    '/1/keys/:key/rotate',
    { schema: { body: Type.Optional(rotation) } },
    async (request, reply) => {
      requireAdmin(request)
      const { graceSeconds = usualGraceSeconds } = request.body ?? {}
      const key = await engine.keys.rotate(request.params.key, graceSeconds)
      return reply.status(201).send({ key, createdAt: isoNow(engine), graceSeconds })
    },
  )

  app.post<OneKey>('/1/keys/:key/restore', async (request) => {
    requireAdmin(request)
    await engine.keys.restore(request.params.key)
    return { key: request.params.key, createdAt: isoNow(engine) }
  })
}

function describe({ value, createdAtMs, ...own }: ReturnType<Keyring['get']>) {
  return { ...(value === null ? {} : { value }), createdAt: Math.floor(createdAtMs / 1000), ...own }
}
