/** The catalogue, for the people of the shop: browse it, look at any item, and see what a surface would answer. */
import { type Static, Type } from '@sinclair/typebox'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId, GenerationId, ItemId, UserId } from '../../domain/ids.ts'
import { catalogueOf, type Routes, wholeNumber } from '../door.ts'
import { orNull } from '../or-null.ts'
import { cardOf, productCard } from '../product-card.ts'
import { question, readQuestion } from './recommendations.ts'

const list = Type.Object({ items: Type.Array(productCard), total: Type.Integer() })
export type ItemList = Static<typeof list>
const one = Type.Object({
  item: productCard,
  record: Type.Object({}, { additionalProperties: true }),
  tags: Type.Array(Type.String()),
  categoryPath: Type.Array(Type.String()),
  inStock: Type.Boolean(),
  hidden: Type.Boolean(),
  signals: Type.Record(Type.String(), Type.Number(), { description: 'What models are told of it, for a stranger' }),
})
export type ItemView = Static<typeof one>
const hits = Type.Object({
  generation: orNull(Type.String()),
  hits: Type.Array(
    Type.Intersect([
      productCard,
      Type.Object({ score: Type.Number(), source: Type.String(), because: Type.Array(productCard) }),
    ]),
  ),
})
export type Preview = Static<typeof hits>
export type PreviewBody = Static<typeof question>

const searchBody = Type.Object(
  {
    index: Type.String({ minLength: 1 }),
    query: Type.String({ maxLength: 512 }),
    userToken: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    hitsPerPage: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    generation: Type.Optional(Type.String({ description: 'As if it were live; by default the one that is' })),
  },
  { additionalProperties: false },
)
export type SearchPreviewBody = Static<typeof searchBody>
const found = Type.Object({
  nbHits: Type.Integer(),
  plain: Type.Array(productCard, { description: 'The order for everybody' }),
  personal: Type.Array(productCard, { description: 'The order for this shopper; the same for a stranger' }),
})
export type SearchPreview = Static<typeof found>

type Many = { Querystring: { index?: string; text?: string; from?: string; limit?: string } }
type One = { Params: { objectID: string }; Querystring: { index?: string } }

export const itemRoutes: Routes = (app, { engine, requireAdmin }) => {
  const shopOf = (index: string | undefined) => engine.shop(catalogueOf(engine, index))

  app.get<Many>('/haggle/v1/items', { schema: { response: { 200: list } } }, async (request): Promise<ItemList> => {
    requireAdmin(request)
    const { index, text = '', from, limit } = request.query
    const asked = { text, from: Math.max(0, Math.trunc(Number(from)) || 0), limit: wholeNumber(limit, 24, 200) }
    const { items, total } = await shopOf(index).listItems(asked)
    return { items: items.map(cardOf), total }
  })

  app.get<One>('/haggle/v1/items/:objectID', { schema: { response: { 200: one } } }, (request): ItemView => {
    requireAdmin(request)
    const shop = shopOf(request.query.index)
    const itemId = request.params.objectID as ItemId
    const item = shop.item(itemId)
    if (item === undefined) throw new HaggleError('not-found', `There is no item ${itemId} in ${shop.catalogue}.`)
    const { record, tags, categoryPath, inStock, hidden } = item
    const about = { record, tags: [...tags], categoryPath: [...categoryPath], inStock, hidden }
    return { item: cardOf(item), ...about, signals: { ...shop.signals(null, itemId) } }
  })

  app.post<{ Body: SearchPreviewBody }>(
    '/haggle/v1/search-preview',
    { schema: { body: searchBody, response: { 200: found } } },
    async (request): Promise<SearchPreview> => {
      requireAdmin(request)
      const { index, query, userToken, hitsPerPage, generation } = request.body
      const shop = shopOf(index)
      const userId = userToken === undefined ? null : engine.people.name(userToken as UserId)
      // Without `clickAnalytics` nothing is logged as shown, with `analytics: false` nothing counted.
      const common = { query, hitsPerPage, analytics: false, attributesToRetrieve: ['objectID'] }
      const asked = [false, true].map((enablePersonalization) => {
        return { index: index as CatalogueId, userId, parameters: { ...common, enablePersonalization } }
      })
      const [plain, personal] =
        generation === undefined
          ? asked.map((each) => shop.search(each))
          : await shop.searchAs(generation as GenerationId, asked)
      const cards = (hits: readonly Readonly<Record<string, unknown>>[]) =>
        hits.flatMap(({ objectID }) => {
          const item = shop.item(objectID as ItemId)
          return item === undefined ? [] : [cardOf(item)]
        })
      return { nbHits: plain.nbHits, plain: cards(plain.hits), personal: cards(personal.hits) }
    },
  )

  app.post<{ Body: PreviewBody }>(
    '/haggle/v1/preview',
    { schema: { body: question, response: { 200: hits } } },
    (request): Preview => {
      requireAdmin(request)
      const asked = { ...readQuestion(request.body), expose: false }
      const shop = engine.shop(asked.catalogue)
      const answer = shop.recommend(asked)
      return {
        generation: answer.generation,
        hits: answer.hits.map(({ item, score, source, because }) => ({
          ...{ ...cardOf(item), score, source },
          because: because.flatMap((itemId) => {
            const reason = shop.item(itemId)
            return reason === undefined ? [] : [cardOf(reason)]
          }),
        })),
      }
    },
  )
}
