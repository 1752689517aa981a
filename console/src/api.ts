/** Speaks with the shop: every route the console uses, with the types of the route itself. */
import type { JobList, Job } from '../../src/http/contract.ts'
import type { CompareBody, ComparedAnswer } from '../../src/http/routes/compare.ts'
import type { Generations, NowLive } from '../../src/http/routes/generations.ts'
import type {
  ItemList,
  ItemView,
  Preview,
  PreviewBody,
  SearchPreview,
  SearchPreviewBody,
} from '../../src/http/routes/items.ts'
import type { Session } from '../../src/http/routes/session.ts'
import type { ShopperList, ShopperView } from '../../src/http/routes/shoppers.ts'
import type { LatestEvents, OverviewAnswer, QualityAnswer, Validation } from '../../src/http/routes/traffic.ts'
import type { TrainingAnswer } from '../../src/http/routes/training.ts'
import type { ExplainedHit } from '../../src/http/routes/explain.ts'
import type { Uploaded } from '../../src/http/routes/uploads.ts'

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
  'DELETE /1/usertokens/:userToken': { path: { userToken: string }; answer: { events: number; exposures: number } }
  'GET /haggle/v1/items': { query: Index & { text: string; from: number; limit: number }; answer: ItemList }
  'GET /haggle/v1/items/:objectID': { path: { objectID: string }; query: Index; answer: ItemView }
  'POST /haggle/v1/preview': { body: PreviewBody; answer: Preview }
  'POST /haggle/v1/search-preview': { body: SearchPreviewBody; answer: SearchPreview }
  'POST /haggle/v1/explain': { body: PreviewBody & { hit: string }; answer: ExplainedHit }
}

export type Endpoint = keyof Endpoints
export type Answer<E extends Endpoint> = Endpoints[E]['answer']
type Given<E extends Endpoint> = Omit<Endpoints[E], 'answer'>

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
    template,
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
