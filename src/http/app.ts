/**
 * The door for programs: routes, keys, limits and errors of the HTTP API.
 *
 * The public part speaks the wire format that stock search clients speak; our own additions live under `/haggle/v1`.
 * Bodies are JSON whatever content type they claim, because stock clients send them as `text/plain`.
 */
import swagger from '@fastify/swagger'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { createBucket } from '../base/bucket.ts'
import { checkDepth, parseJson } from '../base/json.ts'
import { sameText } from '../base/same-text.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Engine } from '../engine.ts'
import { noteChange } from './audited.ts'
import { hasSession } from './console-session.ts'
import { type Door, type Routes, uploadsFolder } from './door.ts'
import { guard, silenceMs, tooMany } from './guard.ts'
import { createJobs } from './jobs.ts'
import { analyticsRoutes } from './routes/analytics.ts'
import { auditRoutes } from './routes/audit.ts'
import { compareRoutes } from './routes/compare.ts'
import { consoleRoutes } from './routes/console.ts'
import { eventRoutes } from './routes/events.ts'
import { explainRoutes } from './routes/explain.ts'
import { generationRoutes } from './routes/generations.ts'
import { healthRoutes } from './routes/health.ts'
import { itemRoutes } from './routes/items.ts'
import { jobRoutes } from './routes/jobs.ts'
import { learntSynonymRoutes } from './routes/learnt-synonyms.ts'
import { merchandisingRoutes } from './routes/merchandising.ts'
import { objectRoutes } from './routes/objects.ts'
import { peopleRoutes } from './routes/people.ts'
import { profileRoutes } from './routes/profiles.ts'
import { recommendationRoutes } from './routes/recommendations.ts'
import { browseRoutes } from './routes/browse.ts'
import { indexRoutes } from './routes/indices.ts'
import { keyRoutes } from './routes/keys.ts'
import { ruleRoutes } from './routes/rules.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/session.ts'
import { settingRoutes } from './routes/settings.ts'
import { shopperRoutes } from './routes/shoppers.ts'
import { synonymRoutes } from './routes/synonyms.ts'
import { trafficRoutes } from './routes/traffic.ts'
import { trainingRoutes } from './routes/training.ts'
import { uploadRoutes } from './routes/uploads.ts'
import { describeProblem } from './schema-problem.ts'

/** Add a route: write `routes/<name>.ts`, list it here, test it. */
const routes: readonly Routes[] = [
  healthRoutes,
  eventRoutes,
  recommendationRoutes,
  explainRoutes,
  searchRoutes,
  browseRoutes,
  objectRoutes,
  indexRoutes,
  settingRoutes,
  ruleRoutes,
  synonymRoutes,
  merchandisingRoutes,
  learntSynonymRoutes,
  keyRoutes,
  generationRoutes,
  profileRoutes,
  peopleRoutes,
  auditRoutes,
  jobRoutes,
  trainingRoutes,
  compareRoutes,
  shopperRoutes,
  itemRoutes,
  trafficRoutes,
  analyticsRoutes,
  uploadRoutes,
  sessionRoutes,
  consoleRoutes,
]

const usuallyUnderWay = 2_000
/** So many bodies of the largest size. */
const mostBodies = 25

interface AppOptions {
  /** Routes of whoever serves something beside the API. */
  readonly more?: readonly Routes[]
  /**
   * Of one of several shops: what whoever runs all of them sends as `x-haggle-operator`, and a shop's own people do not
   * have. `null`: who has the admin key runs the installation.
   */
  readonly operatorKey?: string | null
}

