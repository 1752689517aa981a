/**
 * Where a command does its work: in this process, or in the server that owns the data folder.
 *
 * A data folder has one owner. While `haggle serve` runs, the other commands hand their work to it over HTTP and show
 * its progress here, so that nobody has to stop the shop to train it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Config, loadConfig } from '../base/config.ts'
import { createLog } from '../base/log.ts'
import { shopsOf } from '../base/shops.ts'
import { type ErrorCode, HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { type Engine, openEngine, readOwner, type Task } from '../engine.ts'
import { isChange } from '../http/audited.ts'
import { type Job, type JobRequest, runJob } from '../http/jobs.ts'
import { createBars } from './terminal.ts'

export interface Session {
  readonly config: Config
  readonly catalogue: CatalogueId
}

interface GlobalOptions {
  readonly config?: string
  readonly dataFolder?: string
  readonly index?: string
  readonly shop?: string
}

export interface Installation {
  readonly config: Config
  /** Empty where the installation is one shop. */
  readonly shops: ReadonlyMap<string, Config>
  /** The one that was asked for. */
  readonly shop: string | null
}

/** The configuration after the file, the environment and the options, in this order. */
export function openInstallation(command: Command): Installation {
  const options = command.optsWithGlobals<GlobalOptions>()
  const loaded = loadConfig(options.config ?? null)
  const config = { ...loaded, dataFolder: options.dataFolder ?? loaded.dataFolder }
  return { config, shops: shopsOf(config), shop: options.shop ?? null }
}

/** The shop that a command works on. */
export function openSession(command: Command): Session {
  const { index } = command.optsWithGlobals<GlobalOptions>()
  const own = shopAskedFor(openInstallation(command))
  const catalogue = index ?? own.catalogue
  return { config: { ...own, catalogue }, catalogue: catalogue as CatalogueId }
}

function shopAskedFor({ config, shops, shop }: Installation): Config {
  const named = `the configuration names ${[...shops.keys()].join(', ')}`
  if (shop === null && shops.size === 0) return config
  if (shop === null) throw new HaggleError('bad-request', `Which shop? Name it with --shop: ${named}.`)
  const own = shops.get(shop)
  if (own !== undefined) return own
  const none = shops.size === 0 ? 'the configuration names no shops: leave --shop out' : named
  throw new HaggleError('not-found', `There is no shop "${shop}": ${none}.`)
}

/** Runs one long task, here or in the server, with bars; Ctrl-C cancels it cleanly. */
export function perform(session: Session, kind: JobRequest['kind'], options: object): Promise<unknown> {
  const request: JobRequest = { kind, index: session.catalogue, options }
  return withBars(async (task) => {
    const server = serverOf(session.config)
    if (server !== null) return forward(server, request, task)
    return withEngine(session, false, async (engine) => {
      if (isChange(kind)) await engine.audit.note(commandLine(kind, session.catalogue, options))
      return runJob(engine, request, task)
    })
  })
}

/** For the record of who changed what: done here, by whoever has the folder. */
export function commandLine(what: string, catalogue: CatalogueId, details: object = {}) {
  return { who: `command line (${userInfo().username})`, what, subject: catalogue, details: details as Json }
}

/** Shows how far `work` is, and cancels it by Ctrl-C. */
export async function withBars<Result>(work: (task: Required<Task>) => Promise<Result>): Promise<Result> {
  const bars = createBars()
  const abort = new AbortController()
  const cancel = () => abort.abort()
  process.once('SIGINT', cancel).once('SIGTERM', cancel)
  try {
    return await work({ progress: bars, signal: abort.signal })
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel)
    bars.stop()
  }
}

/** Runs `work` with an engine of this process. `live` brings the catalogues into memory. */
export async function withEngine<Result>(
  session: Session,
  live: boolean,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const bars = createBars()
  const engine = await openEngine({
    config: session.config,
    log: createLog('warn'),
    role: 'command',
    live,
    progress: bars,
  })
  bars.stop()
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

export interface Server {
  readonly url: string
  readonly key: string
  /** That this is whoever runs the server of several shops; `null` where it is of one. */
  readonly operatorKey: string | null
}

/** The server that owns the data folder, or `null` where none does. */
export function serverOf(config: Config): Server | null {
  const url = readOwner(config.dataFolder)?.url
  if (url === undefined || url === null) return null
  const kept = (name: string) => readFileSync(join(config.dataFolder, name), 'utf8').trim()
  const key = config.server.adminKey ?? kept('admin.key')
  return { url, key, operatorKey: existsSync(join(config.dataFolder, 'operator.key')) ? kept('operator.key') : null }
}

/** One request to the server; its errors become ours. */
export async function ask(server: Server, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      'x-algolia-api-key': server.key,
      'content-type': 'application/json',
      ...(server.operatorKey === null ? {} : { 'x-haggle-operator': server.operatorKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    const gone = `The server at ${server.url} owns the data folder and does not answer: see whether it still runs.`
    throw new HaggleError('busy', gone, { cause: error })
  })
  const answer = (await response.json()) as { message?: string }
  if (response.ok) return answer
  throw refusal(response.status, `The server at ${server.url} says: ${answer.message}`)
}

/** What the HTTP door refused, as the command line says it. */
export function refusal(status: number, message: string): HaggleError {
  const codes: Record<number, ErrorCode> = { 403: 'unauthorised', 404: 'not-found', 409: 'busy' }
  return new HaggleError(codes[status] ?? (status >= 500 ? 'internal' : 'bad-request'), message)
}

const pollMs = 250

async function forward(server: Server, request: JobRequest, { progress, signal }: Required<Task>): Promise<unknown> {
  let job = (await ask(server, 'POST', '/haggle/v1/jobs', request)) as Job
  // A server that is gone is noticed by the next look at the job.
  const cancel = () => void ask(server, 'DELETE', `/haggle/v1/jobs/${job.id}`).catch(() => undefined)
  signal.addEventListener('abort', cancel)
  while (job.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    job = (await ask(server, 'GET', `/haggle/v1/jobs/${job.id}`)) as Job
    if (job.stage !== '') progress.report(job.stage, job.done, job.total, job.note)
  }
  if (job.error !== null) throw new HaggleError(job.error.code, job.error.message)
  return job.result
}
