/** Every text of a record, nested ones too: what may be searched where nobody said which attributes. */
import type { Json } from '../domain/item.ts'

export function textsOf(value: Json): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object') return []
  return (Array.isArray(value) ? (value as readonly Json[]) : Object.values(value)).flatMap(textsOf)
}
