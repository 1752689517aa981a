/** The catalogue: objects put, changed, read and removed as the stock client's admin calls do it. */
import { randomUUID } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId, ItemId } from '../../domain/ids.ts'
import type { ItemRecord } from '../../domain/item.ts'
import type { ItemChange } from '../../engine.ts'
import { isoNow, type Routes } from '../door.ts'
import { seenBy } from '../seen-by.ts'

const record = Type.Object({}, { additionalProperties: true })
const operation = Type.Object({
  action: Type.Union(
    (
      [
        'addObject',
        'updateObject',
        'partialUpdateObject',
        'partialUpdateObjectNoCreate',
        'deleteObject',
        'delete',
        'clear',
      ] as const
    ).map((action) => Type.Literal(action)),
  ),
  body: Type.Optional(record),
})
/** `indexName` is needed where the path names no index but `*`. */
const batch = Type.Object({
  requests: Type.Array(
    Type.Intersect([operation, Type.Object({ indexName: Type.Optional(Type.String({ minLength: 1 })) })]),
  ),
})
const wanted = Type.Object({
  requests: Type.Array(
    Type.Object({
      indexName: Type.String({ minLength: 1 }),
      objectID: Type.String({ minLength: 1 }),
      attributesToRetrieve: Type.Optional(Type.Array(Type.String())),
    }),
    { maxItems: 1_000 },
  ),
})
type OneObject = { Params: { index: string; objectID: string }; Body: Record<string, unknown> | undefined }

export const objectRoutes: Routes = (app, { engine, permit }) => {
  const allow = (request: FastifyRequest, index: string, changes: readonly ItemChange[]) => {
    const kinds = new Set(changes.map(({ kind }) => rightTo[kind]))
    for (const right of kinds.size === 0 ? ['addObject'] : kinds) permit(request, right, index)
  }
  const change = async (request: FastifyRequest, index: string, changes: readonly ItemChange[]) => {
    allow(request, index, changes)
    return engine.change(index as CatalogueId, changes)
  }

  /** Of one index; `null` for what is not there, or not for this key. */
  const reader = (request: FastifyRequest, index: string) => {
    const catalogue = index as CatalogueId
    const seen = seenBy(permit(request, 'search', index), engine.shops.get(catalogue)?.settings(index) ?? null)
    return async (objectID: string, wanted?: string | readonly string[]) => {
      const found = (await engine.store.catalogues.get(catalogue, [objectID as ItemId])).get(objectID as ItemId)
      return found === undefined ? null : seen(found, wanted)
    }
  }

  app.post<{ Params: { index: string }; Body: Static<typeof batch> }>(
    '/1/indexes/:index/batch',
    { schema: { body: batch } },
    async (request) => {
      const { index } = request.params
      const { requests } = request.body
      const changes = requests.map(readOperation)
      const objectIDs = changes.flatMap(changedId)
      if (index !== '*') return { taskID: await change(request, index, changes), objectIDs }
      const grouped = byIndex(requests, changes)
      for (const [name, own] of grouped) allow(request, name, own)
      const task = await engine.shops.change(grouped)
      return { taskID: Object.fromEntries([...grouped.keys()].map((name) => [name, task])), objectIDs }
    },
  )

  app.post<{ Body: Static<typeof wanted> }>(
    '/1/indexes/:index/objects',
    { schema: { body: wanted } },
    async (request) => {
      const { requests } = request.body
      const reads = requests.map(({ indexName }) => reader(request, indexName))
      const results = []
      for (const [at, { objectID, attributesToRetrieve }] of requests.entries()) {
        results.push(await reads[at](objectID, attributesToRetrieve))
      }
      return { results }
    },
  )

  app.post<{ Params: { index: string }; Body: Record<string, unknown> }>(
    '/1/indexes/:index',
    { schema: { body: record } },
    async (request, reply) => {
      const body = { objectID: randomUUID(), ...request.body }
      const put = readOperation({ action: 'updateObject', body }, 0)
      const taskID = await change(request, request.params.index, [put])
      return reply.status(201).send({ taskID, objectID: changedId(put)[0], createdAt: isoNow(engine) })
    },
  )

  app.put<OneObject>('/1/indexes/:index/:objectID', { schema: { body: record } }, async (request) => {
    const { index, objectID } = request.params
    const put = readOperation({ action: 'updateObject', body: { ...request.body, objectID } }, 0)
    return { taskID: await change(request, index, [put]), objectID, updatedAt: isoNow(engine) }
  })

  app.post<OneObject & { Querystring: { createIfNotExists?: string } }>(
    '/1/indexes/:index/:objectID/partial',
    { schema: { body: record } },
    async (request) => {
      const { index, objectID } = request.params
      const action = request.query.createIfNotExists === 'false' ? 'partialUpdateObjectNoCreate' : 'partialUpdateObject'
      const merge = readOperation({ action, body: { ...request.body, objectID } }, 0)
      return { taskID: await change(request, index, [merge]), objectID, updatedAt: isoNow(engine) }
    },
  )

  app.get<OneObject & { Querystring: { attributesToRetrieve?: string } }>(
    '/1/indexes/:index/:objectID',
    async (request) => {
      const { index, objectID } = request.params
      const found = await reader(request, index)(objectID, request.query.attributesToRetrieve)
      if (found === null) throw new HaggleError('not-found', 'ObjectID does not exist')
      return found
    },
  )

  app.delete<OneObject>('/1/indexes/:index/:objectID', async (request) => {
    const { index, objectID } = request.params
    const taskID = await change(request, index, [{ kind: 'delete', itemId: objectID as ItemId }])
    return { taskID, deletedAt: isoNow(engine) }
  })

  app.post<{ Params: { index: string } }>('/1/indexes/:index/clear', async (request) => ({
    taskID: await change(request, request.params.index, [{ kind: 'clear' }]),
    updatedAt: isoNow(engine),
  }))
}

