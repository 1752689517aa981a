/** `POST /haggle/v1/compare`: two generations side by side on sample shoppers, beside what those then did. */
import { type Static, Type } from '@sinclair/typebox'
import { eventTypes } from '../../domain/event.ts'
import type { GenerationId } from '../../domain/ids.ts'
import type { Compared } from '../../engine.ts'
import { catalogueOf, type Routes } from '../door.ts'
import { cardOf, productCard } from '../product-card.ts'

const body = Type.Object(
  {
    index: Type.Optional(Type.String({ minLength: 1 })),
    generations: Type.Tuple([Type.String(), Type.String()]),
    surface: Type.Union(
      (['recommended-for-you', 'session', 'next-basket'] as const).map((surface) => Type.Literal(surface)),
      { default: 'recommended-for-you' },
    ),
    shoppers: Type.Integer({ minimum: 1, maximum: 50, default: 6 }),
    limit: Type.Integer({ minimum: 1, maximum: 50, default: 8 }),
    seed: Type.String({ default: '1', description: 'Other shoppers for another seed' }),
  },
  { additionalProperties: false },
)
export type CompareBody = Static<typeof body>

const shopper = Type.Object({
  userToken: Type.String(),
  known: Type.Array(productCard, { description: 'What they had had to do with, latest last' }),
  lists: Type.Array(
    Type.Array(Type.Intersect([productCard, Type.Object({ score: Type.Number(), source: Type.String() })])),
    { description: 'What each generation would have shown, in the order asked' },
  ),
  done: Type.Array(
    Type.Intersect([
      productCard,
      Type.Object({ type: Type.Union(eventTypes.map((type) => Type.Literal(type))), isNew: Type.Boolean() }),
    ]),
    { description: 'What they went for after the cut, and whether for the first time' },
  ),
})
const answer = Type.Object({
  cutMs: Type.Number({ description: 'The moment as of which both were asked' }),
  knewOutcome: Type.Array(Type.Boolean(), { description: 'Whether each had learnt from what followed' }),
  candidates: Type.Integer({ description: 'Shoppers who went on after the cut' }),
  shoppers: Type.Array(shopper),
})
export type ComparedAnswer = Static<typeof answer>

export const compareRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.post<{ Body: CompareBody }>(
    '/haggle/v1/compare',
    { schema: { body, response: { 200: answer } } },
    async (request): Promise<ComparedAnswer> => {
      requireAdmin(request)
      const { index, generations, ...asked } = request.body
      const catalogue = catalogueOf(engine, index)
      const [left, right] = generations as [GenerationId, GenerationId]
      return onTheWire(await engine.shop(catalogue).compare({ ...asked, catalogue, generations: [left, right] }))
    },
  )
}

function onTheWire({ shoppers, knewOutcome, ...rest }: Compared): ComparedAnswer {
  return {
    ...rest,
    knewOutcome: [...knewOutcome],
    shoppers: shoppers.map(({ userId, known, lists, done }) => ({
      userToken: userId,
      known: known.map(cardOf),
      lists: lists.map((list) => list.map(({ item, score, source }) => ({ ...cardOf(item), score, source }))),
      done: done.map(({ item, type, isNew }) => ({ ...cardOf(item), type, isNew })),
    })),
  }
}
