/**
 * One thing that may be asked of a product record: "is its colour red?", "does it cost less than 20?".
 *
 * An attribute may be nested (`size.eu`); where a value is a list, any of its elements may answer. Text is compared
 * without regard to case, except `objectID` and `_tags`. Booleans and numbers also match their text: `inStock:true`.
 */
import type { ItemRecord, Json } from '../domain/item.ts'

export interface Condition {
  readonly test: (record: ItemRecord) => boolean
  /** The same question as data, for whoever can ask it of all products at once (`condition-bits.ts`). */
  readonly shape: Shape
}

export type Shape =
  | { readonly kind: 'one-of'; readonly attribute: string; readonly values: readonly string[] }
  | { readonly kind: 'range'; readonly attribute: string; readonly low: number; readonly high: number }
  | { readonly kind: 'not'; readonly part: Shape }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Shape[] }

export const operators = ['<=', '>=', '!=', '<', '>', '='] as const
export type Operator = (typeof operators)[number]

export function equal(attribute: string, value: string): Condition {
  return oneOf(attribute, [value])
}

/** `!=` is the opposite of `=`: an item without a number there passes. */
export function compare(attribute: string, operator: Operator, number: number): Condition {
  switch (operator) {
    case '<':
      return within(attribute, -Infinity, below(number))
    case '<=':
      return within(attribute, -Infinity, number)
    case '>':
      return within(attribute, above(number), Infinity)
    case '>=':
      return within(attribute, number, Infinity)
    case '=':
      return within(attribute, number, number)
    case '!=':
      return not(compare(attribute, '=', number))
  }
}

/** Both bounds belong to the range. */
export function within(attribute: string, low: number, high: number): Condition {
  const keys = attribute.split('.')
  const leaf = (value: Leaf) => typeof value === 'number' && value >= low && value <= high
  return {
    test: (record) => someValue(record, keys, attribute, leaf),
    shape: { kind: 'range', attribute, low, high },
  }
}

export function not(condition: Condition): Condition {
  return { test: (record) => !condition.test(record), shape: { kind: 'not', part: condition.shape } }
}

export function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]
  return {
    test: (record) => conditions.every((each) => each.test(record)),
    shape: { kind: 'all', parts: conditions.map(({ shape }) => shape) },
  }
}

export function any(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]
  const merged = mergeEqualities(conditions)
  return {
    test: (record) => merged.some((each) => each.test(record)),
    shape: { kind: 'any', parts: merged.map(({ shape }) => shape) },
  }
}

/** A long `OR` of values of one attribute becomes one look-up. */
function mergeEqualities(conditions: readonly Condition[]): Condition[] {
  const values = new Map<string, string[]>()
  const others: Condition[] = []
  for (const condition of conditions) {
    const { shape } = condition
    if (shape.kind !== 'one-of') {
      others.push(condition)
      continue
    }
    const known = values.get(shape.attribute)
    if (known === undefined) values.set(shape.attribute, [...shape.values])
    else known.push(...shape.values)
  }
  return [...[...values].map(([attribute, list]) => oneOf(attribute, list)), ...others]
}

/** The values an attribute has in a record, as text: what a facet counts. */
export function facetValues(record: ItemRecord, attribute: string): string[] {
  const values = leaves(record, attribute)
  return values.length < 2 ? values.map(String) : [...new Set(values.map(String))]
}

/** Every number, text and boolean an attribute has in a record. */
export function leaves(record: ItemRecord, attribute: string): Leaf[] {
  // A plain value, which most are, is read at once.
  const own = Object.hasOwn(record, attribute) ? record[attribute] : undefined
  if (typeof own === 'string' || typeof own === 'number' || typeof own === 'boolean') return [own]
  const values: Leaf[] = []
  someValue(record, attribute.split('.'), attribute, (value) => {
    values.push(value)
    return false
  })
  return values
}

/** Whether text of this attribute is compared letter by letter. */
export function isExact(attribute: string): boolean {
  return attribute === 'objectID' || attribute === '_tags'
}

function oneOf(attribute: string, wanted: readonly string[]): Condition {
  const exact = isExact(attribute)
  const values = new Set(exact ? wanted : wanted.map((value) => value.toLowerCase()))
  const matches = (value: Leaf) => values.has(exact ? String(value) : String(value).toLowerCase())
  const keys = attribute.split('.')
  return {
    test: (record) => someValue(record, keys, attribute, matches),
    shape: { kind: 'one-of', attribute, values: wanted },
  }
}

const bits = new Float64Array(1)
const words = new BigInt64Array(bits.buffer)

/** The next number above `number`, so that `>` becomes `>=`. */
export function above(number: number): number {
  if (number === 0) return Number.MIN_VALUE
  bits[0] = number
  words[0] += number > 0 ? 1n : -1n
  return bits[0]
}

/** The next number down. */
export function below(number: number): number {
  return -above(-number)
}

export type Leaf = string | number | boolean

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
