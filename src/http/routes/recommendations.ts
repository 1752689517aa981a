/** `POST /1/indexes/{any}/recommendations`: the stock recommend client's request, our surfaces included. */
import { type Static, Type } from '@sinclair/typebox'
import type { CatalogueId, ItemId, UserId } from '../../domain/ids.ts'
import type { Answer, Engine, FilterParameters, RecommendRequest } from '../../engine.ts'
import { surfaces } from '../../engine.ts'
import type { Routes } from '../door.ts'
import { orNull } from '../or-null.ts'

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
    for (const { indexName } of request.body.requests) permit(request, 'recommendation', indexName)
    return { results: request.body.requests.map((each) => answer(engine, each)) }
  })
}

function answer(engine: Engine, asked: Static<typeof question>) {
  const answered = engine.recommend(readQuestion(asked))
  return envelope(asked.indexName, answered, wanted(asked.queryParameters?.attributesToRetrieve))
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

function envelope(index: string, answered: Answer, keep: (attribute: string) => boolean) {
  const hits =
    answered.surface === 'trending-facets'
      ? answered.facets.map(({ facetName, facetValue, score }) => ({ facetName, facetValue, _score: score }))
      : answered.hits.map(({ item, score, source, because }) => ({
          ...Object.fromEntries(Object.entries(item.record).filter(([attribute]) => keep(attribute))),
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

function wanted(attributes: string | readonly string[] | undefined): (attribute: string) => boolean {
  if (attributes === undefined) return () => true
  const names = new Set(typeof attributes === 'string' ? attributes.split(',').map((name) => name.trim()) : attributes)
  if (names.has('*')) return (attribute) => !names.has(`-${attribute}`)
  return (attribute) => names.has(attribute)
}
