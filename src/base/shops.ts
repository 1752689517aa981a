/**
 * Several shops in one installation, each with settings, a folder (or schema) and keys of its own.
 *
 * A shop's settings are those of the installation with what its own line in `shops` says instead. What it must not
 * share is made its own: `<dataFolder>/shops/<id>`, the schema `<schema>_<id>`, the admin key. Limits that nobody set
 * are those below, so that no shop can take what the others need.
 */
import { join } from 'node:path'
import { HaggleError } from '../domain/errors.ts'
import { type Config, readConfig } from './config.ts'

/** Where there are others. */
const usualLimits = {
  requestsPerSecond: 200,
  requestsUnderWay: 200,
  mebibytesUnderWay: 64,
  eventsPerSecond: 1_000,
  products: 200_000,
  shoppers: 500_000,
} as const

/** What there is once for all. */
const ofInstallation: Readonly<Record<string, readonly string[]>> = {
  server: ['host', 'port', 'proxies', 'drainSeconds', 'logLevel'],
}

type Settings = Readonly<Record<string, unknown>>
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The configuration of every shop by its application id; empty where the installation is one shop.
 * @throws `bad-config` where an id is unsafe, a line is wrong, or two shops would share what must be their own.
 */
export function shopsOf(config: Config, environment: Environment = process.env): ReadonlyMap<string, Config> {
  const lines = Object.entries(config.shops)
  if (lines.length > 0 && config.server.adminKey !== null) {
    const own = 'Each shop has an admin key of its own'
    const how = 'set shops.<id>.server.adminKey or HAGGLE_ADMIN_KEY_<ID>, or leave it to the folder of the shop'
    throw wrong(`server.adminKey (or HAGGLE_ADMIN_KEY): ${own}: ${how}.`)
  }
  const shops = new Map(lines.map(([id, line]) => [id, shopOf(config, id, line, environment)]))
  refuseShared(shops)
  return shops
}

/** Capitals and dashes look the same in the names of schemas and variables. */
function plain(id: string): string {
  return id.toLowerCase().replaceAll('-', '_')
}

function shopOf(config: Config, id: string, line: Settings, environment: Environment): Config {
  if (!/^[a-z0-9][a-z0-9_-]{0,31}$/i.test(id)) {
    throw wrong(`shops: "${id}" is no application id: expected up to 32 letters, digits, "_" and "-".`)
  }
  refuseInstallations(id, line)
  const { shops: _, dataFolder, ...rest } = config
  const base = {
    ...rest,
    dataFolder: join(dataFolder, 'shops', id),
    store: { ...config.store, schema: `${config.store.schema}_${plain(id)}` },
    server: {
      ...config.server,
      adminKey: environment[`HAGGLE_ADMIN_KEY_${plain(id).toUpperCase()}`] ?? null,
      hosts: [],
    },
  }
  const shop = readConfig(merged(base, line), `shops.${id}`)
  const limits = Object.entries(usualLimits).map(([name, usual]) => [
    name,
    shop.limits[name as keyof typeof usualLimits] ?? usual,
  ])
  return { ...shop, limits: Object.fromEntries(limits) as Config['limits'] }
}

function refuseInstallations(id: string, line: Settings): void {
  const named = Object.entries(line).flatMap(([section, value]) => {
    if (section === 'kernels' || section === 'shops') return [section]
    const keys = ofInstallation[section] ?? []
    return Object.keys((value ?? {}) as Settings)
      .filter((key) => keys.includes(key))
      .map((key) => `${section}.${key}`)
  })
  if (named.length > 0) throw wrong(`shops.${id}: ${named.join(', ')} can be set for the whole installation only.`)
}

/** `over` where it says something; lists are replaced as a whole. */
function merged(under: Settings, over: Settings): Settings {
  const both = Object.entries(over).map(([key, value]) => {
    const before = Object.hasOwn(under, key) ? under[key] : undefined
    return [key, isObject(before) && isObject(value) ? merged(before, value) : value]
  })
  return { ...under, ...(Object.fromEntries(both) as Settings) }
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuseShared(shops: ReadonlyMap<string, Config>): void {
  const taken = new Map<string, string>()
  for (const [id, { dataFolder, store, server }] of shops) {
    const own = [
      ['name', plain(id)],
      ['dataFolder', dataFolder],
      ...(store.url === null ? [] : [['store.schema', `${store.url} ${store.schema}`]]),
      ...(server.adminKey === null ? [] : [['server.adminKey', server.adminKey]]),
      ...server.hosts.map((host) => ['server.hosts', host.toLowerCase()]),
    ]
    for (const [what, value] of own) {
      const other = taken.get(`${what} ${value}`)
      if (other !== undefined && other !== id) {
        throw wrong(`shops.${id} and shops.${other} would share their ${what}: give each one of its own.`)
      }
      taken.set(`${what} ${value}`, id)
    }
  }
}

function wrong(message: string): HaggleError {
  return new HaggleError('bad-config', message)
}
