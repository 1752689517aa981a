/**
 * One door for several shops: each request goes to the shop it names, which has routes, keys and limits of its own.
 *
 * A shop is named by a path (`/shops/<id>/…`, as a browser can), by the application id that stock clients send (header
 * or query parameter), or by the host (`server.hosts`). Whoever names none, or one that is not here, is told so and
 * hears of no other. Only health and figures are of the installation. Costs some microseconds a request.
 */
import { createServer, type IncomingMessage } from 'node:http'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import { sameText } from '../base/same-text.ts'
import { joinMetrics, watchProcess } from '../base/telemetry.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Engine } from '../engine.ts'
import { serveBuiltPage } from './built-page.ts'
import { guard, silenceMs } from './guard.ts'
import { consolePolicy } from './routes/console.ts'

export interface ShopAtDoor {
  readonly config: Config
  /** `null` while it cannot be opened. */
  open: { readonly engine: Engine; readonly app: FastifyInstance } | null
}

export interface FrontDoorOptions {
  readonly config: Config
  readonly log: Log
  /** By application id; may change while the door is open. */
  readonly shops: ReadonlyMap<string, ShopAtDoor>
}

/** Connections between two requests are closed after so long, as fastify has it. */
const idleMs = 72_000
const mostUnderWay = 200

export async function createFrontDoor({ config, log, shops }: FrontDoorOptions): Promise<FastifyInstance> {
  const refusals = new WeakMap<IncomingMessage, Refusal>()
  const own: FastifyBaseLogger = log
  const app = fastify({
    loggerInstance: own,
    serverFactory: (ownHandler) => {
      const server = createServer((request, reply) => {
        const asked = shopAskedFor(request, shops)
        if (asked === null || asked instanceof Refusal) {
          if (asked !== null) refusals.set(request, asked)
          ownHandler(request, reply)
        } else asked.routing(request, reply)
      })
      server.setTimeout(silenceMs)
      server.keepAliveTimeout = idleMs
      server.requestTimeout = 0
      return server
    },
  })
  const { origins, metricsKey } = config.server
  await guard(app, { origins, mostRequests: mostUnderWay, mostBytes: Number.POSITIVE_INFINITY, rate: null })
  app.addHook('onRequest', (request, _reply, done) => done(refusals.get(request.raw)))
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error instanceof HaggleError || error instanceof Refusal ? error.status : (error.statusCode ?? 500)
    if (status === 500) request.log.error({ req: request, err: error }, 'a request failed')
    const message = status === 500 ? 'Internal error: see the log of the server.' : error.message
    return reply.status(status).send({ message, status })
  })
  app.setNotFoundHandler(() => {
    throw new Refusal(400, `This door is of several shops, and the request names none: ${howToName}.`)
  })
  healthRoutes(app, shops)
  // What the page of every shop loads; the page itself is a shop's.
  serveBuiltPage(app, 'console', {
    ...{ policy: consolePolicy, prefix: '/console/', wildcard: false, index: false, globIgnore: ['index.html'] },
  })

  const figures = watchProcess()
  app.get('/metrics', async (request, reply) => {
    // The figures name the shops.
    if (metricsKey === null || !sameText(request.headers.authorization ?? '', `Bearer ${metricsKey}`)) {
      throw new Refusal(403, 'The figures of all shops need the bearer token of server.metricsKey: set one.')
    }
    const scrapes = opened(shops).map(({ engine }) => engine.metrics())
    void reply.header('content-type', figures.contentType)
    return joinMetrics(await Promise.all([figures.metrics(), ...scrapes]))
  })
  return app
}

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const howToName =
  'send its application id as x-algolia-application-id (stock clients do), or put /shops/<id> before the path'

/** `null`: no shop is named. */
function shopAskedFor(request: IncomingMessage, shops: FrontDoorOptions['shops']): FastifyInstance | Refusal | null {
  const [byPath, rest] = pathOf(request.url ?? '/')
  const named = new Set([byPath, idInHeader(request), idInQuery(request.url ?? '')].filter((id) => id !== null))
  if (named.size > 1) return new Refusal(400, 'The request names two shops, by its path, header or query: name one.')
  const [id = idOfHost(request.headers.host, shops)] = named
  if (id === null) return null
  const shop = shops.get(id)
  if (shop === undefined) return new Refusal(404, `There is no shop "${id.slice(0, 40)}" here: see its application id.`)
  if (shop.open === null) return new Refusal(503, 'This shop is not open: the log of the server says why.')
  if (byPath !== null) {
    Object.assign(request, { originalUrl: `/shops/${byPath}${rest}` })
    request.url = rest
  }
  return shop.open.app
}

/** The shop named by the path, and the path within that shop. */
function pathOf(url: string): [string | null, string] {
  const [, id, rest] = /^\/shops\/([^/?]*)(.*)$/s.exec(url) ?? []
  if (id === undefined) return [null, url]
  return [id, rest.startsWith('/') ? rest : `/${rest}`]
}

function idInHeader({ headers }: IncomingMessage): string | null {
  const id = headers['x-algolia-application-id']
  return typeof id === 'string' ? id : null
}

/** In capitals of any kind: stock clients differ. */
function idInQuery(url: string): string | null {
  return /[?&]x-algolia-application-id=([^&#]*)/i.exec(url)?.[1] ?? null
}

function idOfHost(host: string | undefined, shops: FrontDoorOptions['shops']): string | null {
  const name = host?.replace(/:\d+$/, '').toLowerCase()
  for (const [id, { config }] of shops) {
    if (config.server.hosts.some((own) => own.toLowerCase() === name)) return id
  }
  return null
}

function opened(shops: FrontDoorOptions['shops']) {
  return [...shops.values()].flatMap(({ open }) => open ?? [])
}

const notAll = 'A shop is not open or not ready, or a live generation is broken: see the log.'

/** Of the installation. One shop in trouble must not take requests of the others away, so that one that is ready is enough. */
function healthRoutes(app: FastifyInstance, shops: FrontDoorOptions['shops']): void {
  app.get('/livez', () => ({ status: 'ok' }))
  for (const path of ['/healthz', '/readyz']) {
    app.get(path, async (_request, reply) => {
      const engines = opened(shops).map(({ engine }) => engine)
      const states = await Promise.all(engines.map((engine) => engine.state()))
      const ready = states.filter((state) => state === 'ready').length
      const status = states.includes('draining') ? 'draining' : ready > 0 ? 'ready' : 'not ready'
      const isBroken = engines.some((engine) => [...engine.shops.all()].some(({ broken }) => broken !== null))
      const degraded = ready < shops.size || isBroken ? { degraded: notAll } : {}
      return reply.status(status === 'ready' ? 200 : 503).send({ status, shops: shops.size, ready, ...degraded })
    })
  }
}
