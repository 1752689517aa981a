/**
 * What holds for every route, whatever it does: headers that keep a browser from being led astray, pages of which other
 * sites may ask what, and how much may be under way at once.
 */
import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Bucket } from '../base/bucket.ts'
import { HaggleError } from '../domain/errors.ts'

export interface GuardOptions {
  /** Whose pages may ask what shoppers ask; `*`: anyone's. */
  readonly origins: readonly string[]
  /** Requests under way at most, and the bytes of their bodies. */
  readonly mostRequests: number
  readonly mostBytes: number
  /** What is left of the requests of this second; `null`: any number. */
  readonly rate: Bucket | null
}

/** What pages of other sites may ask, with a key; all else is for our own pages and for programs. */
const forPages = /^\/1\/(?:indexes(?=[/?]|$)|events(?=[/?]|$))/
/** A connection that says nothing for so long is closed. */
export const silenceMs = 300_000
const secondsInYear = 31_536_000

export async function guard(app: FastifyInstance, { origins, ...most }: GuardOptions): Promise<void> {
  const origin = origins.includes('*') ? '*' : [...origins]
  await app.register(cors, () => (request: FastifyRequest, done: (error: null, options: object) => void) => {
    done(null, { origin: forPages.test(request.url) ? origin : false })
  })
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // Only a proxy that is believed can say so.
      ...(request.protocol === 'https' ? { 'strict-transport-security': `max-age=${secondsInYear}` } : {}),
    })
    done()
  })
  limitWork(app, most)
}

/** Whoever watches the shop must see it when too much is asked, too. */
const forWatchers = /^\/(?:livez|healthz|readyz|metrics)(?=[?]|$)/

/** Turns requests away before they are read and their bodies fill the memory: 429, which stock clients send again. */
function limitWork(app: FastifyInstance, { mostRequests, mostBytes, rate }: Omit<GuardOptions, 'origins'>): void {
  let requests = 0
  let bytes = 0
  app.addHook('onRequest', (request, reply, done) => {
    const waitSeconds = rate === null || forWatchers.test(request.url) ? 0 : rate.take(1)
    if (waitSeconds > 0) {
      done(tooMany('requests a second (limits.requestsPerSecond)', waitSeconds))
      return
    }
    const own = bodyBytes(request)
    if (requests >= mostRequests || (bytes > 0 && bytes + own > mostBytes)) {
      done(new HaggleError('overloaded', 'More is asked at once than can be answered: send this again in a moment.'))
      return
    }
    requests++
    bytes += own
    reply.raw.once('close', () => {
      requests--
      bytes -= own
    })
    done()
  })
}

/** @param what the shop gets too many of */
export function tooMany(what: string, waitSeconds: number): HaggleError {
  const retryAfterSeconds = Math.ceil(waitSeconds)
  return new HaggleError('overloaded', `This shop gets more ${what} than it may: send this again in a moment.`, {
    retryAfterSeconds,
  })
}

/** What the body may take; nothing where it streams to disk. */
function bodyBytes({ headers, routeOptions: { bodyLimit = 0 } }: FastifyRequest): number {
  if (bodyLimit === Number.MAX_SAFE_INTEGER) return 0
  if (headers['transfer-encoding'] !== undefined) return bodyLimit
  return Math.min(bodyLimit, Number(headers['content-length'] ?? 0) || 0)
}
