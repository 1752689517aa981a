/** Speaks with the shop: every route the console uses, with the types of the route itself. */
import type { TopHit, TopSearch } from '../../src/http/analytics-wire.ts'
import type { JobList, Job } from '../../src/http/contract.ts'
import type { AuditLines, AuditProof } from '../../src/http/routes/audit.ts'
import type { CompareBody, ComparedAnswer } from '../../src/http/routes/compare.ts'
import type { Generations, NowLive, WholeGeneration } from '../../src/http/routes/generations.ts'
import type {
  ItemList,
  ItemView,
  Preview,
  PreviewBody,
  SearchPreview,
  SearchPreviewBody,
} from '../../src/http/routes/items.ts'
import type { MerchandisingBody, MerchandisingPreview } from '../../src/http/routes/merchandising.ts'
import type { Consented } from '../../src/http/routes/people.ts'
import type { Session } from '../../src/http/routes/session.ts'
import type { ShopperList, ShopperView } from '../../src/http/routes/shoppers.ts'
import type { LatestEvents, OverviewAnswer, QualityAnswer, Validation } from '../../src/http/routes/traffic.ts'
import type { TrainingAnswer } from '../../src/http/routes/training.ts'
import type { ExplainedHit } from '../../src/http/routes/explain.ts'
import type { Uploaded } from '../../src/http/routes/uploads.ts'

/** Days of the searches asked about: `YYYY-MM-DD`, UTC. */
interface Days extends Index {
  readonly startDate: string
  readonly endDate: string
}
type Rate = { rate: number | null }
type Daily<Figure> = Figure & { dates: (Figure & { date: string })[] }
/** A rule or synonym as the wire writes it. */
export type Entry = { readonly objectID: string; readonly [part: string]: unknown }
interface Found {
  readonly hits: Entry[]
  readonly nbHits: number
}

interface Index {
  readonly index: string
}

