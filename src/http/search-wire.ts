/** A search between the wire and the shop: what was asked, with what the key adds, and the answer's envelope. */
import type { FastifyRequest } from 'fastify'
import { parseJson } from '../base/json.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId, UserId } from '../domain/ids.ts'
import {
  parseParams,
  type Permit,
  type Raw,
  readParameters,
  type SearchAnswer,
  type SearchRequest,
  writeParams,
} from '../engine.ts'

import { saidConsent } from './consent-wire.ts'

export type { Raw }

export interface Asked {
  readonly request: SearchRequest
  /** As it came, `params` taken apart. */
  readonly raw: Raw
}

/** @throws `bad-request` naming the parameter. */
export function readAsked(index: string, body: Raw, permit: Permit, from: FastifyRequest): Asked {
  const { params, ...fields } = body
  if (params !== undefined && params !== null && typeof params !== 'string') {
    throw new HaggleError('bad-request', 'params: expected URL-encoded text.')
  }
  const raw: Raw = withoutKey({ ...parseParams(params ?? ''), ...fields })
  const parameters = readParameters({ ...raw, ...permit.parameters })
  const hitsPerPage =
    permit.mostHits === null ? {} : { hitsPerPage: Math.min(parameters.hitsPerPage ?? 20, permit.mostHits) }
  const length =
    permit.mostHits === null || parameters.length === undefined
      ? {}
      : { length: Math.min(parameters.length, permit.mostHits) }
  const tokenHeader = from.headers['x-algolia-usertoken']
  const userToken = parameters.userToken ?? (typeof tokenHeader === 'string' ? tokenHeader : undefined)
  return {
    raw,
    request: {
      index: index as CatalogueId,
      parameters: { ...parameters, ...hitsPerPage, ...length },
      userId: userToken === undefined || userToken === '' ? null : (userToken as UserId),
      refused: saidConsent(from),
      restrictions: permit.restrictions,
    },
  }
}

/** Clients in a browser put who they are beside the parameters. */
function withoutKey(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !name.startsWith('x-algolia-')))
}

export function answerSearch({ raw, request }: Asked, answer: SearchAnswer): Record<string, unknown> {
  const envelope: Record<string, unknown> = {
    hits: answer.hits,
    nbHits: answer.nbHits,
    ...(answer.offset === undefined
      ? { page: answer.page, nbPages: answer.nbPages, hitsPerPage: answer.hitsPerPage }
      : { offset: answer.offset, length: answer.length }),
    ...(answer.facets === undefined ? {} : { facets: answer.facets, exhaustiveFacetsCount: true }),
    ...(answer.facetsStats === undefined ? {} : { facets_stats: answer.facetsStats }),
    exhaustiveNbHits: true,
    exhaustiveTypo: true,
    exhaustive: { nbHits: true, typo: true, ...(answer.facets === undefined ? {} : { facetsCount: true }) },
    query: answer.query,
    ...(answer.queryAfterRemoval === undefined ? {} : { queryAfterRemoval: answer.queryAfterRemoval }),
    ...(answer.alternative === undefined
      ? {}
      : { alternative: { query: answer.alternative.query, nbHits: answer.alternative.total } }),
    params: writeParams(raw),
    index: request.index,
    renderingContent: answer.renderingContent,
    ...(answer.userData.length === 0 ? {} : { userData: answer.userData }),
    ...(answer.appliedRules.length === 0
      ? {}
      : { appliedRules: answer.appliedRules.map((objectID) => ({ objectID })) }),
    ...(answer.automaticRadiusM === null ? {} : { automaticRadius: String(answer.automaticRadiusM) }),
    ...(answer.queryId === null ? {} : { queryID: answer.queryId }),
    processingTimeMS: Math.max(1, Math.round(answer.tookMs)),
    ...(request.parameters.getRankingInfo === true ? { serverTimeMS: Math.max(1, Math.round(answer.tookMs)) } : {}),
  }
  return keepFields(envelope, answer.responseFields)
}

/** `queryID` and the like stay: without them no click can be told. */
const always = new Set(['queryID', 'message'])

function keepFields(envelope: Record<string, unknown>, fields: readonly string[] | undefined): Record<string, unknown> {
  if (fields === undefined || fields.includes('*')) return envelope
  return Object.fromEntries(Object.entries(envelope).filter(([name]) => always.has(name) || fields.includes(name)))
}

/** Text that names where a browse goes on; opaque to clients. */
export function writeCursor(state: BrowseState): string {
  return Buffer.from(JSON.stringify(state)).toString('base64url')
}

/** Where a browse goes on: what was asked, and the last id and page that were answered. */
export interface BrowseState {
  readonly asked: Raw
  readonly after: string | null
  readonly page: number
}

/** @throws `bad-request` where the text is no cursor. */
export function readCursor(cursor: string): BrowseState {
  try {
    const { asked, after, page } = (parseJson(Buffer.from(cursor, 'base64url').toString('utf8')) ?? {}) as Raw
    const isAsked = typeof asked === 'object' && asked !== null && !Array.isArray(asked)
    if (isAsked && typeof after === 'string' && typeof page === 'number') return { asked: asked as Raw, after, page }
  } catch {
    // Said below.
  }
  throw new HaggleError('bad-request', 'cursor: this is no cursor of an earlier answer.')
}
