/** How a record looks to who holds a key. */
import type { ItemRecord } from '../domain/item.ts'
import { type Permit, pickAttributes, readFilter, type SearchSettings } from '../engine.ts'

/** `null` for a record that the key hides. `wanted` as `attributesToRetrieve`; what the key names itself stands over it. */
export type SeenBy = (record: ItemRecord, wanted?: string | readonly string[]) => object | null

export function seenBy({ restrictions, parameters, seesAll }: Permit, settings: SearchSettings | null): SeenBy {
  const filters = restrictions.map(readFilter)
  const never = seesAll ? [] : (settings?.unretrievableAttributes ?? [])
  return (record, asked) => {
    if (!filters.every(({ test }) => test(record))) return null
    const wanted = parameters.attributesToRetrieve ?? asked
    return { ...pickAttributes(record, listOf(wanted), never), objectID: record.objectID }
  }
}

function listOf(attributes: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof attributes === 'string' ? attributes.split(',').map((name) => name.trim()) : attributes
}