export async function createApp(engine: Engine, options: AppOptions = {}): Promise<FastifyInstance> {
  const { more = [], operatorKey = null } = options
  const { server, limits } = engine.config
  const bucketOf = (perSecond: number | null) => (perSecond === null ? null : createBucket(perSecond, engine.clock))
  const log: FastifyBaseLogger = engine.log
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: server.bodyLimitBytes,
    connectionTimeout: silenceMs,
    trustProxy: server.proxies.length === 0 ? false : [...server.proxies],
    routerOptions: { maxParamLength: 500 },
    schemaErrorFormatter: (errors, part) => new HaggleError('bad-request', describeProblem(errors, part)),
    // What the router itself refuses: a path that is too long or wrongly encoded.
    frameworkErrors: (error, _request, reply) => {
      const status = error.statusCode ?? 400
      void (reply as FastifyReply).status(status).send({ message: error.message.slice(0, 300), status })
    },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  })
  await guard(app, {
    origins: server.origins,
    mostRequests: limits.requestsUnderWay ?? usuallyUnderWay,
    mostBytes: (limits.mebibytesUnderWay ?? 0) * 2 ** 20 || mostBodies * server.bodyLimitBytes,
    rate: bucketOf(limits.requestsPerSecond),
  })
  const events = bucketOf(limits.eventsPerSecond)
  await app.register(swagger, { openapi: { info: { title: 'Haggle', version: '1' } } })
  readEveryBodyAsJson(app)
  answerErrors(app)
  app.addHook('onResponse', (request, reply, done) => {
    const labels = { route: request.routeOptions.url ?? 'unknown', status: String(reply.statusCode) }
    engine.telemetry.requests.observe(labels, reply.elapsedTime / 1000)
    done()
  })
  const jobs = createJobs(engine)
  const askers = new WeakMap<FastifyRequest, string>()
  const permit: Door['permit'] = (request, acl, index) => {
    const { referer, origin } = request.headers
    const key = keyOf(request, engine)
    const permission = engine.keys.permit({ key, acl, index, ip: request.ip, referer: referer ?? origin })
    askers.set(request, permission.who)
    return permission
  }
  app.addHook('onSend', async (request, reply) => {
    // Before it is acknowledged: what was changed and cannot be put on record is not confirmed.
    if (reply.statusCode < 400) await noteChange(request, askers.get(request) ?? 'nobody', engine)
  })
  const door: Door = {
    engine,
    jobs,
    permit,
    requireAdmin: (request) => {
      // No other key has this right.
      if (!permit(request, 'admin').admin) throw new HaggleError('unauthorised', 'This needs the admin key.')
    },
    filesOf: ({ headers }) => {
      const isOperator = operatorKey === null || sameText(String(headers['x-haggle-operator'] ?? ''), operatorKey)
      return isOperator ? null : uploadsFolder(engine)
    },
    spendEvents: (count) => {
      const waitSeconds = events?.take(count) ?? 0
      if (waitSeconds > 0) throw tooMany('events a second (limits.eventsPerSecond)', waitSeconds)
    },
  }
  app.addHook('onClose', () => jobs.close())
  // Within a plugin, so that the OpenAPI description sees the routes.
  await app.register(async (scope) => {
    for (const add of [...routes, ...more]) add(scope, door)
    scope.get('/haggle/v1/openapi.json', { schema: { hide: true } }, () => app.swagger())
  })
  return app
}

/** The console's session speaks with the admin key. */
function keyOf(request: FastifyRequest, { adminKey, clock }: Engine): string | null {
  if (hasSession(request, adminKey, clock.now())) return adminKey
  const text = request.headers['x-algolia-api-key'] ?? keyInQuery(request.query as Record<string, unknown> | undefined)
  return typeof text === 'string' ? text : null
}

/** In capitals of any kind: stock clients differ. */
function keyInQuery(query: Record<string, unknown> = {}): unknown {
  return Object.entries(query).find(([name]) => name.toLowerCase() === 'x-algolia-api-key')?.[1]
}

function readEveryBodyAsJson(app: FastifyInstance): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  const parseSafely = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined)
      return
    }
    let text: string
    try {
      text = utf8.decode(body as Buffer)
    } catch {
      done(new HaggleError('bad-request', 'The request body is not valid UTF-8.'))
      return
    }
    try {
      checkDepth(text)
    } catch (error) {
      done(new HaggleError('bad-request', notJson(error as Error)))
      return
    }
    void parseSafely(request, text, (error, value) => {
      done(error === null ? null : new HaggleError('bad-request', jsonProblem(text)), value)
    })
  })
}

function jsonProblem(text: string): string {
  try {
    parseJson(text)
    return 'The request body holds a key that no record may have: __proto__ or constructor.prototype.'
  } catch (error) {
    return notJson(error as Error)
  }
}

function notJson({ message }: Error): string {
  return `The request body is not valid JSON: ${message}`
}

function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request) => {
    throw new HaggleError('not-found', `No such route: ${request.method} ${request.url.split('?', 1)[0]}`)
  })
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error.statusCode === 413) {
      const { bodyLimit } = request.routeOptions
      error = new HaggleError('too-large', `The request body is larger than ${bodyLimit} bytes: send it in parts.`)
    }
    const status = error instanceof HaggleError ? error.status : (error.statusCode ?? 500)
    const wait = error instanceof HaggleError ? error.retryAfterSeconds : null
    if (status === 429) void reply.header('retry-after', wait ?? 1)
    if (status >= 500) request.log.error({ req: request, err: error }, 'a request failed')
    // What went wrong inside stays inside.
    const message = status >= 500 ? 'Internal error: see the log of the server.' : error.message
    return reply.status(status).send({ message, status })
  })
}
