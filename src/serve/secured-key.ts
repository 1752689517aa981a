/** What a secured key says: its signature, and the limits in the parameters it signs. */
import { BlockList, isIPv6 } from 'node:net'
import { parseJson } from '../base/json.ts'
import type { FilterParameters } from '../retrieve/filter.ts'

/** What the parameters of a key limit. */
export interface KeyLimits {
  /** What every product must meet. */
  readonly filters: FilterParameters
  /** Other parameters of the search, `userToken` among them. */
  readonly parameters: Readonly<Record<string, string>>
  readonly validUntilMs: number | null
  readonly indices: readonly string[] | null
  readonly sources: ((ip: string) => boolean) | null
}

export interface SecuredKey extends KeyLimits {
  /** 64 hex digits. */
  readonly signature: string
  /** What was signed. */
  readonly params: string
}

const form = /^([0-9a-f]{64})(.*)$/s

/** `null` where the text is no secured key at all. Checks no signature. */
export function readSecuredKey(key: string): SecuredKey | null {
  const match = /^[\w+/=-]+$/.test(key) ? form.exec(Buffer.from(key, 'base64').toString('utf8')) : null
  return match === null ? null : { signature: match[1], params: match[2], ...readLimits(match[2]) }
}

const filtering = ['filters', 'facetFilters', 'numericFilters', 'tagFilters'] as const

/** URL-encoded, as in a secured key or a key's `queryParameters`. */
export function readLimits(params: string): KeyLimits {
  const { validUntil, restrictIndices, restrictSources, ...parameters } = Object.fromEntries(
    new URLSearchParams(params),
  ) as Record<string, string | undefined>
  const filters: Record<string, string> = {}
  for (const name of filtering) {
    const value = parameters[name]
    if (value !== undefined && value.trim() !== '') filters[name] = value
    delete parameters[name]
  }
  return {
    filters,
    parameters: parameters as Record<string, string>,
    // A time that cannot be read is one that has passed.
    validUntilMs: validUntil === undefined ? null : Number(validUntil) * 1000 || 0,
    indices: restrictIndices === undefined ? null : listOf(restrictIndices),
    sources: restrictSources === undefined ? null : sourceTest(listOf(restrictSources)),
  }
}

function listOf(text: string): string[] {
  const list: unknown = text.startsWith('[') ? safeJson(text) : null
  return (Array.isArray(list) ? list.filter((part) => typeof part === 'string') : text.split(',')).map((part) =>
    part.trim(),
  )
}

function safeJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

/** Addresses and networks, e.g. `192.168.1.0/24`. One that cannot be read allows nobody. */
function sourceTest(sources: readonly string[]): (ip: string) => boolean {
  const allowed = new BlockList()
  for (const source of sources) {
    const [address, bits] = source.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) allowed.addAddress(address, family)
      else allowed.addSubnet(address, Number(bits), family)
    } catch {
      continue
    }
  }
  return (ip) => {
    const plain = ip.replace(/^::ffff:/, '')
    return allowed.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}
