/** How an index is searched: its settings, read and changed. */
import { Type } from '@sinclair/typebox'
import type { CatalogueId } from '../../domain/ids.ts'
import type { Json } from '../../domain/item.ts'
import { isoNow, type Routes } from '../door.ts'

const settings = Type.Object({}, { additionalProperties: true })
type OneIndex = { Params: { index: string } }

export const settingRoutes: Routes = (app, { engine, permit }) => {
  app.get<OneIndex>('/1/indexes/:index/settings', async (request) => {
    const index = request.params.index as CatalogueId
    permit(request, 'settings', index)
    engine.shop(index)
    // `null` takes a setting back.
    const { virtual: _, ...kept } = await engine.store.catalogues.settings(index)
    return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null))
  })

  app.put<OneIndex & { Body: Record<string, Json>; Querystring: { forwardToReplicas?: string } }>(
    '/1/indexes/:index/settings',
    { schema: { body: settings } },
    async (request) => {
      const index = request.params.index as CatalogueId
      permit(request, 'editSettings', index)
      const forward = request.query.forwardToReplicas === 'true'
      const taskID = await engine.shops.changeSettings(index, request.body, forward)
      return { taskID, updatedAt: isoNow(engine) }
    },
  )
}
