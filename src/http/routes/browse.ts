/** Everything that matches, page by page in the order of ids, and removing it: for admin scripts, not for shoppers. */
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId, ItemId } from '../../domain/ids.ts'
import type { Json } from '../../domain/item.ts'
import { isoNow, type Routes } from '../door.ts'
import { type BrowseState, type Raw, readAsked, readCursor, writeCursor } from '../search-wire.ts'

const anything = Type.Object({}, { additionalProperties: true })
const pageOf = 1_000
type OneIndex = { Params: { index: string }; Body: Record<string, Json> | undefined }

export const browseRoutes: Routes = (app, { engine, permit }) => {
  const browse = (request: FastifyRequest, index: string, body: Raw) => {
    const { cursor, ...own } = body
    const {
      asked,
      after,
      page: reached,
    }: BrowseState = typeof cursor === 'string' ? readCursor(cursor) : { asked: own, after: null, page: 0 }
    const permission = permit(request, 'browse', index)
    const { request: question, raw } = readAsked(index, asked, permission, request)
    const { hitsPerPage = pageOf, query = '', page: first = 0 } = question.parameters
    const page = reached || first
    const wanted = after === null ? hitsPerPage * (first + 1) : hitsPerPage
    const found = engine.shop(question.index).browse(question, { after: after as ItemId | null, limit: wanted })
    const hits = after === null ? found.hits.slice(hitsPerPage * first) : found.hits
    const more = found.last !== null && { asked, after: found.last, page: page + 1 }
    return {
      ...(more === false ? {} : { cursor: writeCursor(more) }),
      hits,
      nbHits: found.total,
      page,
      nbPages: hitsPerPage === 0 ? 0 : Math.ceil(found.total / hitsPerPage),
      hitsPerPage,
      query,
      params: typeof raw.params === 'string' ? raw.params : '',
      processingTimeMS: 1,
    }
  }

  app.post<OneIndex>('/1/indexes/:index/browse', { schema: { body: Type.Optional(anything) } }, (request) =>
    browse(request, request.params.index, request.body ?? {}),
  )
  app.get<OneIndex & { Querystring: Record<string, string> }>('/1/indexes/:index/browse', (request) =>
    browse(request, request.params.index, request.query),
  )

  app.post<OneIndex>('/1/indexes/:index/deleteByQuery', { schema: { body: anything } }, async (request) => {
    const { index } = request.params
    const permission = permit(request, 'deleteIndex', index)
    const { request: question, raw } = readAsked(index, request.body ?? {}, permission, request)
    // A slip of the pen must not empty the shop.
    if (!restricting.some((name) => raw[name] !== undefined && raw[name] !== '')) {
      throw new HaggleError(
        'bad-request',
        `deleteBy: expected one of ${restricting.join(', ')}; \`clear\` removes all.`,
      )
    }
    const taskID = await engine.shops.deleteBy(index as CatalogueId, question)
    return { taskID, updatedAt: isoNow(engine) }
  })
}

const restricting = [
  'filters',
  'facetFilters',
  'numericFilters',
  'tagFilters',
  'aroundLatLng',
  'insideBoundingBox',
  'insidePolygon',
] as const
