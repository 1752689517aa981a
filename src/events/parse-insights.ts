/**
 * Reads what a storefront says its shoppers did: the body of `POST /1/events`, as stock insights clients send it.
 *
 * A malformed event refuses the whole request, with the path of what is wrong, because it is a defect of the page that
 * its developer must see. A time that cannot be is the fault of one shopper's clock: that event alone is left out, with
 * the reason. Keys we do not know are accepted.
 *
 * Own additions to the envelope: `eventType: "search"` with `query`; `eventSubtype: "return"`; `orderID`; `quantity`;
 * `consent`, the purposes agreed to.
 */
import type { Config } from '../base/config.ts'
import { isPurpose, purposes, refusalOf } from '../domain/consent.ts'
import { HaggleError } from '../domain/errors.ts'
import type { EventType, ShopEvent } from '../domain/event.ts'
import type { CatalogueId, ItemId, QueryId, UserId } from '../domain/ids.ts'
import { identify } from './event-id.ts'
import { createTimeCheck } from './event-time.ts'

export interface InsightsContext {
  readonly nowMs: number
  readonly config: Config['preprocess']
  /** The catalogue of events that name no `index`. */
  readonly catalogue: CatalogueId
}

export interface Login {
  readonly visitor: UserId
  readonly account: UserId
}

export interface ParsedInsights {
  /** One for each object of each event, in the order of the request. */
  readonly events: ShopEvent[]
  /** Events left out for an impossible time. */
  readonly rejected: { readonly index: number; readonly reason: string }[]
  /** Visitors who turned out to be somebody: events that carry both tokens, each pair once. */
  readonly logins: Login[]
  /** Events that say nothing about a shopper's behaviour: `instantsearch` start events, and lists that a page has shown. */
  readonly ignored: number
}

const maximumEvents = 1_000
/** Of the stock API. */
const maximumObjects = 20
const maximumTextLength = 512
const problemsShown = 5

/** @throws `bad-request` naming the path of the first few things that are wrong; then nothing of the body counts. */
export function parseInsights(body: unknown, context: InsightsContext): ParsedInsights {
  const timeProblem = createTimeCheck(context.config, context.nowMs)
  const parsed: ParsedInsights & { ignored: number } = { events: [], rejected: [], logins: [], ignored: 0 }
  const problems: string[] = []
  for (const [index, value] of listOfEvents(body).entries()) {
    if (!isObject(value)) {
      problems.push(`events[${index}]: expected an object`)
      continue
    }
    const reader = createReader(value, `events[${index}]`, problems)
    if (reader.type === 'instantsearch' || isOfList(reader)) {
      parsed.ignored++
      continue
    }
    const events = readEvents(reader, context)
    const reason = events.length === 0 ? null : timeProblem(events[0].timeMs)
    if (reason === null) {
      parsed.events.push(...events)
      if (events.length > 0) noteLogin(value, parsed.logins)
    } else parsed.rejected.push({ index, reason })
  }
  if (problems.length > 0) {
    const more = problems.length > problemsShown ? ` (and ${problems.length - problemsShown} more)` : ''
    throw new HaggleError('bad-request', `${problems.slice(0, problemsShown).join('; ')}${more}`)
  }
  return parsed
}

/**
 * InstantSearch tells by itself of every list it shows ("Hits Viewed"). A view is a product that somebody opened; lists
 * are known already, as answers given.
 */
function isOfList({ type, fields: { algoliaSource } }: Reader): boolean {
  return type === 'view' && Array.isArray(algoliaSource) && algoliaSource.includes('instantsearch-internal')
}

function noteLogin({ userToken, authenticatedUserToken }: Fields, logins: Login[]): void {
  if (!isText(userToken) || !isText(authenticatedUserToken) || userToken === authenticatedUserToken) return
  const login = { visitor: userToken as UserId, account: authenticatedUserToken as UserId }
  if (!logins.some(({ visitor, account }) => visitor === login.visitor && account === login.account)) logins.push(login)
}

