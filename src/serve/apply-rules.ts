/**
 * What a merchandiser's rules make of one search: other words, further filters, pinned and hidden products, a page's
 * content.
 *
 * Rules are tried in the order they were saved. Filters add up; of two rules that set one parameter, pin to one place
 * or replace the query, the first stands.
 */
import type { ItemRecord, Json } from '../domain/item.ts'
import type { Shape } from '../retrieve/condition.ts'
import { fold } from '../retrieve/facet-search.ts'
import { type FilterParameters, readFilter } from '../retrieve/filter.ts'
import type { FacetFilter, Rule, RuleCondition } from './rule.ts'
import { type Raw, readParameters, type SearchParameters } from './search-parameters.ts'

export interface RuledSearch {
  /** With what the rules set; `query` as they left it. */
  readonly parameters: SearchParameters
  readonly restrictions: readonly FilterParameters[]
  /** Optional filters the rules add. */
  readonly preferences: readonly FilterParameters[]
  /** By place from 0. */
  readonly promoted: ReadonlyMap<number, string>
  readonly hidden: readonly string[]
  readonly filterPromotes: boolean
  readonly renderingContent: { readonly [key: string]: Json } | null
  readonly userData: readonly Json[]
  readonly applied: readonly string[]
}

export interface RuleAsk {
  readonly parameters: SearchParameters
  readonly nowMs: number
  /** The values of a facet, for `{facet:…}` in patterns. */
  readonly facetValues: (attribute: string) => readonly string[]
  /** False for a product that the key hides. */
  readonly isThere: (id: string) => boolean
}

export function applyRules(rules: readonly Rule[], ask: RuleAsk): RuledSearch {
  const { parameters, nowMs } = ask
  const words = lazily(() => wordsOf(parameters.query ?? ''))
  const asked = lazily(() => filteredRecord(parameters))
  const draft = newDraft(parameters)
  for (const rule of rules) {
    if (!rule.enabled || !isNow(rule, nowMs) || !concerns(rule, ask)) continue
    const met = rule.conditions.length === 0 ? { captured: [] } : firstMet(rule.conditions, words, ask, asked)
    if (met !== null) applyRule(draft, rule, met.captured)
  }
  return finish(draft, parameters)
}

function newDraft(parameters: SearchParameters) {
  return {
    params: {} as Record<string, Json | undefined>,
    query: parameters.query ?? '',
    replaced: false,
    restrictions: [] as FilterParameters[],
    preferences: [] as FilterParameters[],
    promoted: new Map<number, string>(),
    hidden: [] as string[],
    filterPromotes: false,
    renderingContent: null as { readonly [key: string]: Json } | null,
    userData: [] as Json[],
    applied: [] as string[],
  }
}
type Draft = ReturnType<typeof newDraft>

function finish(draft: Draft, parameters: SearchParameters): RuledSearch {
  const { params, query, replaced: _, ...others } = draft
  return { ...others, parameters: { ...parameters, ...readParameters(params), query } }
}

interface Captured {
  readonly facet: string
  readonly value: string
}

function applyRule(draft: Draft, { id, consequence }: Rule, captured: readonly Captured[]): void {
  const { filters, facetFilters, numericFilters, tagFilters, optionalFilters, ...others } = consequence.params
  for (const [name, value] of Object.entries(others)) draft.params[name] ??= value
  const own = { filters, facetFilters, numericFilters, tagFilters }
  if (Object.values(own).some((value) => value !== undefined)) draft.restrictions.push(given(own))
  if (optionalFilters !== undefined) draft.preferences.push({ optionalFilters })
  draft.restrictions.push(...captureFilters(consequence.facetFilters, captured))
  for (const each of captureFilters(consequence.optionalFacetFilters, captured)) {
    draft.preferences.push({ optionalFilters: each.facetFilters })
  }
  if (consequence.query !== null && !draft.replaced) {
    draft.query = consequence.query
    draft.replaced = true
  }
  for (const { from, to } of consequence.edits) {
    // `{facet:brand}` stands for the words that were taken as the brand.
    const own = captured.filter(({ facet }) => from === `{facet:${facet}}`).map(({ value }) => value)
    for (const each of own.length > 0 ? own : [from]) draft.query = replaceWords(draft.query, each, to)
  }
  for (const { ids, position } of consequence.promote) {
    for (const promoted of ids) promote(draft.promoted, promoted, position)
  }
  draft.hidden.push(...consequence.hide)
  draft.filterPromotes ||= consequence.filterPromotes
  if (consequence.renderingContent !== null) {
    draft.renderingContent = { ...consequence.renderingContent, ...draft.renderingContent }
  }
  if (consequence.userData !== undefined) draft.userData.push(consequence.userData)
  draft.applied.push(id)
}

function given(parameters: Raw): FilterParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}

