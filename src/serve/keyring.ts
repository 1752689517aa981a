/**
 * Keys: who may search, change or look into what, and how often.
 *
 * The admin key of the data folder may do everything. Other keys have rights; a secured key is made by the shop from a
 * search key without asking, base64(HMAC-SHA256(key, params) in hex + params), and carries further limits in `params`.
 * The store holds SHA-256 of a key, and the key sealed (AES-256-GCM) with a secret derived from the admin key: without
 * it the data file tells no key. With another admin key ordinary keys go on working, secured ones made from them do not.
 */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { type Clock, hourMs } from '../base/clock.ts'
import { sameText } from '../base/same-text.ts'
import { seal, unseal } from '../base/seal.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Json } from '../domain/item.ts'
import type { KeyStore, StoredKey } from '../store/store.ts'
import { type KeyRights, readRights } from './key-rights.ts'
import type { FilterParameters } from '../retrieve/filter.ts'
import { type KeyLimits, readLimits, readSecuredKey, type SecuredKey } from './secured-key.ts'

export interface KeyInfo extends KeyRights {
  /** `null` where it was sealed under another admin key. */
  readonly value: string | null
  readonly createdAtMs: number
}

/** What a request asks for. */
export interface Permitted {
  readonly key: string | null
  /** `null`: any key will do. */
  readonly acl: string | null
  /** The index it is about, where it is about one. */
  readonly index?: string
  readonly ip: string
  readonly referer?: string
}

/** What a key makes of a request it allows. */
export interface Permit {
  readonly admin: boolean
  /** The key as it may be told: a fingerprint, and what it is described as. */
  readonly who: string
  /** Whether records are shown with their `unretrievableAttributes`. */
  readonly seesAll: boolean
  /** Parameters of a search that the key sets, whatever the request says. */
  readonly parameters: Readonly<Record<string, string>>
  /** What a product must meet to be there at all for who holds the key; empty: all are. */
  readonly restrictions: readonly FilterParameters[]
  readonly mostHits: number | null
  /** Whether it is for this index, for a request that names several. */
  readonly allows: (index: string) => boolean
}

export interface Keyring {
  /** @throws `unauthorised`, or `overloaded` where the key's rate is spent. */
  permit(asked: Permitted): Permit
  list(): KeyInfo[]
  /** @throws `not-found`. */
  get(key: string): KeyInfo
  /** Makes a new key; returns it. @throws `bad-request`. */
  add(rights: Json, key?: string): Promise<string>
  update(key: string, rights: Json): Promise<void>
  remove(key: string): Promise<void>
  /** A new key with the same rights; the old one, and what was made from it, ends after the grace. Returns the new one. */
  rotate(key: string, graceSeconds: number): Promise<string>
  restore(key: string): Promise<void>
  /** Takes over what others have changed. */
  reload(): Promise<void>
}

export interface KeyringOptions {
  readonly store: KeyStore
  readonly clock: Clock
  readonly adminKey: string
  /** Whether a request without a key, or with one nobody knows, may search, ask for recommendations and send events. */
  readonly open: boolean
}

const openRights: ReadonlySet<string> = new Set(['search', 'recommendation'])
/** Rights to what is answered from products within a filter alone: nothing else is told to a key that has one. */
const filteredRights: ReadonlySet<string> = new Set(['search', 'browse', 'recommendation'])
const free: Permit = {
  admin: false,
  who: 'no key',
  seesAll: false,
  parameters: {},
  restrictions: [],
  mostHits: null,
  allows: () => true,
}