function listOfEvents(body: unknown): readonly unknown[] {
  if (!isObject(body) || !Array.isArray(body.events)) {
    throw new HaggleError('bad-request', 'events: expected a body {"events": [...]}')
  }
  if (body.events.length > maximumEvents) {
    throw new HaggleError(
      'bad-request',
      `events: at most ${maximumEvents} events a request, this one has ${body.events.length}; send them in parts`,
    )
  }
  return body.events as unknown[]
}

type Fields = Readonly<Record<string, unknown>>
type Shape = EventType | 'instantsearch' | null

/** Reads the fields of one event and writes down what is wrong with them. */
interface Reader {
  readonly fields: Fields
  readonly type: Shape
  wrong(path: string, expected: string): void
  /** A non-empty string, or `null` where absent. */
  text(fields: Fields, name: string, path?: string): string | null
  /** A number, also one written as text, or `null` where absent. */
  number(fields: Fields, name: string, least: number, path?: string): number | null
  /** The array `name`, or `null` where absent; with `length`, it must have that many entries. */
  list(name: string, length?: number): readonly unknown[] | null
}

function createReader(fields: Fields, place: string, problems: string[]): Reader {
  const wrong = (path: string, expected: string) => void problems.push(`${place}.${path}: expected ${expected}`)
  return {
    fields,
    type: readType(fields, wrong),
    wrong,
    text: (from, name, path = name) => {
      const found = from[name]
      if (found === undefined || found === null) return null
      if (isText(found)) return found
      wrong(path, `a string of 1 to ${maximumTextLength} characters`)
      return null
    },
    number: (from, name, least, path = name) => {
      const found = from[name]
      if (found === undefined || found === null || found === '') return null
      const number = typeof found === 'string' ? Number(found) : found
      if (typeof number === 'number' && Number.isFinite(number) && number >= least) return number
      wrong(path, `a number of at least ${least}`)
      return null
    },
    list: (name, length) => {
      const found = fields[name]
      if (found === undefined || found === null) return null
      if (Array.isArray(found) && (length === undefined || found.length === length)) return found as unknown[]
      wrong(name, length === undefined ? 'an array' : `an array of ${length}, one for each of objectIDs`)
      return null
    },
  }
}

function readType(fields: Fields, wrong: Reader['wrong']): Shape {
  const { eventType, eventSubtype } = fields
  if (eventType === 'conversion' && eventSubtype !== undefined && eventSubtype !== null) {
    if (eventSubtype === 'addToCart' || eventSubtype === 'purchase' || eventSubtype === 'return') return eventSubtype
    wrong('eventSubtype', 'addToCart, purchase or return')
    return null
  }
  const known = ['view', 'click', 'conversion', 'search', 'instantsearch'] as const
  const type = known.find((name) => name === eventType)
  if (type === undefined) wrong('eventType', 'view, click, conversion or search')
  return type ?? null
}

/** The events of one entry of the body; empty where something is wrong with it. */
function readEvents(reader: Reader, context: InsightsContext): ShopEvent[] {
  const { fields, type } = reader
  const userId = reader.text(fields, 'authenticatedUserToken') ?? reader.text(fields, 'userToken')
  if (userId === null && !(fields.userToken ?? fields.authenticatedUserToken)) reader.wrong('userToken', 'a string')
  const name = reader.text(fields, 'eventName')
  if (name === null && !fields.eventName) reader.wrong('eventName', 'a string')
  const orderId = typeof fields.orderID === 'number' ? String(fields.orderID) : reader.text(fields, 'orderID')
  const about = {
    catalogue: (reader.text(fields, 'index') ?? context.catalogue) as CatalogueId,
    timeMs: Math.round(reader.number(fields, 'timestamp', 0) ?? context.nowMs),
    queryId: reader.text(fields, 'queryID') as QueryId | null,
    orderId,
    rating: null,
  }
  const refused = readConsent(reader)
  const subjects = type === 'search' ? readSearch(reader) : readSubjects(reader)
  if (type === null || type === 'instantsearch' || userId === null || name === null) return []
  return subjects.map((subject) =>
    identify({ ...about, type, userId: userId as UserId, name, ...without(subject, about.queryId), ...refused }),
  )
}

