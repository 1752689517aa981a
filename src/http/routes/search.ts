/**
 * Searching, as the stock clients and UI kits ask: one query, many at once, the values of a facet.
 *
 * Parameters come as fields of the body, as its text `params`, or in the URL; a field stands over the same one in
 * `params`.
 */
import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { HaggleError } from '../../domain/errors.ts'
import type { Json } from '../../domain/item.ts'
import { checkDeadline, type Routes } from '../door.ts'
import { answerSearch, type Asked, readAsked, type Raw } from '../search-wire.ts'

const anything = Type.Object({}, { additionalProperties: true })
const queries = Type.Object(
  {
    requests: Type.Array(
      Type.Object(
        {
          indexName: Type.String({ minLength: 1 }),
          type: Type.Optional(Type.Union([Type.Literal('default'), Type.Literal('facet')])),
          facet: Type.Optional(Type.String({ minLength: 1 })),
        },
        { additionalProperties: true },
      ),
      { minItems: 1, maxItems: 50 },
    ),
    strategy: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('stopIfEnoughMatches')])),
  },
  { additionalProperties: true },
)
type OneIndex = { Params: { index: string } }

export const searchRoutes: Routes = (app, { engine, permit }) => {
  const read = (request: FastifyRequest, index: string, raw: Raw): Asked =>
    readAsked(index, raw, permit(request, 'search', index), request)
  const search = (asked: Asked) => answerSearch(asked, engine.search(asked.request))
  /** `undefined` where there is nothing to wait for. */
  const prepare = (all: readonly Asked[]): Promise<unknown> | undefined => {
    const waiting = all.flatMap(({ request }) => engine.prepareSearch(request) ?? [])
    return waiting.length === 0 ? undefined : Promise.all(waiting)
  }
  const searchOne = (asked: Asked) => prepare([asked])?.then(() => search(asked)) ?? search(asked)
  const facetSearch = (asked: Asked, facet: string) => {
    const { facetQuery = '', maxFacetHits } = asked.raw
    if (typeof facetQuery !== 'string') throw new HaggleError('bad-request', 'facetQuery: expected a string.')
    const limit = maxFacetHits === undefined ? {} : { limit: asked.request.parameters.maxFacetHits }
    const { hits, tookMs } = engine
      .shop(asked.request.index)
      .searchFacet({ ...asked.request, facet, facetQuery, ...limit })
    const processingTimeMS = Math.max(1, Math.round(tookMs))
    return { facetHits: hits, exhaustiveFacetsCount: true, exhaustive: { facetsCount: true }, processingTimeMS }
  }

  app.post<{ Body: Static<typeof queries> }>(
    '/1/indexes/:index/queries',
    { schema: { body: queries } },
    async (request) => {
      const { requests, strategy } = request.body
      const all = requests.map(({ indexName, type, facet, ...raw }) => ({
        ...{ indexName, type, facet },
        asked: read(request, indexName, raw),
      }))
      await prepare(all.flatMap(({ type, asked }) => (type === 'facet' ? [] : [asked])))
      const results: object[] = []
      let enough = false
      const startMs = performance.now()
      for (const { indexName, type, facet, asked } of all) {
        checkDeadline(engine, startMs, results.length, all.length)
        if (type === 'facet') {
          if (facet === undefined) throw new HaggleError('bad-request', 'facet: expected the name of a facet.')
          results.push({ ...facetSearch(asked, facet), index: indexName })
          continue
        }
        if (enough) {
          results.push({ hits: [], page: 0, nbHits: 0, nbPages: 0, hitsPerPage: 0, processed: false, index: indexName })
          continue
        }
        const answer = search(asked)
        results.push(answer)
        enough = strategy === 'stopIfEnoughMatches' && Number(answer.nbHits) >= Number(answer.hitsPerPage)
      }
      return { results }
    },
  )

  app.post<OneIndex & { Body: Record<string, Json> | undefined }>(
    '/1/indexes/:index/query',
    { schema: { body: Type.Optional(anything) } },
    (request) => searchOne(read(request, request.params.index, request.body ?? {})),
  )

  for (const path of ['/1/indexes/:index', '/1/indexes/:index/query']) {
    app.get<OneIndex & { Querystring: Record<string, string> }>(path, (request) =>
      searchOne(read(request, request.params.index, request.query)),
    )
  }

  app.post<{ Params: { index: string; facet: string }; Body: Record<string, Json> | undefined }>(
    '/1/indexes/:index/facets/:facet/query',
    { schema: { body: Type.Optional(anything) } },
    (request) => facetSearch(read(request, request.params.index, request.body ?? {}), request.params.facet),
  )
}
