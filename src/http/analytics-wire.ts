/** What a question about searches may say, read from its URL, and how figures are written in its answer. */
import { dayMs } from '../base/clock.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { places, type SearchFigures } from '../engine.ts'

export type AnalyticsQuery = Readonly<Record<string, string | string[] | undefined>>

export interface AnalyticsQuestion {
  readonly index: CatalogueId
  /** Whole days since 1970, UTC. */
  readonly fromDay: number
  readonly days: number
  readonly tags?: string
  /** `null`: of all. */
  readonly search: string | null
  readonly limit: number
  readonly offset: number
  readonly clickAnalytics: boolean
  readonly revenueAnalytics: boolean
  readonly orderBy: OrderBy
  readonly direction: 'asc' | 'desc'
}

/** A line of `GET /2/searches`; rates with `clickAnalytics` only. */
export interface TopSearch {
  readonly search: string
  readonly count: number
  readonly nbHits: number
  readonly trackedSearchCount?: number
  readonly clickThroughRate?: number | null
  readonly conversionRate?: number | null
  readonly averageClickPosition?: number | null
}

/** A line of `GET /2/hits`. */
export interface TopHit {
  readonly hit: string
  readonly count: number
  readonly clickThroughRate?: number | null
  readonly conversionRate?: number | null
}

const orders = ['searchCount', 'clickThroughRate', 'conversionRate', 'averageClickPosition'] as const
export type OrderBy = (typeof orders)[number]

const usualDays = 8
const mostDays = 400

/** @throws `bad-request` naming the parameter */
export function readAnalyticsQuestion(query: AnalyticsQuery, nowMs: number): AnalyticsQuestion {
  const { index, search = null, tags } = texts(query)
  if (index === undefined || index === '') fail('index', 'the name of an index', index)
  const endDay = readDay('endDate', query.endDate) ?? Math.floor(nowMs / dayMs)
  const fromDay = readDay('startDate', query.startDate) ?? endDay - usualDays + 1
  if (fromDay > endDay) fail('startDate', 'a day not after endDate', query.startDate ?? query.endDate)
  if (endDay - fromDay >= mostDays) fail('startDate', `at most ${mostDays} days before endDate`, query.startDate)
  const revenueAnalytics = readFlag('revenueAnalytics', query.revenueAnalytics)
  const clickAnalytics = readFlag('clickAnalytics', query.clickAnalytics) || revenueAnalytics
  const orderBy = readWord('orderBy', query.orderBy, orders)
  if (orderBy !== 'searchCount' && !clickAnalytics)
    fail('orderBy', 'searchCount unless clickAnalytics is true', orderBy)
  return {
    index: index as CatalogueId,
    ...{ fromDay, days: endDay - fromDay + 1, search, clickAnalytics, revenueAnalytics, orderBy },
    ...(tags === undefined || tags.trim() === '' ? {} : { tags }),
    limit: readWhole('limit', query.limit, 10, 1, 1_000),
    offset: readWhole('offset', query.offset, 0, 0, 1_000_000),
    direction: readWord('direction', query.direction, ['desc', 'asc'] as const),
  }
}

function fail(name: string, expected: string, found: unknown): never {
  const text = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 60)
  throw new HaggleError('bad-request', `${name}: expected ${expected}, found ${text}.`)
}

/** A parameter that is given twice is none of the wire's. */
function texts(query: AnalyticsQuery): Readonly<Record<string, string | undefined>> {
  for (const [name, value] of Object.entries(query)) if (Array.isArray(value)) fail(name, 'one value', value)
  return query as Readonly<Record<string, string | undefined>>
}

function readDay(name: string, value: AnalyticsQuery[string]): number | undefined {
  if (value === undefined) return undefined
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN
  // The calendar has no 31st of February, the parser may.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== value)
    return fail(name, 'a day as YYYY-MM-DD', value)
  return ms / dayMs
}

function readFlag(name: string, value: AnalyticsQuery[string]): boolean {
  if (value === undefined || value === 'false') return false
  return value === 'true' || fail(name, 'true or false', value)
}

function readWord<Word extends string>(name: string, value: AnalyticsQuery[string], words: readonly Word[]): Word {
  if (value === undefined) return words[0]
  return words.find((word) => word === value) ?? fail(name, words.join(', '), value)
}

function readWhole(name: string, value: AnalyticsQuery[string], usual: number, least: number, most: number): number {
  if (value === undefined) return usual
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN
  return number >= least && number <= most ? number : fail(name, `a whole number from ${least} to ${most}`, value)
}

/** `null` where nothing was tried. */
export function share(hits: number, trials: number): number | null {
  return trials === 0 ? null : hits / trials
}

/** The mean number of products that answered. */
export function meanHits({ hits, searches }: SearchFigures): number {
  return searches === 0 ? 0 : Math.round(hits / searches)
}

export function clickPositions({ byPlace }: SearchFigures) {
  return places.map((position, at) => ({ position: [...position], clickCount: byPlace[at] }))
}

export function averagePosition({ placeSum, placedClicks }: SearchFigures): number | null {
  return share(placeSum, placedClicks)
}

/** In major units. */
export function revenueOf({ revenueMinor }: SearchFigures, currency: string) {
  return revenueMinor === 0 ? {} : { [currency]: { currency, revenue: revenueMinor / 100 } }
}