function readConsent(reader: Reader): Pick<ShopEvent, 'refused'> {
  const granted = reader.list('consent')
  if (granted === null) return {}
  for (const [at, each] of granted.entries()) {
    if (!isPurpose(each)) reader.wrong(`consent[${at}]`, purposes.join(', '))
  }
  return { refused: refusalOf(Object.fromEntries(purposes.map((purpose) => [purpose, granted.includes(purpose)]))) }
}

/** What one event is about: an object, a search, or filters. */
interface Subject {
  readonly itemId: ItemId | null
  readonly query: string | null
  readonly position: number | null
  readonly quantity: number
  readonly priceMinor: number | null
  readonly queryId: QueryId | null
  readonly name?: string
}

const nothing: Subject = { itemId: null, query: null, position: null, quantity: 1, priceMinor: null, queryId: null }

/** An object bought after another search than the event's own names that search itself. */
function without(subject: Subject, queryId: QueryId | null): Subject {
  return { ...subject, queryId: subject.queryId ?? queryId }
}

function readSearch(reader: Reader): Subject[] {
  const { query } = reader.fields
  if (typeof query === 'string' && query.length <= maximumTextLength) return [{ ...nothing, query }]
  reader.wrong('query', `a string of at most ${maximumTextLength} characters`)
  return []
}

function readSubjects(reader: Reader): Subject[] {
  const filters = reader.list('filters')
  if (filters !== null && reader.fields.objectIDs === undefined) return readFilters(reader, filters)
  const objects = reader.list('objectIDs')
  if (objects === null) {
    if (!reader.fields.objectIDs) reader.wrong('objectIDs', 'an array of strings')
    return []
  }
  if (objects.length === 0 || objects.length > maximumObjects) {
    reader.wrong('objectIDs', `1 to ${maximumObjects} strings`)
    return []
  }
  return readObjects(reader, objects)
}

/** An event about filters is about no item; which filters they were stays in its name. */
function readFilters(reader: Reader, filters: readonly unknown[]): Subject[] {
  for (const [at, filter] of filters.entries()) if (!isText(filter)) reader.wrong(`filters[${at}]`, 'a string')
  return [{ ...nothing, name: `${String(reader.fields.eventName)} (${filters.filter(isText).join(', ')})` }]
}

function readObjects(reader: Reader, objects: readonly unknown[]): Subject[] {
  const positions = reader.list('positions', objects.length)
  const details = reader.list('objectData', objects.length)
  const quantity = reader.number(reader.fields, 'quantity', 0)
  // `value` is the whole event's: it can be told apart only where there is one object.
  const value = reader.number(reader.fields, 'value', 0)
  const valueMinor = value === null || objects.length > 1 ? null : value * 100
  return objects.map((itemId, at) => {
    if (!isText(itemId)) reader.wrong(`objectIDs[${at}]`, `a string of 1 to ${maximumTextLength} characters`)
    const position = positions?.[at] ?? null
    if (position !== null && !isCount(position)) reader.wrong(`positions[${at}]`, 'a whole number of at least 1')
    const path = `objectData[${at}]`
    const detail = details?.[at] ?? {}
    if (!isObject(detail)) reader.wrong(path, 'an object')
    const data: Fields = isObject(detail) ? detail : {}
    const pieces = reader.number(data, 'quantity', 0, `${path}.quantity`) ?? quantity ?? 1
    const price = reader.number(data, 'price', 0, `${path}.price`)
    const perPiece = valueMinor === null || pieces === 0 ? null : valueMinor / pieces
    return {
      ...nothing,
      itemId: itemId as ItemId,
      position: position as number | null,
      quantity: pieces,
      priceMinor: price === null ? perPiece && Math.round(perPiece) : Math.round(price * 100),
      queryId: reader.text(data, 'queryID', `${path}.queryID`) as QueryId | null,
    }
  })
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maximumTextLength
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1
}
