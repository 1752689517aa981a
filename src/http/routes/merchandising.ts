/** `POST /haggle/v1/merchandising/preview`: a search as it is, beside what it would be with rules, synonyms and settings not saved yet. */
import { type Static, Type } from '@sinclair/typebox'
import type { CatalogueId, ItemId } from '../../domain/ids.ts'
import type { Engine, Raw } from '../../engine.ts'
import type { Routes } from '../door.ts'
import { cardOf, productCard } from '../product-card.ts'

const record = Type.Unsafe<Raw>(Type.Object({}, { additionalProperties: true }))
const ids = Type.Array(Type.String(), { maxItems: 10_000 })
const body = Type.Object(
  {
    index: Type.String({ minLength: 1 }),
    query: Type.String({ maxLength: 512 }),
    hitsPerPage: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    ruleContexts: Type.Array(Type.String(), { default: [] }),
    atMs: Type.Optional(
      Type.Number({ description: 'When it is searched: for rules with a time window. Now where absent' }),
    ),
    rules: Type.Optional(Type.Array(record, { maxItems: 1_000, description: 'Changed or new ones' })),
    synonyms: Type.Optional(Type.Array(record, { maxItems: 1_000 })),
    withoutRules: Type.Optional(ids),
    withoutSynonyms: Type.Optional(ids),
    settings: Type.Optional(record),
  },
  { additionalProperties: false },
)
export type MerchandisingBody = Static<typeof body>

const side = Type.Object({
  nbHits: Type.Integer(),
  query: Type.String({ description: 'What was searched in the end: rules may change it' }),
  appliedRules: Type.Array(Type.String()),
  hits: Type.Array(Type.Intersect([productCard, Type.Object({ pinned: Type.Boolean() })])),
})
const answer = Type.Object({ before: side, after: side })
export type MerchandisingPreview = Static<typeof answer>

export const merchandisingRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.post<{ Body: MerchandisingBody }>(
    '/haggle/v1/merchandising/preview',
    { schema: { body, response: { 200: answer } } },
    async (request): Promise<MerchandisingPreview> => {
      requireAdmin(request)
      const { query, hitsPerPage, ruleContexts, atMs = engine.clock.now(), ...draft } = request.body
      const index = draft.index as CatalogueId
      const shop = engine.shop(index)
      const ask = (changes: Parameters<typeof engine.shops.preview>[1]) =>
        engine.shops.preview(
          {
            ...{ index, userId: null },
            parameters: { query, hitsPerPage, ruleContexts, attributesToRetrieve: ['objectID'], getRankingInfo: true },
          },
          changes,
          atMs,
        )
      return { before: onTheWire(shop, await ask({})), after: onTheWire(shop, await ask(draft)) }
    },
  )
}

type Shop = ReturnType<Engine['shop']>
type Result = ReturnType<Shop['preview']>

function onTheWire(shop: Shop, { nbHits, query, queryAfterRemoval, appliedRules, hits }: Result) {
  return {
    ...{ nbHits, query: queryAfterRemoval ?? query, appliedRules: [...appliedRules] },
    hits: hits.flatMap(({ objectID, _rankingInfo }) => {
      const item = shop.item(objectID as ItemId)
      if (item === undefined) return []
      return [{ ...cardOf(item), pinned: (_rankingInfo as { promoted?: boolean }).promoted === true }]
    }),
  }
}
