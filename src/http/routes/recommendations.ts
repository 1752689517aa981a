/** `POST /1/indexes/{any}/recommendations`: the stock recommend client's request, our surfaces included. */
import { type Static, Type } from '@sinclair/typebox'
import type { Refusal } from '../../domain/consent.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId, ItemId, UserId } from '../../domain/ids.ts'
import type { ItemRecord } from '../../domain/item.ts'
import type { Answer, Engine, FilterParameters, Permit, RecommendRequest } from '../../engine.ts'
import { surfaces } from '../../engine.ts'
import { saidConsent } from '../consent-wire.ts'
import { checkDeadline, type Routes } from '../door.ts'
import { orNull } from '../or-null.ts'
import { seenBy } from '../seen-by.ts'

const restriction = Type.Unknown()
const queryParameters = Type.Object({
  userToken: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  filters: Type.Optional(Type.String({ maxLength: 10_000 })),
  facetFilters: Type.Optional(restriction),
  numericFilters: Type.Optional(restriction),
  tagFilters: Type.Optional(restriction),
  attributesToRetrieve: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  hitsPerPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
})
export const question = Type.Object({
  indexName: Type.String({ minLength: 1 }),
  model: Type.Union(surfaces.map((surface) => Type.Literal(surface))),
  objectID: Type.Optional(Type.String({ minLength: 1 })),
  threshold: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  maxRecommendations: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  facetName: Type.Optional(Type.String({ minLength: 1 })),
  facetValue: Type.Optional(orNull(Type.String())),
  userToken: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  queryParameters: Type.Optional(queryParameters),
  fallbackParameters: Type.Optional(queryParameters),
})
const body = Type.Object({ requests: Type.Array(question, { minItems: 1, maxItems: 50 }) })

export const recommendationRoutes: Routes = (app, { engine, permit }) => {
  app.post<{ Body: Static<typeof body> }>('/1/indexes/:index/recommendations', { schema: { body } }, (request) => {
    const permits = request.body.requests.map(({ indexName }) => permit(request, 'recommendation', indexName))
    const said = saidConsent(request)
    const startMs = performance.now()
    const results = request.body.requests.map((each, at) => {
      checkDeadline(engine, startMs, at, permits.length)
      return answer(engine, each, permits[at], said)
    })
    return { results }
  })
}

/** Within what the key lets be seen, and for whom the key says. */
function limited(request: RecommendRequest, { parameters, restrictions, mostHits }: Permit): RecommendRequest {
  const { userToken } = parameters
  return {
    ...request,
    ...(userToken === undefined ? {} : { userId: userToken as UserId }),
    ...(mostHits === null ? {} : { limit: Math.min(request.limit ?? mostHits, mostHits) }),
    demanded: restrictions,
  }
}

function answer(engine: Engine, asked: Static<typeof question>, permit: Permit, refused?: Refusal) {
  const request = { ...limited(readQuestion(asked), permit), refused }
  const settings = engine.shop(request.catalogue).settings(asked.indexName)
  const { facetName = '' } = asked
  if (!permit.seesAll && settings?.unretrievableAttributes?.includes(facetName) === true) {
    throw new HaggleError('bad-request', `facetName: ${facetName} is one of unretrievableAttributes.`)
  }
  const seen = seenBy(permit, settings)
  const wanted = asked.queryParameters?.attributesToRetrieve
  return envelope(asked.indexName, engine.recommend(request), (record) => seen(record, wanted))
}

export function readQuestion(asked: Static<typeof question>): RecommendRequest {
  const parameters = asked.queryParameters ?? {}
  const userToken = asked.userToken ?? parameters.userToken
  // The wire's 0 means "as many as you like".
  const limit = asked.maxRecommendations || parameters.hitsPerPage
  return {
    catalogue: asked.indexName as CatalogueId,
    surface: asked.model,
    userId: userToken === undefined ? null : (userToken as UserId),
    ...(asked.objectID === undefined ? {} : { itemId: asked.objectID as ItemId }),
    ...(asked.facetName === undefined ? {} : { facetName: asked.facetName }),
    ...(typeof asked.facetValue === 'string' ? { facetValue: asked.facetValue } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(asked.threshold === undefined ? {} : { threshold: asked.threshold }),
    restrictions: parameters as FilterParameters,
    ...(asked.fallbackParameters === undefined
      ? {}
      : { fallbackRestrictions: asked.fallbackParameters as FilterParameters }),
  }
}

function envelope(index: string, answered: Answer, seen: (record: ItemRecord) => object | null) {
  const hits =
    answered.surface === 'trending-facets'
      ? answered.facets.map(({ facetName, facetValue, score }) => ({ facetName, facetValue, _score: score }))
      : answered.hits.map(({ item, score, source, because }) => ({
          ...seen(item.record),
          objectID: item.id,
          _score: Math.round(score * 100) / 100,
          _haggle: { source, because },
        }))
  return {
    hits,
    nbHits: hits.length,
    page: 0,
    nbPages: 1,
    hitsPerPage: hits.length,
    index,
    queryID: answered.queryId,
    generation: answered.generation,
    exhaustiveNbHits: true,
    processingTimeMS: Math.max(1, Math.round(answered.tookMs)),
    renderingContent: {},
  }
}
