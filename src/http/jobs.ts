/**
 * Long tasks started over HTTP: they run in the background, can be watched and cancelled, and are kept until the
 * process ends (the latest 100).
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { type ErrorCode, HaggleError, isCancelled } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Engine, ImportRequest, Task } from '../engine.ts'

export const jobRequest = Type.Object(
  {
    kind: Type.Union(
      (['import', 'check', 'train', 'tune', 'untune', 'evaluate', 'backup'] as const).map((kind) => Type.Literal(kind)),
    ),
    index: Type.Optional(Type.String({ minLength: 1 })),
    options: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: false },
)
export type JobRequest = Static<typeof jobRequest>

export interface Job {
  readonly id: string
  readonly kind: JobRequest['kind']
  readonly index: string
  readonly startedAtMs: number
  status: 'running' | 'done' | 'failed' | 'cancelled'
  stage: string
  done: number
  total: number
  note: string
  /** What it went through, latest last; the last 200 stages. */
  readonly log: { readonly atMs: number; readonly text: string }[]
  endedAtMs: number | null
  result: unknown
  error: { code: ErrorCode; message: string } | null
}

export interface Jobs {
  start(request: JobRequest): Job
  get(id: string): Job
  /** Newest first. */
  list(): Job[]
  cancel(id: string): Job
  close(): Promise<void>
}

const mostLogged = 200
const strict = { additionalProperties: false }
const flag = Type.Optional(Type.Boolean())
/** What a job may be told; an import reads its own. A misspelt key must not start minutes of work. */
const optionsOf = {
  check: Type.Object({}, strict),
  train: Type.Object({ force: flag, publish: flag }, strict),
  tune: Type.Object(
    {
      models: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
      surfaces: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
      budget: Type.Optional(
        Type.Union([
          Type.Object({ fits: Type.Integer({ minimum: 1 }) }, strict),
          Type.Object({ minutes: Type.Number({ exclusiveMinimum: 0 }) }, strict),
        ]),
      ),
    },
    strict,
  ),
  untune: Type.Object({}, strict),
  backup: Type.Object({ file: Type.String({ minLength: 1 }), withKeys: flag }, strict),
  evaluate: Type.Object({ reportPath: Type.Optional(Type.String({ minLength: 1 })) }, strict),
}

function checkOptions({ kind, options = {} }: JobRequest): void {
  if (kind === 'import') return
  const wrong = Value.Errors(optionsOf[kind], options).First()
  if (wrong === undefined) return
  throw new HaggleError('bad-request', `options${wrong.path.replaceAll('/', '.')} of ${kind}: ${wrong.message}.`)
}

/**
 * The files that a job reads and writes lie in `folder`, where one is given.
 * @throws `unauthorised` naming the first that does not
 */
export function requireFilesIn(folder: string | null, { options = {} }: JobRequest): void {
  if (folder === null) return
  const { file, reportPath, files } = options as { file?: unknown; reportPath?: unknown; files?: unknown }
  const read = Array.isArray(files) ? files.map((each) => (each as { path?: unknown } | null)?.path) : []
  for (const path of [file, reportPath, ...read]) {
    // What is no path is refused by whoever reads the options.
    if (typeof path !== 'string' || dirname(resolve(path)) === resolve(folder)) continue
    throw new HaggleError('unauthorised', `Files of this shop lie in ${folder}; ${path} is for who runs the server.`)
  }
  mkdirSync(folder, { recursive: true })
}

/** What each kind of job does: the same as the command of that name. */
const work: Record<
  JobRequest['kind'],
  (engine: Engine, catalogue: CatalogueId, options: object, task: Task) => Promise<unknown>
> = {
  import: (engine, catalogue, options, task) => engine.import({ ...(options as ImportRequest), catalogue }, task),
  check: (engine, catalogue, _options, task) => engine.check(catalogue, task),
  train: (engine, catalogue, options, task) => engine.train(catalogue, options, task),
  tune: (engine, catalogue, options, task) => engine.tune(catalogue, options, task),
  untune: (engine, catalogue) => engine.untune(catalogue),
  backup: (engine, _catalogue, options, task) => engine.backup((options as { file: string }).file, options, task),
  evaluate: (engine, catalogue, options, task) => engine.evaluate(catalogue, options, task),
}

/** Does what `request` asks for, here and now. */
export function runJob(engine: Engine, request: JobRequest, task: Task): Promise<unknown> {
  const catalogue = (request.index ?? engine.config.catalogue) as CatalogueId
  return work[request.kind](engine, catalogue, request.options ?? {}, task)
}

export function createJobs(engine: Engine): Jobs {
  const jobs = new Map<string, { job: Job; abort: AbortController; ended: Promise<void> }>()

  const found = (id: string) => {
    const entry = jobs.get(id)
    if (entry === undefined) throw new HaggleError('not-found', `There is no job ${id}.`)
    return entry
  }

  return {
    start: (request) => {
      checkOptions(request)
      const abort = new AbortController()
      const job = newJob(request, engine)
      const log = (text: string) => {
        job.log.push({ atMs: engine.clock.now(), text })
        if (job.log.length > mostLogged) job.log.shift()
      }
      const report = (stage: string, done: number, total: number, note = '') => {
        if (stage !== job.stage) log(stage)
        Object.assign(job, { stage, done, total, note })
      }
      const task: Task = { progress: { report: (...step) => void report(...step) }, signal: abort.signal }
      const ended = runJob(engine, request, task).then(
        (result) => void Object.assign(job, { status: 'done', result, endedAtMs: engine.clock.now() }),
        (error: unknown) => {
          fail(engine, job, error)
          log(job.error?.message ?? '')
        },
      )
      jobs.set(job.id, { job, abort, ended })
      for (const id of jobs.keys()) if (jobs.size > 100 && found(id).job.status !== 'running') jobs.delete(id)
      return job
    },
    get: (id) => found(id).job,
    list: () => [...jobs.values()].map(({ job }) => job).reverse(),
    cancel: (id) => {
      found(id).abort.abort()
      return found(id).job
    },
    close: async () => {
      for (const { abort } of jobs.values()) abort.abort()
      await Promise.all([...jobs.values()].map((each) => each.ended))
    },
  }
}

function newJob({ kind, index }: JobRequest, { clock, config }: Engine): Job {
  const start = { stage: '', done: 0, total: 0, note: '', log: [], endedAtMs: null, result: null, error: null }
  return {
    id: randomUUID(),
    kind,
    index: index ?? config.catalogue,
    startedAtMs: clock.now(),
    status: 'running',
    ...start,
  }
}

function fail(engine: Engine, job: Job, error: unknown): void {
  const known = error instanceof HaggleError
  if (!known) engine.log.error({ err: error, job: job.kind }, 'a job failed')
  const message = known ? error.message : 'Internal error: see the log of the server.'
  job.status = isCancelled(error) ? 'cancelled' : 'failed'
  job.endedAtMs = engine.clock.now()
  job.error = { code: known ? error.code : 'internal', message }
}
