/**
 * What shoppers searched and what came of it, as the stock analytics client asks: `/2/*`.
 *
 * Field names are facts of the wire. Days are UTC; without dates the last eight.
 */
import type { FastifyRequest } from 'fastify'
import { typed } from '../../domain/typed.ts'
import type { NoClicks, SearchFigures, SearchReport } from '../../engine.ts'
import {
  type AnalyticsQuery,
  type AnalyticsQuestion,
  averagePosition,
  clickPositions,
  meanHits,
  type OrderBy,
  readAnalyticsQuestion,
  revenueOf,
  share,
} from '../analytics-wire.ts'
import type { Routes } from '../door.ts'

type Asked = { Querystring: AnalyticsQuery }
type Answer = (report: SearchReport, question: AnalyticsQuestion, attribute: string) => object | Promise<object>

export const analyticsRoutes: Routes = (app, { engine, permit }) => {
  const { currency } = engine.config
  const answer = (path: string, make: Answer): void => {
    app.get<Asked & { Params: { attribute?: string } }>(path, async (request) => {
      const question = read(request)
      const catalogue = engine.shop(question.index).catalogue
      return make(await engine.analytics.searches(catalogue, question), question, request.params.attribute ?? '')
    })
  }
  const read = (request: FastifyRequest<Asked>): AnalyticsQuestion => {
    const { index } = request.query
    permit(request, 'analytics', typeof index === 'string' ? index : undefined)
    return readAnalyticsQuestion(request.query, engine.clock.now())
  }
  const worth = (figures: SearchFigures) => ({
    currencies: revenueOf(figures, currency),
    addToCartRate: share(figures.cartSearches, figures.followed),
    addToCartCount: figures.carts,
    purchaseRate: share(figures.purchaseSearches, figures.followed),
    purchaseCount: figures.purchases,
  })
  const taken = (figures: SearchFigures) => ({
    clickThroughRate: share(figures.clickedSearches, figures.followed),
    conversionRate: share(figures.convertedSearches, figures.followed),
    clickCount: figures.clicks,
    conversionCount: figures.conversions,
  })

  answer('/2/searches', async (report, question) => ({
    searches: page(ordered(await report.queries(), question), question).map(({ query, figures }) => ({
      ...{ search: query, count: figures.searches, nbHits: meanHits(figures) },
      ...(question.clickAnalytics
        ? {
            ...taken(figures),
            averageClickPosition: averagePosition(figures),
            clickPositions: clickPositions(figures),
            trackedSearchCount: figures.followed,
          }
        : {}),
      ...(question.revenueAnalytics ? worth(figures) : {}),
    })),
  }))
  answer(
    '/2/searches/count',
    byDay(({ searches }) => ({ count: searches })),
  )
  answer('/2/searches/noResults', async (report, question) => {
    const without = (await report.queries()).filter(({ figures }) => figures.withoutResults > 0)
    return {
      searches: page(
        most(without, ({ withoutResults }) => withoutResults),
        question,
      ).map(({ query, figures }) => ({
        search: query,
        count: figures.withoutResults,
        withFilterCount: figures.filteredWithoutResults,
      })),
    }
  })
  answer(
    '/2/searches/noResultRate',
    byDay(({ searches, withoutResults }) => ({
      ...{ rate: share(withoutResults, searches) ?? 0, count: searches, noResultCount: withoutResults },
    })),
  )
  answer('/2/searches/noClicks', async (report, question) => {
    const without = (await report.queries()).filter(
      ({ figures }) => figures.followedWithResults > 0 && figures.clicks === 0,
    )
    return {
      searches: page(
        most(without, ({ followedWithResults }) => followedWithResults),
        question,
      ).map(({ query, figures }) => ({ search: query, count: figures.followedWithResults, nbHits: meanHits(figures) })),
    }
  })
  answer('/2/searches/noClickRate', async (report) => {
    const { total, daily } = await report.noClicks()
    const write = ({ followed, withResults, withoutClick }: NoClicks) => ({
      ...{ rate: share(withoutClick, withResults) ?? 0, count: followed, noClickCount: withoutClick },
    })
    return { ...write(total), dates: daily.map((each, at) => ({ date: report.dates[at], ...write(each) })) }
  })

  answer(
    '/2/clicks/clickThroughRate',
    byDay(({ clickedSearches, followed, clicks }) => ({
      ...{ rate: share(clickedSearches, followed), clickCount: clicks, trackedSearchCount: followed },
    })),
  )
  answer(
    '/2/clicks/averageClickPosition',
    byDay((figures) => ({ average: averagePosition(figures), clickCount: figures.placedClicks })),
  )
  answer('/2/clicks/positions', ({ total }) => ({ positions: clickPositions(total) }))

  answer(
    '/2/conversions/conversionRate',
    byDay(({ convertedSearches, followed, conversions }) => ({
      ...{ rate: share(convertedSearches, followed), conversionCount: conversions, trackedSearchCount: followed },
    })),
  )
  answer(
    '/2/conversions/addToCartRate',
    byDay(({ cartSearches, followed, carts }) => ({
      ...{ rate: share(cartSearches, followed), addToCartCount: carts, trackedSearchCount: followed },
    })),
  )
  answer(
    '/2/conversions/purchaseRate',
    byDay(({ purchaseSearches, followed, purchases }) => ({
      ...{ rate: share(purchaseSearches, followed), purchaseCount: purchases, trackedSearchCount: followed },
    })),
  )
  answer(
    '/2/conversions/revenue',
    byDay((figures) => ({ currencies: revenueOf(figures, currency) })),
  )

  answer('/2/hits', async (report, question) => ({
    hits: page(
      most(await report.hits(queryOf(question)), ({ searches }) => searches),
      question,
    ).map(({ itemId, figures }) => ({
      ...{ hit: itemId, count: figures.searches },
      ...(question.clickAnalytics ? { ...taken(figures), trackedHitCount: figures.followed } : {}),
      ...(question.revenueAnalytics ? worth(figures) : {}),
    })),
  }))
  answer('/2/filters', async (report, question) => ({
    attributes: page(await report.filterAttributes(queryOf(question)), question),
  }))
  answer('/2/filters/noResults', async (report, question) => {
    const values = await report.filtersWithoutResults(queryOf(question))
    return { values: values === null ? null : page(values, question) }
  })
  answer('/2/filters/:attribute', async (report, question, attribute) => ({
    values: page(
      (await report.filters(queryOf(question))).filter((each) => each.attribute === attribute),
      question,
    ),
  }))
  answer('/2/users/count', async (report) => {
    const { total, daily } = await report.users()
    return { count: total, dates: daily.map((count, at) => ({ date: report.dates[at], count })) }
  })
  // Nobody asks where a shopper is.
  answer('/2/countries', () => ({ countries: [] }))
  answer('/2/status', ({ updatedAtMs }) => ({
    updatedAt: updatedAtMs === null ? null : new Date(updatedAtMs).toISOString(),
  }))
}