const rightTo = { put: 'addObject', merge: 'addObject', delete: 'deleteObject', clear: 'deleteIndex' } as const

/** @throws `bad-request` naming the first operation without an index. */
function byIndex(
  requests: Static<typeof batch>['requests'],
  changes: readonly ItemChange[],
): Map<CatalogueId, ItemChange[]> {
  const groups = new Map<CatalogueId, ItemChange[]>()
  for (const [at, { indexName }] of requests.entries()) {
    if (indexName === undefined) throw new HaggleError('bad-request', `requests[${at}].indexName is missing.`)
    const own = groups.get(indexName as CatalogueId)
    if (own === undefined) groups.set(indexName as CatalogueId, [changes[at]])
    else own.push(changes[at])
  }
  return groups
}

/** @throws `bad-request` naming the operation whose object has no id. */
function readOperation(operation: { action: string; body?: Record<string, unknown> }, at: number): ItemChange {
  if (operation.action === 'clear' || operation.action === 'delete') return { kind: 'clear' }
  const objectID = operation.body?.objectID
  const id = typeof objectID === 'number' ? String(objectID) : objectID
  if (typeof id !== 'string' || id === '' || id.length > 500) {
    throw new HaggleError('bad-request', `requests[${at}].body.objectID: expected a text of 1 to 500 characters.`)
  }
  const kept = { ...operation.body, objectID: id } as ItemRecord
  switch (operation.action) {
    case 'deleteObject':
      return { kind: 'delete', itemId: id as ItemId }
    case 'partialUpdateObject':
      return { kind: 'merge', record: kept, createIfMissing: true }
    case 'partialUpdateObjectNoCreate':
      return { kind: 'merge', record: kept, createIfMissing: false }
    default:
      return { kind: 'put', record: kept }
  }
}

function changedId(change: ItemChange): string[] {
  if (change.kind === 'clear') return []
  return [change.kind === 'delete' ? change.itemId : change.record.objectID]
}