/** The place itself, or the next one that is free. An item is pinned once. */
function promote(promoted: Map<number, string>, id: string, position: number): void {
  if ([...promoted.values()].includes(id)) return
  let place = position
  while (promoted.has(place)) place++
  promoted.set(place, id)
}

function captureFilters(filters: readonly FacetFilter[], captured: readonly Captured[]): FilterParameters[] {
  const either: string[] = []
  const all: FilterParameters[] = []
  for (const { facet, disjunctive, negative, score } of filters) {
    for (const { value } of captured.filter((each) => each.facet === facet)) {
      const written = `${facet}:${negative ? '-' : ''}${!negative && value.startsWith('-') ? '\\' : ''}${value}`
      const scored = score === 1 ? written : `${written}<score=${score}>`
      if (disjunctive) either.push(scored)
      else all.push({ facetFilters: [scored] })
    }
  }
  return either.length === 0 ? all : [...all, { facetFilters: [either] }]
}

/** A rule about products that are all hidden from who asks says nothing to them, its content neither. */
function concerns({ consequence: { promote } }: Rule, { isThere }: RuleAsk): boolean {
  return promote.length === 0 || promote.some(({ ids }) => ids.some(isThere))
}

function isNow({ windows }: Rule, nowMs: number): boolean {
  return windows.length === 0 || windows.some(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs)
}

function firstMet(
  conditions: readonly RuleCondition[],
  words: () => readonly string[],
  ask: RuleAsk,
  asked: () => ItemRecord,
): { captured: readonly Captured[] } | null {
  for (const { pattern, anchoring, context, filters } of conditions) {
    if (context !== null && ask.parameters.ruleContexts?.includes(context) !== true) continue
    if (filters !== null && !readFilter(filters).test(asked())) continue
    if (pattern === null) return { captured: [] }
    const captured = matchPattern(pattern, anchoring, words(), ask.facetValues)
    if (captured !== null) return { captured }
  }
  return null
}

const placeholderForm = /\{facet:([^}]+)\}/

/** What stands where the pattern has placeholders; `null` where the pattern is not met. */
function matchPattern(
  pattern: string,
  anchoring: RuleCondition['anchoring'],
  query: readonly string[],
  facetValues: RuleAsk['facetValues'],
): readonly Captured[] | null {
  const facet = placeholderForm.exec(pattern)?.[1]
  if (facet === undefined) return occurs(wordsOf(pattern), anchoring, query) ? [] : null
  // Longest values first: "deep blue" is not "blue".
  const said = facetValues(facet).filter((value) => occurs(wordsOf(value), 'contains', query))
  const values = said.sort((a, b) => b.length - a.length)
  for (const value of values) {
    const rest = matchPattern(
      pattern.replace(placeholderForm, () => value),
      anchoring,
      query,
      facetValues,
    )
    if (rest !== null) return [{ facet, value }, ...rest]
  }
  return null
}

function occurs(wanted: readonly string[], anchoring: RuleCondition['anchoring'], query: readonly string[]): boolean {
  const standsAt = (start: number) => wanted.every((word, at) => query[start + at] === word)
  const last = query.length - wanted.length
  if (last < 0) return false
  switch (anchoring) {
    case 'is':
      return last === 0 && standsAt(0)
    case 'startsWith':
      return standsAt(0)
    case 'endsWith':
      return standsAt(last)
    case 'contains':
      return wanted.length > 0 && Array.from({ length: last + 1 }, (_, start) => start).some(standsAt)
  }
}

function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Every place where the words of `from` stand, replaced by `to`. */
export function replaceWords(query: string, from: string, to: string): string {
  const wanted = wordsOf(from)
  if (wanted.length === 0) return query
  const words = [...query.matchAll(/[\p{L}\p{N}]+/gu)]
  let written = ''
  let done = 0
  for (let at = 0; at <= words.length - wanted.length; at++) {
    if (!wanted.every((word, step) => fold(words[at + step][0]) === word)) continue
    const last = words[at + wanted.length - 1]
    written += query.slice(done, words[at].index) + to
    done = last.index + last[0].length
    at += wanted.length - 1
  }
  return (written + query.slice(done)).replace(/\s+/g, ' ').trim()
}

/** The product a search asks for, as far as its filters say: what a rule's own filters are held against. */
function filteredRecord(parameters: SearchParameters): ItemRecord {
  const record = Object.create(null) as Record<string, string[]>
  const note = (shape: Shape): void => {
    if (shape.kind === 'one-of') (record[shape.attribute] ??= []).push(...shape.values)
    else if (shape.kind === 'all' || shape.kind === 'any') shape.parts.forEach(note)
  }
  note(readFilter(parameters).shape)
  return { ...record, objectID: '' }
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => (made ??= { value: make() }).value
}
