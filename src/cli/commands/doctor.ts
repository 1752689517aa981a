/** `haggle doctor`: what this machine and this folder are like, and every setting there is. */
import { existsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Config, configSchema, isSecret } from '../../base/config.ts'
import { HaggleError } from '../../domain/errors.ts'
import { describeTuned, type DriftState, kernelReport, readOwner, type TunedSettings } from '../../engine.ts'
import { ask, openSession, serverOf, withEngine } from '../session.ts'
import { print, table } from '../terminal.ts'

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the machine, the configuration and the data folder')
    .option('--settings', 'list every setting with its value and meaning')
    .action(async (options: { settings?: boolean }, command: Command) => {
      const session = openSession(command)
      const findings =
        options.settings === true
          ? settings(session.config)
          : { ...(await machine(session.config)), ...(await folder(session)) }
      const lines = Object.entries(findings).flatMap(([what, value]) => describe(what, value))
      print(findings, table(lines))
    })
}

/** A group of findings takes one line each. */
function describe(what: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[what, String(value)]]
  return Object.entries(value).map(([part, held]) => [`${what}: ${part}`, String(held)])
}

async function machine(config: Config): Promise<Record<string, unknown>> {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new HaggleError('bad-config', `Haggle needs Node 20 or newer; this is ${process.version}.`)
  }
  return {
    node: process.version,
    cores: availableParallelism(),
    'memory GiB': Math.round(totalmem() / 2 ** 30),
    kernels: await kernelReport(config.kernels),
    'data folder': config.dataFolder,
    'listens on': `${config.server.host}:${config.server.port}`,
    'admin key': config.server.adminKey === null ? join(config.dataFolder, 'admin.key') : 'from the configuration',
  }
}

/** Opens the store for real where no other process owns it: that is the check. */
async function folder(session: ReturnType<typeof openSession>): Promise<Record<string, unknown>> {
  if (!existsSync(session.config.dataFolder)) return { store: 'not made yet: the first import makes it' }
  const owner = readOwner(session.config.dataFolder)
  if (owner !== null) {
    return { owner: `process ${owner.pid} (${owner.role}) ${owner.url ?? ''}`.trim(), ...(await served(session)) }
  }
  return withEngine(session, false, async (engine) => {
    const { store } = engine
    const findings: Record<string, unknown> = { store: 'opens and reads' }
    for (const { catalogue, itemCount } of await store.catalogues.list()) {
      const { users, byType } = await store.events.counts(catalogue)
      const events = Object.values(byType).reduce((sum, count) => sum + count, 0)
      const live = (await store.generations.live(catalogue)) ?? 'none: run haggle train'
      findings[`catalogue ${catalogue}`] =
        `${itemCount} items, ${events} events of ${users} users, live generation ${live}`
      Object.assign(findings, tunedLines(catalogue, await engine.tuned(catalogue)))
    }
    return findings
  })
}

interface Served {
  readonly live: string | null
  readonly tuned: TunedSettings
  readonly drift: DriftState | null
}

function describeDrift({ pValue, surprise, discrimination, observations }: DriftState): string {
  const beside = `surprise ${surprise.toFixed(3)}, discrimination ${discrimination.toFixed(3)} (0.5: nothing new)`
  return `p ${pValue.toPrecision(2)} after ${observations} observations; ${beside}`
}

/** What the server that owns the folder says of itself. */
async function served({ config }: ReturnType<typeof openSession>): Promise<Record<string, unknown>> {
  const server = serverOf(config)
  if (server === null) return {}
  const findings: Record<string, unknown> = {}
  const { items } = (await ask(server, 'GET', '/1/indexes')) as { items: { name: string; entries: number }[] }
  for (const { name, entries } of items) {
    const path = `/haggle/v1/generations?index=${encodeURIComponent(name)}`
    const { live, tuned, drift } = (await ask(server, 'GET', path)) as Served
    findings[`catalogue ${name}`] = `${entries} items, live generation ${live ?? 'none: run haggle train'}`
    if (drift !== null) findings[`drift of ${name}`] = describeDrift(drift)
    Object.assign(findings, tunedLines(name, tuned))
  }
  return findings
}

/** What the next training takes from tuning, a line a surface. */
function tunedLines(catalogue: string, tuned: TunedSettings): Record<string, string> {
  const lines = Object.entries(tuned).map(([surface, found]) => [
    `${catalogue}, ${surface}`,
    describeTuned(found).join(''),
  ])
  return Object.fromEntries(lines.filter(([, text]) => text !== '')) as Record<string, string>
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>
  description?: string
}

function settings(config: Config): Record<string, string> {
  const lines: Record<string, string> = {}
  const walk = (schema: SchemaNode, value: unknown, path: string) => {
    for (const [key, child] of Object.entries(schema.properties ?? {})) {
      const held = (value as Record<string, unknown>)[key]
      const name = path === '' ? key : `${path}.${key}`
      if (child.properties !== undefined) walk(child, held, name)
      else
        lines[name] = `${isSecret(name) && held !== null ? '(set)' : JSON.stringify(held)}  ${child.description ?? ''}`
    }
  }
  walk(configSchema, config, '')
  return lines
}
