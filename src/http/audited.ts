/**
 * Which requests change something that a shop must be able to answer for, and what is put on record of each.
 *
 * Every route that changes anything stands in one of the two lists; the test sees to it. What is said in a body goes on
 * record as it is where it is short, by its fingerprint where it is long. Of a shopper only a fingerprint stays.
 */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Json } from '../domain/item.ts'
import { type Engine, fingerprintOf } from '../engine.ts'

/** Route → what it does, in a word. */
export const audited: Readonly<Record<string, string>> = {
  'PUT /1/indexes/:index/settings': 'settings',
  'PUT /1/indexes/:index/rules/:id': 'rules',
  'POST /1/indexes/:index/rules/batch': 'rules',
  'DELETE /1/indexes/:index/rules/:id': 'rules',
  'POST /1/indexes/:index/rules/clear': 'rules',
  'PUT /1/indexes/:index/synonyms/:id': 'synonyms',
  'POST /1/indexes/:index/synonyms/batch': 'synonyms',
  'DELETE /1/indexes/:index/synonyms/:id': 'synonyms',
  'POST /1/indexes/:index/synonyms/clear': 'synonyms',
  'POST /1/indexes/:index/operation': 'index',
  'DELETE /1/indexes/:index': 'index',
  'POST /1/indexes/:index/clear': 'index',
  'POST /1/indexes/:index/deleteByQuery': 'index',
  'POST /1/keys': 'keys',
  'PUT /1/keys/:key': 'keys',
  'DELETE /1/keys/:key': 'keys',
  'POST /1/keys/:key/restore': 'keys',
  'POST /1/keys/:key/rotate': 'keys',
  'POST /haggle/v1/generations/:id/publish': 'promote',
  'POST /haggle/v1/rollback': 'rollback',
  'POST /haggle/v1/jobs': 'job',
  'DELETE /haggle/v1/jobs/:id': 'job',
  'DELETE /1/usertokens/:userToken': 'erase',
  'PUT /haggle/v1/shoppers/:userToken/consent': 'consent',
  'POST /haggle/v1/session': 'sign-in',
  'GET /haggle/v1/shoppers/:userToken/export': 'export',
}

/** Routes that only ask, and those by which shoppers and catalogue feeds write all day. */
export const unaudited: readonly string[] = [
  'POST /1/events',
  'POST /1/indexes/:index/queries',
  'POST /1/indexes/:index/query',
  'POST /1/indexes/:index/facets/:facet/query',
  'POST /1/indexes/:index/recommendations',
  'POST /1/indexes/:index/browse',
  'POST /1/indexes/:index/objects',
  'POST /1/indexes/:index/rules/search',
  'POST /1/indexes/:index/synonyms/search',
  'POST /1/indexes/:index',
  'POST /1/indexes/:index/batch',
  'PUT /1/indexes/:index/:objectID',
  'POST /1/indexes/:index/:objectID/partial',
  'DELETE /1/indexes/:index/:objectID',
  'POST /haggle/v1/compare',
  'POST /haggle/v1/events/validate',
  'POST /haggle/v1/explain',
  'POST /haggle/v1/merchandising/preview',
  'POST /haggle/v1/preview',
  'POST /haggle/v1/search-preview',
  // What becomes of a file is an import, which is a job.
  'PUT /haggle/v1/uploads/:name',
  'DELETE /haggle/v1/session',
]

/** Jobs that only look are not put on record. */
const looking: readonly string[] = ['check', 'evaluate']

export function isChange(job: string): boolean {
  return !looking.includes(job)
}

export async function noteChange(request: FastifyRequest, who: string, engine: Engine): Promise<void> {
  const route = `${request.method} ${request.routeOptions.url}`
  const what = audited[route]
  if (what === undefined) return
  const body = (request.body ?? {}) as Record<string, Json>
  if (what === 'job' && typeof body.kind === 'string' && !isChange(body.kind)) return
  const { index, key, userToken, id } = request.params as Record<string, string | undefined>
  const { index: asked } = request.query as Record<string, string | undefined>
  const subject =
    userToken !== undefined
      ? `shopper ${engine.people.fingerprint(userToken)}`
      : key !== undefined
        ? `key ${fingerprintOf(key)}`
        : (index ?? asked ?? (typeof body.index === 'string' ? body.index : '-'))
  await engine.audit.note({ who, what, subject, details: { route, id: id ?? null, ...told(body) } })
}

const longest = 2_000

function told(body: Json): { readonly [name: string]: Json } {
  const text = JSON.stringify(body)
  if (text === '{}') return {}
  if (text.length <= longest) return { body }
  return { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') }
}
