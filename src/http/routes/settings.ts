/** Catalogues and their settings: list, read, change, drop, and whether a task is done. */
import { Type } from '@sinclair/typebox'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import type { Json } from '../../domain/item.ts'
import type { Routes } from '../door.ts'

const settings = Type.Object({}, { additionalProperties: true })
type OneIndex = { Params: { index: string } }

export const settingRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get('/1/indexes', async (request) => {
    requireAdmin(request)
    const items = (await engine.store.catalogues.list()).map((each) => ({
      name: each.catalogue,
      entries: each.itemCount,
      createdAt: new Date(each.createdAtMs).toISOString(),
      updatedAt: new Date(each.updatedAtMs).toISOString(),
      pendingTask: false,
    }))
    return { items, nbPages: 1 }
  })

  app.get<{ Params: { index: string; taskID: string } }>('/1/indexes/:index/task/:taskID', async (request) => {
    const { index, taskID } = request.params
    if (!/^\d+$/.test(taskID)) throw new HaggleError('bad-request', `taskID: expected a number, got "${taskID}".`)
    const published = Number(taskID) <= (await engine.store.catalogues.lastTask(index as CatalogueId))
    return { status: published ? 'published' : 'notPublished', pendingTask: !published }
  })

  app.get<OneIndex>('/1/indexes/:index/settings', async (request) => {
    requireAdmin(request)
    engine.shop(request.params.index as CatalogueId)
    return engine.store.catalogues.settings(request.params.index as CatalogueId)
  })

  app.put<OneIndex & { Body: Record<string, Json> }>(
    '/1/indexes/:index/settings',
    { schema: { body: settings } },
    async (request) => {
      requireAdmin(request)
      const catalogue = request.params.index as CatalogueId
      // A stock admin script sets the settings of an index before it has any object.
      await engine.change(catalogue, [])
      const taskID = await engine.store.catalogues.changeSettings(catalogue, request.body, engine.clock.now())
      return { taskID, updatedAt: new Date(engine.clock.now()).toISOString() }
    },
  )

  app.delete<OneIndex>('/1/indexes/:index', async (request) => {
    requireAdmin(request)
    const taskID = await engine.drop(request.params.index as CatalogueId)
    return { taskID, deletedAt: new Date(engine.clock.now()).toISOString() }
  })
}