export async function openKeyring({ store, clock, adminKey, open }: KeyringOptions): Promise<Keyring> {
  const secret = Buffer.from(hkdfSync('sha256', adminKey, '', 'haggle keys', 32))
  const known = new Map<string, StoredKey>()
  /** Keys that were opened, by hash; `null` where another secret sealed one. */
  const opened = new Map<string, string | null>()
  const rates = createRates(clock)
  const reload = async () => {
    // What has a hash is one key for good, so that what was opened stays so.
    for (const key of await store.list()) known.set(key.hash, key)
  }
  await reload()

  const valid = ({ deletedAtMs, createdAtMs, rights }: StoredKey) => {
    const { validity } = rights as unknown as KeyRights
    return deletedAtMs === null && (validity === 0 || clock.now() < createdAtMs + validity * 1000)
  }
  const find = (key: string): StoredKey => {
    const found = known.get(hashOf(key))
    if (found === undefined || !valid(found)) throw new HaggleError('not-found', 'Key does not exist')
    return found
  }
  const keep = async (key: StoredKey) => {
    await store.put(key)
    known.set(key.hash, key)
    opened.delete(key.hash)
  }
  const valueOf = ({ hash, sealed }: StoredKey): string | null => {
    const value = opened.get(hash)
    if (value !== undefined) return value
    const fresh = unseal(secret, sealed)
    opened.set(hash, fresh)
    return fresh
  }
  const parents = function* (): Iterable<{ stored: StoredKey; value: string }> {
    for (const stored of known.values()) {
      const value = valid(stored) ? valueOf(stored) : null
      if (value !== null) yield { stored, value }
    }
  }
  /** The key itself, or what it was made from; `null` where nobody knows it. */
  const resolve = (key: string): { stored: StoredKey; secured: SecuredKey | null } | null => {
    const own = known.get(hashOf(key))
    if (own !== undefined) {
      if (!valid(own)) refuse('this key was deleted or has expired')
      return { stored: own, secured: null }
    }
    const secured = readSecuredKey(key)
    if (secured === null) return null
    for (const { stored, value } of parents()) {
      const signature = createHmac('sha256', value).update(secured.params).digest('hex')
      if (sameText(signature, secured.signature)) return { stored, secured }
    }
    return refuse('this secured key was made from no key of this shop, or was changed')
  }

  const add = async (rights: Json, key = randomBytes(16).toString('hex')): Promise<string> => {
    const read = readRights(rights) as unknown as Json
    const createdAtMs = clock.now()
    await keep({ hash: hashOf(key), sealed: seal(secret, key), rights: read, createdAtMs, deletedAtMs: null })
    return key
  }

  return {
    permit: (asked) => {
      const { key, acl } = asked
      if (key !== null && sameText(key, adminKey)) {
        return { ...free, admin: true, seesAll: true, who: `admin key ${fingerprintOf(key)}` }
      }
      const found = key === null || key === '' ? null : resolve(key)
      if (found === null) {
        if (open && (acl === null || openRights.has(acl))) return free
        const which = acl === null ? '' : ` with the right "${acl}"`
        return refuse(`this needs a key${which} (\`haggle doctor\` shows the admin key)`)
      }
      const rights = found.stored.rights as unknown as KeyRights
      checkRights(rights, asked)
      // What is made from a key can do less than the key, never more.
      const limits = [readLimits(rights.queryParameters), ...(found.secured === null ? [] : [found.secured])]
      for (const each of limits) checkLimits(each, asked, clock.now())
      const restrictions = limits.flatMap(({ filters }) => (Object.keys(filters).length === 0 ? [] : [filters]))
      if (restrictions.length > 0 && acl !== null && !filteredRights.has(acl)) {
        refuse(`a key with filters cannot have the right "${acl}", which knows no filters`)
      }
      rates.spend(found.stored.hash, asked.ip, rights.maxQueriesPerIPPerHour)
      return {
        admin: false,
        who: `key ${found.stored.hash.slice(0, fingerprintLength)} (${rights.description})`,
        seesAll: rights.acl.includes('seeUnretrievableAttributes'),
        parameters: Object.assign({}, ...limits.map(({ parameters }) => parameters).reverse()) as Permit['parameters'],
        restrictions,
        mostHits: rights.maxHitsPerQuery === 0 ? null : rights.maxHitsPerQuery,
        allows: (index) => isFor(indexesOf(rights), index) && limits.every(({ indices }) => isFor(indices, index)),
      }
    },
    list: () => [...known.values()].filter(valid).map((stored) => infoOf(stored, valueOf(stored))),
    get: (key) => infoOf(find(key), key),
    add,
    update: async (key, rights) => keep({ ...find(key), rights: readRights(rights) as unknown as Json }),
    remove: async (key) => keep({ ...find(key), deletedAtMs: clock.now() }),
    rotate: async (key, graceSeconds) => {
      const old = find(key)
      const rights = old.rights as unknown as KeyRights
      const { fullValidity = rights.validity } = rights
      const fresh = await add({ ...rights, validity: fullValidity })
      const lived = Math.ceil((clock.now() - old.createdAtMs) / 1000)
      const validity = Math.min(rights.validity || Infinity, lived + graceSeconds)
      // A validity of 0 is none at all.
      if (graceSeconds === 0) await keep({ ...old, deletedAtMs: clock.now() })
      else await keep({ ...old, rights: { ...rights, validity, fullValidity } })
      return fresh
    },
    restore: async (key) => {
      const found = known.get(hashOf(key))
      if (found === undefined) throw new HaggleError('not-found', 'Key does not exist')
      await keep({ ...found, deletedAtMs: null })
    },
    reload,
  }
}

