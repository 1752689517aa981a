/** What a key may do, as the wire writes it, checked. */
import { HaggleError } from '../domain/errors.ts'
import type { Json } from '../domain/item.ts'
import { Expected, text, texts, whole } from './parameter-types.ts'

export const acls = [
  'search',
  'browse',
  'recommendation',
  'addObject',
  'deleteObject',
  'deleteIndex',
  'listIndexes',
  'settings',
  'editSettings',
  'seeUnretrievableAttributes',
  'analytics',
  'personalization',
  'usage',
  'logs',
] as const

export interface KeyRights {
  readonly acl: readonly string[]
  readonly description: string
  /** Empty: all. A star stands for anything. */
  readonly indexes: readonly string[]
  readonly referers: readonly string[]
  /** 0: no limit. */
  readonly maxHitsPerQuery: number
  readonly maxQueriesPerIPPerHour: number
  /** Seconds from its making; 0: for good. */
  readonly validity: number
  /** What `validity` was before the key was rotated and given a grace; the keys in its place have it. */
  readonly fullValidity?: number
  /** Parameters every search with this key has. */
  readonly queryParameters: string
}

/** @throws `bad-request` naming the part. */
export function readRights(value: Json): KeyRights {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HaggleError('bad-request', 'A key needs an object with at least `acl`.')
  }
  const raw = value as { readonly [name: string]: Json | undefined }
  const read = <Value>(name: string, reader: (value: Json) => Value, otherwise: Value): Value => {
    try {
      return raw[name] === undefined || raw[name] === null ? otherwise : reader(raw[name])
    } catch (error) {
      if (!(error instanceof Expected)) throw error
      throw new HaggleError('bad-request', `${name}: expected ${error.message}.`)
    }
  }
  const acl = read('acl', texts, [])
  const unknown = acl.find((right) => !acls.some((each) => each === right))
  if (acl.length === 0 || unknown !== undefined) {
    throw new HaggleError(
      'bad-request',
      `acl: expected some of ${acls.join(', ')}${unknown ? `, found "${unknown}"` : ''}.`,
    )
  }
  const number = whole(0, Number.MAX_SAFE_INTEGER)
  return {
    acl,
    description: read('description', text(), ''),
    indexes: read('indexes', texts, []),
    referers: read('referers', texts, []),
    maxHitsPerQuery: read('maxHitsPerQuery', number, 0),
    maxQueriesPerIPPerHour: read('maxQueriesPerIPPerHour', number, 0),
    validity: read('validity', number, 0),
    queryParameters: read('queryParameters', text(), ''),
  }
}
