/**
 * Which products may be shown: turns the filters of a request into one yes-or-no question about an item.
 *
 * `filters` is an expression (see `filter-expression.ts`). The lists are the wire's older form: the outer list is AND,
 * an inner one is OR, `attribute:-value` is NOT, and a leading minus that is meant is written `\-`. All given
 * parameters must hold. Optional filters exclude nothing: they say what to prefer.
 */
import { parseJson } from '../base/json.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Item, Json } from '../domain/item.ts'
import {
  all,
  any,
  type Condition,
  compare,
  equal,
  not,
  type Operator,
  operators,
  type Shape,
  within,
} from './condition.ts'
import { parseFilterExpression } from './filter-expression.ts'

/** Restrictions in the wire's grammar: a string of `filters`, and the (nested) lists of the older parameters. */
export interface FilterParameters {
  readonly filters?: string
  readonly facetFilters?: Json
  readonly numericFilters?: Json
  readonly tagFilters?: Json
  readonly optionalFilters?: Json
}

/** @throws `bad-request` naming the parameter and the place in it. */
export function compileFilter(parameters: FilterParameters): (item: Item) => boolean {
  const { test } = readFilter(parameters)
  return (item) => test(item.record)
}

/** What must hold, all parameters together. @throws `bad-request` naming the parameter and the place in it. */
export function readFilter(parameters: FilterParameters): Condition {
  const { filters, facetFilters, numericFilters, tagFilters } = parameters
  const conditions = [
    ...(filters === undefined || filters.trim() === '' ? [] : [parseFilterExpression(filters)]),
    ...conjunction('facetFilters', facetFilters, facet),
    ...conjunction('numericFilters', splitAtCommas(numericFilters), comparison),
    ...conjunction('tagFilters', tagFilters, (text) => signed(text, (tag) => equal('_tags', tag))),
  ]
  fewAttributes(conditions)
  return all(conditions)
}

/** Each attribute is a column: made, where it is new, by looking at every product. */
const mostAttributes = 30

function fewAttributes(conditions: readonly Condition[]): void {
  const names = new Set<string>()
  const note = (shape: Shape): void => {
    if ('attribute' in shape) names.add(shape.attribute)
    else if (shape.kind === 'not') note(shape.part)
    else shape.parts.forEach(note)
  }
  for (const { shape } of conditions) note(shape)
  if (names.size <= mostAttributes) return
  throw new HaggleError(
    'bad-request',
    `filters: ${names.size} different attributes; at most ${mostAttributes} may be named.`,
  )
}

/**
 * How much an item is preferred: the summed scores (1 unless `<score=N>` says more) of the optional filters it meets,
 * where of an inner list only the best counts. `null` where there are none.
 */
export function compilePreference(parameters: FilterParameters): ((item: Item) => number) | null {
  const groups = readPreferences(parameters)
  if (groups.length === 0) return null
  const best = (group: (typeof groups)[number], item: Item) =>
    Math.max(0, ...group.map((each) => (each.test(item.record) ? each.score : 0)))
  return (item) => groups.reduce((sum, group) => sum + best(group, item), 0)
}

/** The optional filters with their scores: of an inner list the best one met counts. */
export function readPreferences({ optionalFilters }: FilterParameters): (Condition & { readonly score: number })[][] {
  const groups = nested(
    'optionalFilters',
    optionalFilters,
    (text, fail) => ({
      ...facet(text.replace(scoreAtEnd, ''), fail),
      score: Number(scoreAtEnd.exec(text)?.[1] ?? 1),
    }),
    mostPreferences,
  )
  fewAttributes(groups.flat())
  return groups
}

const scoreAtEnd = /<score=(\d+)>$/
const mostFilters = 5_000
/** Each is asked of every product. */
const mostPreferences = 100
const longest = 1_000
type Fail = (expected: string) => never

function conjunction(name: string, value: Json | undefined, read: (text: string, fail: Fail) => Condition) {
  return nested(name, value, read).map(any)
}

/** Outer list: AND; inner list: OR. A bare string is a list of one; one that looks like JSON is read as JSON. */
function nested<T>(
  name: string,
  value: Json | undefined,
  read: (text: string, fail: Fail) => T,
  most = mostFilters,
): T[][] {
  let count = 0
  const leaf = (entry: Json, path: string): T => {
    const fail: Fail = (expected) => {
      throw new HaggleError(
        'bad-request',
        `${path}: expected ${expected}, found ${JSON.stringify(entry).slice(0, 60)}.`,
      )
    }
    if (typeof entry !== 'string') return fail('a string')
    if (++count > most) fail(`at most ${most} filters`)
    if (entry.length > longest) fail(`at most ${longest} characters`)
    return read(entry, fail)
  }
  const outer = asList(name, value)
  return outer
    .map((entry, at) =>
      Array.isArray(entry)
        ? (entry as readonly Json[]).map((each, inner) => leaf(each, `${name}[${at}][${inner}]`))
        : [leaf(entry, `${name}[${at}]`)],
    )
    .filter((group) => group.length > 0)
}

function asList(name: string, value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null || value === '') return []
  if (Array.isArray(value)) return value as readonly Json[]
  if (typeof value !== 'string') throw new HaggleError('bad-request', `${name}: expected a list or a string.`)
  if (!value.startsWith('[')) return [value]
  try {
    return parseJson(value) as readonly Json[]
  } catch {
    throw new HaggleError('bad-request', `${name}: the list is not valid JSON.`)
  }
}

function splitAtCommas(value: Json | undefined): Json | undefined {
  return typeof value === 'string' && !value.startsWith('[') ? value.split(',') : value
}

function facet(text: string, fail: Fail): Condition {
  const colon = text.indexOf(':')
  if (colon < 1 || colon === text.length - 1) return fail('attribute:value')
  const attribute = text.slice(0, colon).trim()
  if (attribute.length > 1 && attribute.startsWith('-')) return not(facet(text.trim().slice(1), fail))
  return signed(text.slice(colon + 1).trim(), (value) => equal(attribute, value.replace(/^(["'])(.*)\1$/s, '$2')))
}

function signed(text: string, condition: (text: string) => Condition): Condition {
  if (text.startsWith('-')) return not(condition(text.slice(1)))
  return condition(text.replace(/^\\-/, '-'))
}

const numberForm = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`
const number = new RegExp(`^${numberForm}$`)
const range = new RegExp(`^(${numberForm})\\s+to\\s+(${numberForm})$`, 'i')

/** By its last operator: no number has one. One pattern for all of it would try every split of a long run of spaces. */
function comparison(text: string, fail: Fail): Condition {
  const sign = Math.max(...['<', '>', '=', ':'].map((each) => text.lastIndexOf(each)))
  const start = operators.some((each) => each === text.slice(sign - 1, sign + 1)) ? sign - 1 : sign
  const [attribute, value] = [text.slice(0, Math.max(0, start)).trim(), text.slice(sign + 1).trim()]
  const operator = text.slice(start, sign + 1)
  const bounds = operator === ':' ? range.exec(value) : null
  if (attribute !== '' && bounds !== null) return within(attribute, Number(bounds[1]), Number(bounds[2]))
  if (attribute === '' || !number.test(value)) return fail('attribute, operator, number')
  return compare(attribute, operator === ':' ? '=' : (operator as Operator), Number(value))
}
