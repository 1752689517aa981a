/**
 * A merchandiser's rule as it is kept: when it applies and what it does. Reading one checks it; nothing here acts.
 *
 * A rule applies when any of its conditions holds (one without conditions always does), it is enabled, and now lies in
 * one of its time windows.
 */
import { HaggleError } from '../domain/errors.ts'
import type { Json } from '../domain/item.ts'
import { type FilterParameters, readFilter } from '../retrieve/filter.ts'
import { type Raw, readParameters } from './search-parameters.ts'

export interface Rule {
  readonly id: string
  readonly description: string
  readonly enabled: boolean
  readonly conditions: readonly RuleCondition[]
  /** Unix milliseconds. */
  readonly windows: readonly { readonly fromMs: number; readonly untilMs: number }[]
  readonly consequence: Consequence
}

export interface RuleCondition {
  /** `null`: whatever is typed. */
  readonly pattern: string | null
  readonly anchoring: Anchoring
  readonly context: string | null
  readonly filters: FilterParameters | null
}

const anchorings = ['is', 'startsWith', 'endsWith', 'contains'] as const
type Anchoring = (typeof anchorings)[number]

export interface Consequence {
  /** Parameters the search then has, `query` not among them. */
  readonly params: Raw
  /** The whole query anew, or `null`. */
  readonly query: string | null
  readonly edits: readonly { readonly from: string; readonly to: string }[]
  readonly facetFilters: readonly FacetFilter[]
  readonly optionalFacetFilters: readonly FacetFilter[]
  readonly promote: readonly { readonly ids: readonly string[]; readonly position: number }[]
  readonly hide: readonly string[]
  readonly filterPromotes: boolean
  readonly renderingContent: { readonly [key: string]: Json } | null
  readonly userData: Json | undefined
}

/** Filters on what stood in the pattern's `{facet:…}`. */
export interface FacetFilter {
  readonly facet: string
  readonly disjunctive: boolean
  readonly negative: boolean
  readonly score: number
}

type Tree = { readonly [key: string]: Json | undefined }
const mostPromoted = 300

/** @throws `bad-request` naming the part that cannot be read. */
export function readRule(raw: Raw, path = ''): Rule {
  const fail = (part: string, expected: string): never => {
    throw new HaggleError('bad-request', `${path}${part}: expected ${expected}.`)
  }
  const { objectID, description = '', enabled = true, conditions, condition, validity, consequence } = raw
  if (typeof objectID !== 'string' || objectID === '') return fail('objectID', 'a text')
  const wrap = conditions ?? (condition === undefined || condition === null ? [] : [condition])
  const context = { fail, objectID }
  return {
    id: objectID,
    description: typeof description === 'string' ? description : '',
    enabled: typeof enabled === 'boolean' ? enabled : fail('enabled', 'true or false'),
    conditions: list(wrap, 'conditions', context).map((each, at) => readCondition(each, `conditions[${at}]`, context)),
    windows: list(validity ?? [], 'validity', context).map((each, at) => readWindow(each, `validity[${at}]`, context)),
    consequence: readConsequence(tree(consequence, 'consequence', context), context),
  }
}

interface Context {
  readonly fail: (part: string, expected: string) => never
}

function list(value: Json | undefined, part: string, { fail }: Context): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : fail(part, 'a list')
}

function tree(value: Json | undefined, part: string, { fail }: Context): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Tree)
    : fail(part, 'an object')
}

function readCondition(value: Json, part: string, context: Context): RuleCondition {
  const { pattern, anchoring = 'is', context: where, filters } = tree(value, part, context)
  const known = anchorings.find((each) => each === anchoring)
  if (known === undefined) return context.fail(`${part}.anchoring`, anchorings.join(', '))
  if (pattern !== undefined && typeof pattern !== 'string') return context.fail(`${part}.pattern`, 'a text')
  if (filters !== undefined && typeof filters !== 'string') return context.fail(`${part}.filters`, 'a text')
  const restriction = filters === undefined || filters === '' ? null : { filters }
  if (restriction !== null) readFilter(restriction)
  return {
    pattern: pattern ?? null,
    anchoring: known,
    context: typeof where === 'string' && where !== '' ? where : null,
    filters: restriction,
  }
}

