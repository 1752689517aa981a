/** What a secured key says: its signature, and the limits in the parameters it signs. */
import { BlockList, isIPv6 } from 'node:net'

export interface SecuredKey {
  /** 64 hex digits. */
  readonly signature: string
  /** What was signed. */
  readonly params: string
  /** Parameters of the search, `filters` and `userToken` among them. */
  readonly parameters: Readonly<Record<string, string>>
  readonly validUntilMs: number | null
  readonly indices: readonly string[] | null
  readonly sources: ((ip: string) => boolean) | null
}

const form = /^([0-9a-f]{64})(.*)$/s

/** `null` where the text is no secured key at all. Checks no signature. */
export function readSecuredKey(key: string): SecuredKey | null {
  const match = /^[\w+/=-]+$/.test(key) ? form.exec(Buffer.from(key, 'base64').toString('utf8')) : null
  if (match === null) return null
  const { validUntil, restrictIndices, restrictSources, ...parameters } = Object.fromEntries(
    new URLSearchParams(match[2]),
  ) as Record<string, string | undefined>
  return {
    signature: match[1],
    params: match[2],
    parameters: parameters as Record<string, string>,
    // A time that cannot be read is one that has passed.
    validUntilMs: validUntil === undefined ? null : Number(validUntil) * 1000 || 0,
    indices: restrictIndices === undefined ? null : listOf(restrictIndices),
    sources: restrictSources === undefined ? null : sourceTest(listOf(restrictSources)),
  }
}

function listOf(text: string): string[] {
  const list: unknown = text.startsWith('[') ? safeJson(text) : null
  return (Array.isArray(list) ? list.map(String) : text.split(',')).map((part) => part.trim())
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
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
