/** A `haggle` of its own process that may be killed at any moment, and what it takes to ask it. For torture.ts and the tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../src/base/config.ts'

const main = new URL('../dist/cli/main.js', import.meta.url).pathname

/** Where a shop is kept, and the file that says so. */
export interface Place extends Pick<Config, 'dataFolder' | 'store'> {
  readonly configFile: string
}

export interface Victim {
  readonly url: string
  /** From the start of its process until it answered. */
  readonly startMs: number
  /** What it wrote to its log so far. */
  log(): string
  isAlive(): boolean
  /** `kill -9`; resolves once it is gone. */
  kill(): Promise<void>
}

/** What is asked of a server: its answer, or a rejection with `Gone` where it died before it gave one. */
export type Call = (method: string, path: string, body?: unknown) => Promise<unknown>

export class Gone extends Error {}

/** @param settings of the configuration; its data folder is within `folder` */
export function placeIn(folder: string, settings: object): Place {
  mkdirSync(folder, { recursive: true })
  const configFile = join(folder, 'haggle.config.json')
  const given = { ...settings, dataFolder: join(folder, 'data') }
  writeFileSync(configFile, JSON.stringify(given))
  return { ...readConfig(given), configFile }
}

export interface Limits {
  /** No file may grow beyond: a disk that is full. */
  readonly fileKiB?: number
  /** A program and its arguments, to run it by. */
  readonly prefix?: readonly string[]
  readonly killAfterMs?: number
}

function startCommand(place: Place, args: readonly string[], { fileKiB, prefix = [] }: Limits): ChildProcess {
  const limit = fileKiB === undefined ? [] : ['bash', '-c', `ulimit -f ${fileKiB}; exec "$0" "$@"`]
  const words = [...limit, ...prefix, process.execPath, main, '--config', place.configFile, ...args]
  return spawn(words[0], words.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HAGGLE_THREADS: '1' },
  })
}

/** Rejects with what it said where it ends before it answers. */
export async function serve(place: Place, limits: Limits = {}): Promise<Victim> {
  const beganMs = performance.now()
  const child = startCommand(place, ['serve', '--port', '0'], limits)
  const kill = watched(child)
  let log = ''
  child.stderr?.on('data', (text: Buffer) => {
    log += text.toString()
  })
  let said = ''
  for await (const text of child.stdout as AsyncIterable<Buffer>) {
    said += text.toString()
    const url = /http:\/\/[\d.:]+\d/.exec(said)?.[0]
    if (url === undefined) continue
    child.stdout?.resume()
    return { url, startMs: performance.now() - beganMs, log: () => log, isAlive: () => isAlive(child), kill }
  }
  throw new Error(`the server ended before it answered: ${said} ${log}`)
}

/** Runs a command to its end, or until it is killed; `code` is null where it was killed. */
export async function runCommand(
  place: Place,
  args: readonly string[],
  limits: Limits = {},
): Promise<{ code: number | null; said: string; tookMs: number }> {
  const beganMs = performance.now()
  const child = startCommand(place, args, limits)
  const kill = watched(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      said += text.toString()
    })
  }
  const { killAfterMs } = limits
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => void kill(), killAfterMs)
  if (isAlive(child)) await once(child, 'close')
  clearTimeout(timer)
  return { code: child.exitCode, said, tookMs: performance.now() - beganMs }
}

export function callTo({ url }: Victim, place: Place): Call {
  const file = join(place.dataFolder, 'admin.key')
  const key = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-algolia-api-key': key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Gone('the server is gone', { cause: error })
    })
    // The head of an answer may come and its body not.
    const text = await response.text().catch((error: unknown) => {
      throw new Gone('the server is gone', { cause: error })
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as unknown
  }
}

interface Job {
  readonly id: string
  readonly status: string
  readonly error: { readonly message: string } | null
}

/** Starts a job and waits for its end. */
export async function runJob(call: Call, kind: string, options: object): Promise<void> {
  let job = (await call('POST', '/haggle/v1/jobs', { kind, options })) as Job
  while (job.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20))
    job = (await call('GET', `/haggle/v1/jobs/${job.id}`)) as Job
  }
  if (job.error !== null) throw new Error(`${kind}: ${job.error.message}`)
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null

/** Dies with this process. */
function watched(child: ChildProcess): () => Promise<void> {
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return async () => {
    if (!isAlive(child)) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}