/** The wire counts seconds. */
function readWindow(value: Json, part: string, context: Context) {
  const { from, until } = tree(value, part, context)
  if (typeof from !== 'number' || typeof until !== 'number') return context.fail(part, 'from and until in seconds')
  return { fromMs: from * 1000, untilMs: until * 1000 }
}

function readConsequence(value: Tree, context: Context): Consequence {
  const { params: rawParams, promote, hide, filterPromotes, userData } = value
  const params = tree(rawParams ?? {}, 'consequence.params', context)
  const { query, automaticFacetFilters, automaticOptionalFacetFilters, renderingContent, ...others } = params
  readParameters(others)
  return {
    params: others,
    ...readQuery(query, context),
    facetFilters: readFacetFilters(automaticFacetFilters, 'automaticFacetFilters', context),
    optionalFacetFilters: readFacetFilters(automaticOptionalFacetFilters, 'automaticOptionalFacetFilters', context),
    promote: list(promote ?? [], 'consequence.promote', context).map((each, at) => readPromotion(each, at, context)),
    hide: list(hide ?? [], 'consequence.hide', context).map((each, at) => {
      const { objectID } = tree(each, `consequence.hide[${at}]`, context)
      return typeof objectID === 'string' ? objectID : context.fail(`consequence.hide[${at}].objectID`, 'a text')
    }),
    filterPromotes: filterPromotes === true,
    renderingContent:
      renderingContent === undefined || renderingContent === null
        ? null
        : (tree(renderingContent, 'consequence.params.renderingContent', context) as { [key: string]: Json }),
    userData,
  }
}

function readPromotion(value: Json, at: number, context: Context) {
  const part = `consequence.promote[${at}]`
  const { objectID, objectIDs, position } = tree(value, part, context)
  const ids = objectID === undefined ? list(objectIDs, `${part}.objectIDs`, context) : [objectID]
  if (!ids.every((id) => typeof id === 'string')) return context.fail(part, 'texts as objectIDs')
  if (typeof position !== 'number' || !Number.isInteger(position) || position < 0 || position >= mostPromoted) {
    return context.fail(`${part}.position`, `a whole number from 0 to ${mostPromoted - 1}`)
  }
  return { ids, position }
}

/** A text replaces the query; `{edits}` or `{remove}` change words of it. */
function readQuery(value: Json | undefined, context: Context): Pick<Consequence, 'query' | 'edits'> {
  if (value === undefined || value === null) return { query: null, edits: [] }
  if (typeof value === 'string') return { query: value, edits: [] }
  const { edits = [], remove = [] } = tree(value, 'consequence.params.query', context)
  const removed = list(remove, 'consequence.params.query.remove', context).map((each) => ({
    from: typeof each === 'string' ? each : '',
    to: '',
  }))
  const edited = list(edits, 'consequence.params.query.edits', context).map((each, at) => {
    const part = `consequence.params.query.edits[${at}]`
    const { delete: from, insert = '', type } = tree(each, part, context)
    if (typeof from !== 'string') return context.fail(`${part}.delete`, 'a text')
    return { from, to: type === 'remove' || typeof insert !== 'string' ? '' : insert }
  })
  return { query: null, edits: [...removed, ...edited] }
}

function readFacetFilters(value: Json | undefined, name: string, context: Context): FacetFilter[] {
  return list(value ?? [], `consequence.params.${name}`, context).map((each, at) => {
    if (typeof each === 'string') return { facet: each, disjunctive: false, negative: false, score: 1 }
    const part = `consequence.params.${name}[${at}]`
    const { facet, disjunctive, negative, score } = tree(each, part, context)
    if (typeof facet !== 'string') return context.fail(`${part}.facet`, 'a text')
    return {
      facet,
      disjunctive: disjunctive === true,
      negative: negative === true,
      score: typeof score === 'number' ? score : 1,
    }
  })
}