/** The key for front ends, whose rights may be changed like any other's. */
export async function addSearchKey(keys: Keyring, key: string): Promise<void> {
  const rights = { acl: ['search', 'recommendation'], description: 'Search-only key of this folder (search.key)' }
  await keys.add(rights, key)
}

const fingerprintLength = 8

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function infoOf({ rights, createdAtMs }: StoredKey, value: string | null): KeyInfo {
  const { fullValidity: _, ...told } = rights as unknown as KeyRights
  return { ...told, value, createdAtMs }
}

/** Tells a key from others without telling it. */
export function fingerprintOf(key: string): string {
  return hashOf(key).slice(0, fingerprintLength)
}

function refuse(why: string): never {
  throw new HaggleError('unauthorised', `Invalid Application-ID or API key: ${why}.`)
}

function checkRights(rights: KeyRights, { acl, index, referer }: Permitted): void {
  if (acl !== null && !rights.acl.includes(acl)) refuse(`this key lacks the right "${acl}"`)
  if (index !== undefined && !isFor(indexesOf(rights), index)) {
    refuse(`this key is not for the index ${index}`)
  }
  if (rights.referers.length > 0 && !rights.referers.some((pattern) => fits(pattern, referer ?? ''))) {
    refuse('this key is not for pages of this address')
  }
}

function checkLimits({ validUntilMs, indices, sources }: KeyLimits, { index, ip }: Permitted, nowMs: number): void {
  if (validUntilMs !== null && nowMs >= validUntilMs) refuse('this key has expired')
  if (index !== undefined && !isFor(indices, index)) {
    refuse(`this key is not for the index ${index}`)
  }
  if (sources !== null && !sources(ip)) refuse('this key is not for your address')
}

/** `null`: every index. */
function indexesOf({ indexes }: KeyRights): readonly string[] | null {
  return indexes.length === 0 ? null : indexes
}

function isFor(patterns: readonly string[] | null, index: string): boolean {
  return patterns === null || patterns.some((pattern) => fits(pattern, index))
}

/** `dev_*`, `*_dev`, `*/ /*.shop.com/*`: a star stands for anything. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === text
  if (!text.startsWith(parts[0])) return false
  let at = parts[0].length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  const last = parts[parts.length - 1]
  return text.length - last.length >= at && text.endsWith(last)
}

const mostRates = 100_000

/** How often which address asked with which key in this hour. Of more addresses than can be kept, the oldest go. */
function createRates(clock: Clock) {
  let hour = -1
  const spent = new Map<string, number>()
  return {
    spend: (hash: string, ip: string, most: number): void => {
      if (most === 0) return
      const now = Math.floor(clock.now() / hourMs)
      if (now !== hour) spent.clear()
      hour = now
      const who = `${hash} ${network(ip)}`
      const count = (spent.get(who) ?? 0) + 1
      spent.delete(who)
      spent.set(who, count)
      if (spent.size > mostRates) spent.delete(spent.keys().next().value as string)
      if (count <= most) return
      const retryAfterSeconds = Math.ceil(((hour + 1) * hourMs - clock.now()) / 1000)
      throw new HaggleError('overloaded', `This key allows ${most} queries an hour from one address: wait a while.`, {
        retryAfterSeconds,
      })
    },
  }
}

/** Whoever has an IPv6 address has 2^64 of them. */
function network(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip
  const [head, tail = ''] = ip.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = ip.includes('::') ? [...groups, ...Array<string>(missing).fill('0'), ...tail.split(':')] : groups
  return all.slice(0, 4).join(':')
}
