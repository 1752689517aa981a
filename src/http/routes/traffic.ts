/** What comes in and what comes of it: the overview, the latest events with their fates, a check for integrators. */
import { type Static, Type } from '@sinclair/typebox'
import type { CatalogueId, ItemId } from '../../domain/ids.ts'
import type { ShopEvent } from '../../domain/event.ts'
import type { Attention, Engine, EventFate, Overview, QualityReport } from '../../engine.ts'
import { catalogueOf, type Routes, wholeNumber } from '../door.ts'
import { orNull } from '../or-null.ts'

const plain = <Value>(description: string) =>
  Type.Unsafe<Value>(Type.Object({}, { additionalProperties: true, description }))
const text = Type.String()

const overview = Type.Object({
  overview: plain<Overview>('Counts and rates of the period, the one before, each surface and each generation'),
  attention: Type.Array(
    Type.Object({
      code: Type.Unsafe<Attention['code']>(Type.String()),
      severity: Type.Unsafe<Attention['severity']>(Type.String({ description: 'info, warning or error' })),
      detail: text,
    }),
  ),
})
export type OverviewAnswer = Static<typeof overview>

const fate = Type.Object({
  type: text,
  timeMs: Type.Number(),
  userToken: text,
  name: text,
  objectID: orNull(text),
  title: text,
  query: orNull(text),
  queryID: orNull(text),
  position: orNull(Type.Integer()),
  dropped: orNull(Type.Object({ rule: text, why: text })),
  touched: Type.Array(text, { description: 'Cleaning rules that mended or noted something' }),
  answer: orNull(
    Type.Object({
      queryID: text,
      surface: text,
      generation: orNull(text),
      timeMs: Type.Number(),
      position: orNull(Type.Integer()),
      by: Type.String({ description: 'query-id: it names the answer; last-seen: the last one that showed the item' }),
    }),
  ),
  unjoined: orNull(Type.String({ description: 'about-no-item, unknown-answer or nothing-shown' })),
})
export type Fate = Static<typeof fate>

const latest = Type.Object({
  events: Type.Array(fate),
  refused: Type.Array(Type.Object({ atMs: Type.Number(), reason: text, events: orNull(Type.Integer()) })),
})
export type LatestEvents = Static<typeof latest>

const validation = Type.Object({
  events: Type.Array(Type.Object({ index: Type.Integer(), problem: orNull(text), fates: Type.Array(fate) })),
})
export type Validation = Static<typeof validation>

const quality = Type.Object({
  quality: orNull(plain<QualityReport>('What each cleaning rule touched')),
  atMs: orNull(Type.Number()),
})
export type QualityAnswer = Static<typeof quality>

type Asked = { Querystring: { index?: string; hours?: string; minutes?: string; limit?: string } }

export const trafficRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<Asked>('/haggle/v1/overview', { schema: { response: { 200: overview } } }, async (request) => {
    requireAdmin(request)
    const { index, hours, minutes } = request.query
    const catalogue = catalogueOf(engine, index)
    const asked = { hours: wholeNumber(hours, 24, 400), minutes: wholeNumber(minutes, 60, 1440) }
    const found = await engine.analytics.overview(catalogue, asked)
    return { overview: found, attention: await engine.attention(catalogue, found) }
  })

  app.get<Asked>(
    '/haggle/v1/events',
    { schema: { response: { 200: latest } } },
    async (request): Promise<LatestEvents> => {
      requireAdmin(request)
      const catalogue = catalogueOf(engine, request.query.index)
      const events = await engine.analytics.latest(catalogue, wholeNumber(request.query.limit, 50, 500))
      return { events: events.map((each) => onTheWire(engine, each)), refused: [...engine.analytics.refused] }
    },
  )

  app.post(
    '/haggle/v1/events/validate',
    { schema: { response: { 200: validation } } },
    async (request): Promise<Validation> => {
      requireAdmin(request)
      const checks = await engine.analytics.validate(request.body)
      return {
        events: checks.map(({ index, problem, fates }) => ({
          ...{ index, problem, fates: fates.map((each) => onTheWire(engine, each)) },
        })),
      }
    },
  )

  app.get<Asked>(
    '/haggle/v1/quality',
    { schema: { response: { 200: quality } } },
    async (request): Promise<QualityAnswer> => {
      requireAdmin(request)
      const kept = await engine.store.reports.latest(catalogueOf(engine, request.query.index), 'quality')
      return { quality: kept === null ? null : (kept.report as unknown as QualityReport), atMs: kept?.atMs ?? null }
    },
  )
}

function onTheWire(engine: Engine, { event, dropped, touched, answer, unjoined }: EventFate<ShopEvent>): Fate {
  const { catalogue, type, timeMs, userId, name, itemId, query, queryId, position } = event
  return {
    ...{ type, timeMs, userToken: userId, name, objectID: itemId, query, queryID: queryId, position },
    title: itemId === null ? '' : titleOf(engine, catalogue, itemId),
    dropped,
    touched: [...touched],
    unjoined,
    answer: answer && {
      queryID: answer.exposure.queryId,
      surface: answer.exposure.surface,
      generation: answer.exposure.generation,
      timeMs: answer.exposure.timeMs,
      position: answer.position,
      by: answer.by,
    },
  }
}

function titleOf(engine: Engine, catalogue: CatalogueId, itemId: ItemId): string {
  return engine.shops.get(catalogue)?.item(itemId)?.title ?? ''
}