/** What goes into the path, the query and the body, and what comes back. */
interface Endpoints {
  'GET /haggle/v1/session': { answer: Session }
  'POST /haggle/v1/session': { answer: Session }
  'DELETE /haggle/v1/session': { answer: Session }
  'GET /1/indexes': { answer: { items: { name: string; entries: number; updatedAt: string }[] } }
  'GET /haggle/v1/generations': { query: Index; answer: Generations }
  'GET /haggle/v1/generations/:id': { path: { id: string }; query: Index; answer: WholeGeneration }
  'POST /haggle/v1/generations/:id/publish': { path: { id: string }; query: Index; answer: NowLive }
  'POST /haggle/v1/rollback': { query: Index; answer: NowLive }
  'GET /haggle/v1/training': { query: Index; answer: TrainingAnswer }
  'POST /haggle/v1/compare': { body: CompareBody; answer: ComparedAnswer }
  'GET /haggle/v1/jobs': { answer: JobList }
  'GET /haggle/v1/jobs/:id': { path: { id: string }; answer: Job }
  'POST /haggle/v1/jobs': { body: { kind: Job['kind']; index: string; options?: object }; answer: Job }
  'DELETE /haggle/v1/jobs/:id': { path: { id: string }; answer: Job }
  'PUT /haggle/v1/uploads/:name': { path: { name: string }; body: Blob; answer: Uploaded }
  'GET /haggle/v1/overview': { query: Index & { hours: number; minutes: number }; answer: OverviewAnswer }
  'GET /haggle/v1/events': { query: Index & { limit: number }; answer: LatestEvents }
  'POST /haggle/v1/events/validate': { body: unknown; answer: Validation }
  'GET /haggle/v1/quality': { query: Index; answer: QualityAnswer }
  'GET /haggle/v1/shoppers': { query: Index & { text: string; limit: number }; answer: ShopperList }
  'GET /haggle/v1/shoppers/:userToken': { path: { userToken: string }; query: Index; answer: ShopperView }
  'GET /haggle/v1/shoppers/:userToken/export': { path: { userToken: string }; query: Index; answer: object }
  'GET /haggle/v1/shoppers/:userToken/consent': { path: { userToken: string }; answer: Consented }
  'PUT /haggle/v1/shoppers/:userToken/consent': {
    path: { userToken: string }
    body: { readonly [purpose: string]: boolean }
    answer: Consented
  }
  'GET /haggle/v1/audit': { query: { limit: number }; answer: AuditLines }
  'GET /haggle/v1/audit/verify': { answer: AuditProof }
  'DELETE /1/usertokens/:userToken': { path: { userToken: string }; answer: { events: number; exposures: number } }
  'GET /haggle/v1/items': { query: Index & { text: string; from: number; limit: number }; answer: ItemList }
  'GET /haggle/v1/items/:objectID': { path: { objectID: string }; query: Index; answer: ItemView }
  'POST /haggle/v1/preview': { body: PreviewBody; answer: Preview }
  'POST /haggle/v1/search-preview': { body: SearchPreviewBody; answer: SearchPreview }
  'POST /haggle/v1/merchandising/preview': { body: MerchandisingBody; answer: MerchandisingPreview }
  'POST /1/indexes/:index/rules/search': { path: Index; body: { query: string; hitsPerPage: number }; answer: Found }
  'PUT /1/indexes/:index/rules/:id': { path: Index & { id: string }; body: Entry; answer: object }
  'DELETE /1/indexes/:index/rules/:id': { path: Index & { id: string }; answer: object }
  'POST /1/indexes/:index/synonyms/search': { path: Index; body: { query: string; hitsPerPage: number }; answer: Found }
  'PUT /1/indexes/:index/synonyms/:id': { path: Index & { id: string }; body: Entry; answer: object }
  'DELETE /1/indexes/:index/synonyms/:id': { path: Index & { id: string }; answer: object }
  'GET /1/indexes/:index/settings': { path: Index; answer: { customRanking?: string[] } }
  'PUT /1/indexes/:index/settings': { path: Index; body: { customRanking: string[] }; answer: object }
  'GET /2/searches': { query: Days & { clickAnalytics: boolean; limit: number }; answer: { searches: TopSearch[] } }
  'GET /2/searches/count': { query: Days | Index; answer: Daily<{ count: number }> }
  'GET /2/searches/noResults': {
    query: Days & { limit: number }
    answer: { searches: { search: string; count: number; withFilterCount: number }[] }
  }
  'GET /2/searches/noResultRate': { query: Days; answer: Daily<Rate & { count: number; noResultCount: number }> }
  'GET /2/searches/noClicks': {
    query: Days & { limit: number }
    answer: { searches: { search: string; count: number; nbHits: number }[] }
  }
  'GET /2/searches/noClickRate': { query: Days; answer: Daily<Rate & { count: number; noClickCount: number }> }
  'GET /2/clicks/clickThroughRate': { query: Days; answer: Daily<Rate & { trackedSearchCount: number }> }
  'GET /2/clicks/positions': { query: Days; answer: { positions: { position: number[]; clickCount: number }[] } }
  'GET /2/conversions/conversionRate': { query: Days; answer: Daily<Rate & { conversionCount: number }> }
  'GET /2/users/count': { query: Days; answer: Daily<{ count: number }> }
  'GET /2/hits': { query: Days & { clickAnalytics: boolean; limit: number }; answer: { hits: TopHit[] } }
  'GET /2/filters': { query: Days & { limit: number }; answer: { attributes: { attribute: string; count: number }[] } }
  'POST /haggle/v1/explain': { body: PreviewBody & { hit: string }; answer: ExplainedHit }
}

export type Endpoint = keyof Endpoints
export type Answer<E extends Endpoint> = Endpoints[E]['answer']
type Given<E extends Endpoint> = Omit<Endpoints[E], 'answer'>

/** Where one of several shops is: what stands before `/console` in the address. */
export const shopPath = /^\/shops\/[^/]+/.exec(location.pathname)?.[0] ?? ''

/** What the server refused, in its own words. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
  }
}

/** @param key only for signing in; afterwards the session's cookie speaks */
export async function ask<E extends Endpoint>(endpoint: E, given: Given<E>, key?: string): Promise<Answer<E>> {
  const [method, template] = endpoint.split(' ')
  const { path = {}, query = {}, body } = given as { path?: object; query?: object; body?: unknown }
  const filled = Object.entries(path).reduce(
    (text, [name, value]) => text.replace(`:${name}`, () => encodeURIComponent(String(value))),
    shopPath + template,
  )
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString()
  const response = await fetch(search === '' ? filled : `${filled}?${search}`, {
    method,
    headers: { 'x-haggle-console': '1', ...(key === undefined ? {} : { 'x-algolia-api-key': key }) },
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Refusal(0, (error as Error).message)
  })
  const answer: unknown = await response.json().catch(() => ({}))
  if (response.ok) return answer as Answer<E>
  throw new Refusal(response.status, (answer as { message?: string }).message ?? response.statusText)
}