/** Figures of all days together, and of each. */
function byDay(write: (figures: SearchFigures) => object): Answer {
  return ({ total, daily, dates }) => ({
    ...write(total),
    dates: daily.map((figures, at) => ({ date: dates[at], ...write(figures) })),
  })
}

function queryOf({ search }: AnalyticsQuestion): string | null {
  return search === null ? null : typed(search)
}

function page<Each>(list: readonly Each[], { offset, limit }: AnalyticsQuestion): Each[] {
  return list.slice(offset, offset + limit)
}

type Line = { readonly figures: SearchFigures }
const nameOf = (line: object): string => Object.values(line).find((value) => typeof value === 'string') ?? ''
const byName = (a: object, b: object): number => (nameOf(a) < nameOf(b) ? -1 : 1)

/** Most first; of equals in the order of their names, so that pages fit together. */
function most<Each extends Line>(lines: Each[], by: (figures: SearchFigures) => number): Each[] {
  return lines.sort((a, b) => by(b.figures) - by(a.figures) || byName(a, b))
}

const orderings: Readonly<Record<OrderBy, (figures: SearchFigures) => number | null>> = {
  searchCount: ({ searches }) => searches,
  clickThroughRate: ({ clickedSearches, followed }) => share(clickedSearches, followed),
  conversionRate: ({ convertedSearches, followed }) => share(convertedSearches, followed),
  averageClickPosition: averagePosition,
}

/** What is not known comes last either way. */
function ordered<Each extends Line>(lines: Each[], { orderBy, direction }: AnalyticsQuestion): Each[] {
  const sign = direction === 'asc' ? 1 : -1
  const by = ({ figures }: Each) => orderings[orderBy](figures)
  return lines.sort((a, b) => {
    const [one, other] = [by(a), by(b)]
    if (one === null || other === null) return Number(one === null) - Number(other === null) || byName(a, b)
    return sign * (one - other) || byName(a, b)
  })
}
