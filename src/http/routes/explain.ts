/**
 * `POST /haggle/v1/explain`: why a recommendation is made. The question is one of `recommendations`, with the `hit` that
 * is to be explained. It tells what a shopper did: it needs the admin key.
 */
import { type Static, Type } from '@sinclair/typebox'
import type { ItemId } from '../../domain/ids.ts'
import type { Explained } from '../../engine.ts'
import type { Routes } from '../door.ts'
import { orNull } from '../or-null.ts'
import { question, readQuestion } from './recommendations.ts'

const body = Type.Composite([
  question,
  Type.Object({
    hit: Type.String({ minLength: 1, description: 'objectID of the recommendation to be explained' }),
    budget: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2_000, description: 'How many answers may be recomputed; 200 if absent' }),
    ),
  }),
])

const real = Type.Number()
const text = Type.String()
const named = { objectID: text, title: text }
const kind = Type.String({ description: 'linear, attribution or leave-one-out: what the parts mean' })
const account = Type.Object({
  source: text,
  score: orNull(real),
  rest: orNull(real),
  kind: orNull(kind),
  history: Type.Array(Type.Object({ ...named, part: real })),
  voices: Type.Array(Type.Object({ name: text, share: real, score: real, kind })),
  judgement: orNull(
    Type.Object({
      score: real,
      usual: real,
      gap: real,
      parts: Type.Array(Type.Object({ name: text, value: real, usual: real, part: real })),
    }),
  ),
  shared: Type.Array(Type.Object({ tag: text, part: real })),
})
const removal = Type.Object({
  found: Type.Boolean(),
  items: Type.Optional(Type.Array(Type.Object(named))),
  verified: Type.Optional(Type.Boolean()),
  minimal: Type.Optional(Type.Boolean()),
  smallest: Type.Optional(Type.Boolean()),
  rank: Type.Optional(orNull(Type.Integer())),
  reason: Type.Optional(text),
  recomputed: Type.Integer(),
})
const explained = Type.Object({
  hit: Type.Object(named),
  maxRecommendations: Type.Integer(),
  place: orNull(Type.Integer()),
  rank: orNull(Type.Integer()),
  absent: orNull(text),
  account: orNull(account),
  removal: orNull(removal),
})
export type ExplainedHit = Static<typeof explained>

export const explainRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.post<{ Body: Static<typeof body> }>(
    '/haggle/v1/explain',
    { schema: { body, response: { 200: explained } } },
    async (request): Promise<ExplainedHit> => {
      requireAdmin(request)
      const { hit, budget } = request.body
      const asked = engine.people.honoured(readQuestion(request.body))
      const shop = engine.shop(asked.catalogue)
      return onTheWire(
        await shop.explain({ ...asked, hit: hit as ItemId, ...(budget === undefined ? {} : { budget }) }),
      )
    },
  )
}

function onTheWire({ item, limit, place, rank, absent, account: told, removal: drop }: Explained): ExplainedHit {
  return {
    hit: name(item),
    maxRecommendations: limit,
    place,
    rank,
    absent,
    account: told && {
      ...told,
      history: told.history.map(({ item: said, part }) => ({ ...name(said), part })),
      voices: [...told.voices],
      judgement: told.judgement && { ...told.judgement, parts: [...told.judgement.parts] },
      shared: [...told.shared],
    },
    removal: drop?.found === true ? { ...drop, items: drop.items.map(name) } : drop,
  }
}

/** What is gone from the catalogue has no title any more. */
function name(item: Explained['item'] | ItemId): { objectID: string; title: string } {
  return typeof item === 'string' ? { objectID: item, title: '' } : { objectID: item.id, title: item.title }
}
