/** Shoppers, for the people of the shop: find one, see what is known of them and why, take it away as a file. */
import { type Static, Type } from '@sinclair/typebox'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId, ItemId, UserId } from '../../domain/ids.ts'
import type { Engine } from '../../engine.ts'
import { catalogueOf, type Routes, wholeNumber } from '../door.ts'
import { orNull } from '../or-null.ts'
import { cardOf, productCard } from '../product-card.ts'

const text = Type.String()
const count = Type.Integer()
const segment = Type.String({ description: 'stranger, dormant, loyal, new, regular or casual' })
const list = Type.Object({
  shoppers: Type.Array(Type.Object({ userToken: text, eventCount: count, lastMs: count, purchases: count, segment })),
})
export type ShopperList = Static<typeof list>

const act = Type.Object({
  type: text,
  timeMs: count,
  query: orNull(text),
  name: text,
  queryID: orNull(text),
  item: orNull(productCard),
})
const shopper = Type.Object({
  userToken: text,
  eventCount: count,
  firstMs: count,
  lastMs: count,
  habits: Type.Object({
    segment,
    priceSegment: Type.String({ description: 'unknown, budget, middle or premium' }),
    byType: Type.Record(Type.String(), Type.Integer()),
    visits: count,
    activeDays: count,
    hours: Type.Array(Type.Number(), { description: 'Events by hour of the day, UTC' }),
    weekdays: Type.Array(Type.Number(), { description: 'Events by day of the week, UTC, Sunday first' }),
    daysBetweenPurchases: orNull(Type.Number()),
    daysSinceLast: Type.Number(),
  }),
  interests: Type.Array(
    Type.Object({ tag: text, kind: text, strength: Type.Number(), evidence: Type.Number(), lastMs: count }),
  ),
  searches: Type.Array(text),
  history: Type.Array(
    Type.Object({
      item: productCard,
      weight: Type.Number(),
      views: count,
      carts: count,
      purchases: Type.Number(),
      lastMs: count,
    }),
  ),
  timeline: Type.Array(act, { description: 'The latest 200 events, newest first' }),
})
export type ShopperView = Static<typeof shopper>

type One = { Params: { userToken: string }; Querystring: { index?: string } }
type Many = { Querystring: { index?: string; text?: string; limit?: string } }
const timelineLength = 200
const exported = 1_000_000

export const shopperRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<Many>('/haggle/v1/shoppers', { schema: { response: { 200: list } } }, (request): ShopperList => {
    requireAdmin(request)
    const { index, text: wanted = '', limit } = request.query
    const found = engine.shop(catalogueOf(engine, index)).shoppers(wanted, wholeNumber(limit, 20, 200))
    return { shoppers: found.map(({ userId, ...rest }) => ({ userToken: userId, ...rest })) }
  })

  app.get<One>('/haggle/v1/shoppers/:userToken', { schema: { response: { 200: shopper } } }, (request) => {
    requireAdmin(request)
    return viewOf(
      engine,
      catalogueOf(engine, request.query.index),
      engine.people.name(request.params.userToken as UserId),
    )
  })

  app.get<One>('/haggle/v1/shoppers/:userToken/export', async (request, reply) => {
    requireAdmin(request)
    const everything = await exportOf(engine, request.params.userToken as UserId, request.query.index)
    return reply.header('content-disposition', 'attachment; filename="shopper.json"').send(everything)
  })
}

/** All that is held on a shopper, by any of their names: in the index named, or in every one there is or ever was. */
async function exportOf({ store, shops, people }: Engine, userToken: UserId, index?: string): Promise<object> {
  for (const shop of shops.all()) await shop.flush()
  const names = await people.namesOf(userToken)
  const held = await Promise.all(names.map((name) => store.events.cataloguesOf(name)))
  const catalogues = index === undefined ? [...new Set(held.flat())].sort() : [index as CatalogueId]
  const ofAll = async <Each>(read: (name: UserId) => Promise<Each[]>) => (await Promise.all(names.map(read))).flat()
  const indices = catalogues.map(async (catalogue) => ({
    index: catalogue,
    profile: names.map((name) => shops.get(catalogue)?.profile(name) ?? null).find((each) => each !== null) ?? null,
    events: await ofAll((name) => store.events.ofUser(catalogue, name, exported)),
    exposures: await ofAll((name) => store.exposures.ofUser(catalogue, name, exported)),
  }))
  return { userToken, consent: people.consent(userToken), indices: await Promise.all(indices) }
}

async function viewOf(engine: Engine, catalogue: CatalogueId, userId: UserId): Promise<ShopperView> {
  const shop = engine.shop(catalogue)
  const profile = shop.profile(userId)
  const habits = shop.habits(userId)
  if (profile === null || habits === null) {
    throw new HaggleError('not-found', `Nothing is known of shopper ${userId} in ${catalogue}.`)
  }
  const card = (itemId: ItemId) => {
    const item = shop.item(itemId)
    const gone = { objectID: itemId, title: '', brand: null, category: null, priceMinor: null, image: null }
    return item === undefined ? gone : cardOf(item)
  }
  const events = await engine.store.events.ofUser(catalogue, userId, timelineLength)
  return {
    userToken: userId,
    eventCount: profile.eventCount,
    firstMs: profile.firstMs,
    lastMs: profile.lastMs,
    habits: { ...habits, hours: [...habits.hours], weekdays: [...habits.weekdays] },
    interests: [...profile.interests],
    searches: [...profile.searches],
    history: profile.history.map(({ itemId, weight, views, carts, purchases, lastMs }) => ({
      ...{ item: card(itemId), weight, views, carts, purchases, lastMs },
    })),
    timeline: events.map(({ type, timeMs, query, name, queryId, itemId }) => ({
      ...{ type, timeMs, query, name, queryID: queryId, item: itemId === null ? null : card(itemId) },
    })),
  }
}
