/** Indices as a whole: list, copy, move, drop, and whether a task is done. */
import { type Static, Type } from '@sinclair/typebox'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import { isoNow, type Routes } from '../door.ts'

const word = <Word extends string>(...words: readonly Word[]) => Type.Union(words.map((each) => Type.Literal(each)))
const operation = Type.Object({
  operation: word('copy', 'move'),
  destination: Type.String({ minLength: 1, maxLength: 256 }),
  scope: Type.Optional(Type.Array(word('settings', 'rules', 'synonyms'))),
})
type OneIndex = { Params: { index: string } }

export const indexRoutes: Routes = (app, { engine, permit }) => {
  app.get('/1/indexes', async (request) => {
    permit(request, 'listIndexes')
    const items = []
    for (const each of await engine.store.catalogues.list()) {
      const { primary, replicas, virtual } = await engine.store.catalogues.settings(each.catalogue)
      const ofPrimary = typeof primary === 'string'
      items.push({
        name: each.catalogue,
        entries: ofPrimary ? (engine.shops.get(primary as CatalogueId)?.itemCount ?? 0) : each.itemCount,
        createdAt: new Date(each.createdAtMs).toISOString(),
        updatedAt: new Date(each.updatedAtMs).toISOString(),
        dataSize: 0,
        fileSize: 0,
        lastBuildTimeS: 0,
        numberOfPendingTasks: 0,
        pendingTask: false,
        ...(ofPrimary ? { primary, virtual: virtual === true } : {}),
        ...(Array.isArray(replicas) ? { replicas: replicas as string[] } : {}),
      })
    }
    return { items, nbPages: 1 }
  })

  app.get<{ Params: { index: string; taskID: string } }>('/1/indexes/:index/task/:taskID', async (request) => {
    const { index, taskID } = request.params
    // Whoever may change anything may wait for it.
    permit(request, null, index)
    if (!/^\d+$/.test(taskID)) throw new HaggleError('bad-request', `taskID: expected a number, got "${taskID}".`)
    // A task has its number once it is done; whether this process answers by it is another question.
    const published = Number(taskID) <= engine.followed
    return { status: published ? 'published' : 'notPublished', pendingTask: !published }
  })

  app.post<OneIndex & { Body: Static<typeof operation> }>(
    '/1/indexes/:index/operation',
    { schema: { body: operation } },
    async (request) => {
      const source = request.params.index as CatalogueId
      const { operation: kind, destination, scope = null } = request.body
      const target = destination as CatalogueId
      for (const index of [source, target]) permit(request, 'addObject', index)
      if (kind === 'move') permit(request, 'deleteIndex', source)
      const taskID = await (kind === 'move'
        ? engine.shops.move(source, target)
        : engine.shops.copy(source, target, scope === null || scope.length === 0 ? null : scope))
      return { taskID, updatedAt: isoNow(engine) }
    },
  )

  app.delete<OneIndex>('/1/indexes/:index', async (request) => {
    permit(request, 'deleteIndex', request.params.index)
    const taskID = await engine.shops.drop(request.params.index as CatalogueId)
    return { taskID, deletedAt: isoNow(engine) }
  })
}
