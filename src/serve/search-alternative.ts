/**
 * What else may have been meant: where hardly a product has the words as typed, those that have the words shoppers
 * mostly type instead stand below them, and above what has only some of the words.
 *
 * Not where a shop keeps to the words (`removeWordsIfNoResults: 'none'`), wants no synonyms, or reads signs in queries.
 */
import { addBit, emptyBits, listBits } from '../retrieve/bits.ts'
import type { Answer } from '../retrieve/lexical.ts'
import { type Match, match, type MatchAsk } from './match.ts'
import type { Rank, RankAsk, Ranked } from './search-rank.ts'
import type { Effective, SearchMemory } from './search-ask.ts'

/** Fewer products than this are hardly any. */
const few = 5
/** So many of the best tell whether they are. */
const looked = 300

export function matchWithAlternative(memory: SearchMemory, effective: Effective, ask: MatchAsk): Match {
  const query = mayReplace(effective) ? memory.instead(ask.query) : null
  if (query === null) return match(ask)
  const limit = Math.max(ask.limit, looked)
  const found = match({ ...ask, limit })
  const own = fullAnswers(found)
  if (own === null || own.length >= few) return found
  const strict = { typoTolerance: false, removeWordsIfNoResults: 'none', relaxBelow: 1 } as const
  const other = match({ ...ask, limit, query, options: { ...ask.options, ...strict } })
  return other.answers === null || other.parsed === null ? found : joined(found, own, other, query)
}

function mayReplace({ removeWordsIfNoResults, synonyms, advancedSyntax }: Effective): boolean {
  return removeWordsIfNoResults !== 'none' && synonyms !== false && advancedSyntax !== true
}

/** Those with all words as typed; `null` where nothing was typed. */
function fullAnswers({ answers, parsed }: Match): readonly Answer[] | null {
  if (answers === null || parsed === null || parsed.words.length === 0) return null
  const required = parsed.words.filter((word) => word.required).length
  return answers.filter(({ words, typos }) => typos === 0 && words >= required)
}

function joined(found: Match, own: readonly Answer[], other: Match, query: string): Match {
  const known = new Set(own.map(({ slot }) => slot))
  const more = (other.answers ?? []).filter(({ slot }) => !known.has(slot))
  if (more.length === 0 || other.parsed === null) return found
  for (const { slot } of more) known.add(slot)
  const rest = (found.answers ?? []).filter(({ slot }) => !known.has(slot))
  const until = own.length + more.length
  return {
    ...found,
    slots: union(found.slots, other.slots),
    answers: [...own, ...more, ...rest],
    alternative: { query, parsed: other.parsed, total: other.slots.length, from: own.length, until },
  }
}

function union(a: ArrayLike<number>, b: ArrayLike<number>): Uint32Array {
  const highest = Math.max(a[a.length - 1] ?? 0, b[b.length - 1] ?? 0)
  const bits = emptyBits(highest + 1)
  for (const slots of [a, b]) for (let at = 0; at < slots.length; at++) addBit(bits, slots[at])
  return listBits(bits)
}

/** Each kind in its own order: 2 and more for what has the words, 1 and more for the alternative, below 1 the rest. */
export function rankWithAlternative(rank: Rank, ask: RankAsk, { alternative, answers }: Match): Ranked | null {
  if (alternative === undefined || answers === null) return rank(ask)
  const { from, until, query, parsed } = alternative
  const part = (some: readonly Answer[], more: Partial<RankAsk>) =>
    scaled(rank({ ...ask, ...more, answers: some, slots: some.map(({ slot }) => slot) }), some.length)
  const others = part([...answers.slice(0, from), ...answers.slice(until)], {})
  const inside = part(answers.slice(from, until), { query, parsed })
  const joined = <Each>(outer: readonly Each[], inner: readonly Each[]) => [
    ...outer.slice(0, from),
    ...inner,
    ...outer.slice(from),
  ]
  const relevance = joined(others.relevance, inside.relevance)
  for (let at = 0; at < until; at++) relevance[at] += at < from ? 2 : 1
  return { relevance, textual: joined(others.textual, inside.textual) }
}

/** Relevances from 0 to below 1. */
function scaled(ranked: Ranked | null, count: number) {
  const nothing = Array.from({ length: count }, () => null)
  if (ranked === null) return { relevance: nothing.map(() => 0), textual: nothing }
  const { textual } = ranked
  const own = Array.from(ranked.relevance)
  const [low, high] = [own.reduce((a, b) => Math.min(a, b), 0), own.reduce((a, b) => Math.max(a, b), 0)]
  return { relevance: own.map((score) => (score - low) / (1.001 * (high - low) || 1)), textual }
}
