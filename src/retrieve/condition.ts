/**
 * One thing that may be asked of a product record: "is its colour red?", "does it cost less than 20?".
 *
 * An attribute may be nested (`size.eu`); where a value is a list, any of its elements may answer. Text is compared
 * without regard to case, except `objectID` and `_tags`. Booleans and numbers also match their text: `inStock:true`.
 */
import type { ItemRecord, Json } from '../domain/item.ts'

export interface Condition {
  readonly test: (record: ItemRecord) => boolean
  /** Set where the condition is a plain equality, so that a long `OR` of them becomes one look-up. */
  readonly equality?: { readonly attribute: string; readonly value: string }
}

export const operators = ['<=', '>=', '!=', '<', '>', '='] as const
export type Operator = (typeof operators)[number]

export function equal(attribute: string, value: string): Condition {
  return { ...oneOf(attribute, [value]), equality: { attribute, value } }
}

/** `!=` is the opposite of `=`: an item without a number there passes. */
export function compare(attribute: string, operator: Operator, number: number): Condition {
  switch (operator) {
    case '<':
      return numeric(attribute, (value) => value < number)
    case '<=':
      return numeric(attribute, (value) => value <= number)
    case '>':
      return numeric(attribute, (value) => value > number)
    case '>=':
      return numeric(attribute, (value) => value >= number)
    case '=':
      return numeric(attribute, (value) => value === number)
    case '!=':
      return not(compare(attribute, '=', number))
  }
}

/** Both bounds belong to the range. */
export function within(attribute: string, low: number, high: number): Condition {
  return numeric(attribute, (value) => value >= low && value <= high)
}

export function not(condition: Condition): Condition {
  return { test: (record) => !condition.test(record) }
}

export function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]
  return { test: (record) => conditions.every((each) => each.test(record)) }
}

export function any(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]
  const values = new Map<string, string[]>()
  for (const { equality } of conditions) {
    if (equality !== undefined)
      values.set(equality.attribute, [...(values.get(equality.attribute) ?? []), equality.value])
  }
  const merged = [
    ...[...values].map(([attribute, list]) => oneOf(attribute, list)),
    ...conditions.filter((each) => each.equality === undefined),
  ]
  return { test: (record) => merged.some((each) => each.test(record)) }
}

/** The values an attribute has in a record, as text: what a facet counts. */
export function facetValues(record: ItemRecord, attribute: string): string[] {
  const values: string[] = []
  someValue(record, attribute.split('.'), attribute, (value) => {
    values.push(String(value))
    return false
  })
  return [...new Set(values)]
}

function oneOf(attribute: string, wanted: readonly string[]): Condition {
  const exact = attribute === 'objectID' || attribute === '_tags'
  const values = new Set(exact ? wanted : wanted.map((value) => value.toLowerCase()))
  const matches = (value: Leaf) => values.has(exact ? String(value) : String(value).toLowerCase())
  const keys = attribute.split('.')
  return { test: (record) => someValue(record, keys, attribute, matches) }
}

function numeric(attribute: string, matches: (value: number) => boolean): Condition {
  const keys = attribute.split('.')
  const leaf = (value: Leaf) => typeof value === 'number' && matches(value)
  return { test: (record) => someValue(record, keys, attribute, leaf) }
}

type Leaf = string | number | boolean

/** An attribute whose own name holds a dot goes before a nested one. */
function someValue(record: ItemRecord, keys: readonly string[], name: string, matches: (value: Leaf) => boolean) {
  const literal = keys.length === 1 || Object.hasOwn(record, name)
  return someBelow(record, literal ? [name] : keys, 0, matches)
}

function someBelow(value: Json, keys: readonly string[], depth: number, matches: (value: Leaf) => boolean): boolean {
  if (value === null) return false
  if (Array.isArray(value)) return (value as readonly Json[]).some((each) => someBelow(each, keys, depth, matches))
  if (typeof value !== 'object') return depth === keys.length && matches(value)
  const object = value as { readonly [key: string]: Json }
  const key = keys[depth]
  return depth < keys.length && Object.hasOwn(object, key) && someBelow(object[key], keys, depth + 1, matches)
}
