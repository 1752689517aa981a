/**
 * Shows a shopper where their words are: "Wireless <em>Headphones</em>", also where they typed "head fones".
 *
 * A text is cut as the index cuts it, and what the query's alternatives stand for is marked where it stands in the text
 * as given: whole words, of a beginning only what was typed, of Chinese the characters that match; never inside an
 * entity, a tag or a character. Cost: one analysis of the text.
 */
import { analyse, type AnalyseSettings, foldWord, type Token } from '../preprocess/analyse.ts'
import type { Alternative, Highlight, Highlighter, Marks, ParsedQuery } from './lexical.ts'

interface Range {
  readonly start: number
  readonly end: number
}

/** A way to match one token: by itself, or as one place of a sequence. */
interface Match {
  readonly word: number
  readonly alternative: Alternative
  readonly place: number
}

export function createHighlighter(
  query: ParsedQuery,
  textOf: (term: number) => string,
  analysis: AnalyseSettings,
): Highlighter {
  const byText = new Map<string, Match[]>()
  for (const [word, { alternatives }] of query.words.entries()) {
    for (const alternative of alternatives) {
      for (const [place, terms] of alternative.places.entries()) {
        for (const term of terms) {
          const text = textOf(term)
          const same = byText.get(text)
          if (same === undefined) byText.set(text, [{ word, alternative, place }])
          else same.push({ word, alternative, place })
        }
      }
    }
  }

  const find = (value: string): { tokens: Token[]; ranges: Range[]; words: (number | null)[]; found: Set<number> } => {
    const tokens = analyse(value, analysis)
    const ranges: Range[] = []
    const found = new Set<number>()
    const words: (number | null)[] = tokens.map(() => null)
    const mark = (index: number, { word, alternative }: Match, end = tokens[index].end): void => {
      ranges.push({ start: tokens[index].start, end })
      for (let at = word; at < word + alternative.span; at++) found.add(at)
      words[index] = word
    }
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]
      const matches = byText.get(token.text)
      if (matches === undefined) continue
      for (const match of matches) {
        const { places, kind } = match.alternative
        if (places.length === 1) {
          mark(
            index,
            match,
            kind === 'prefix' ? endOfPrefix(value, token, query.words[match.word].text, analysis) : token.end,
          )
        } else if (match.place === 0 || kind === 'pieces') {
          for (const each of standing(token, match, tokens) ?? []) mark(tokens.indexOf(each), match)
        }
      }
    }
    return { tokens, ranges: merge(ranges), words, found }
  }

  const placeHas = ({ word, alternative }: Match, place: number, token: Token): boolean =>
    (byText.get(token.text) ?? []).some(
      (other) => other.word === word && other.alternative === alternative && other.place === place,
    )
  /** All tokens of a sequence that begins at this one, or `null`. */
  const standing = (first: Token, match: Match, tokens: readonly Token[]): Token[] | null => {
    const { places, offsets, near } = match.alternative
    const sequence: Token[] = []
    for (let place = 0; place < places.length; place++) {
      const from = near > 0 ? first.position : first.position + offsets[place] - offsets[match.place]
      const until = near > 0 ? from + near : from + 1
      const next = tokens.find(
        (token) => token.position >= from && token.position < until && placeHas(match, place, token),
      )
      if (next === undefined) return null
      sequence.push(next)
    }
    return sequence
  }

  const outcome = (value: string, found: ReadonlySet<number>, fully: boolean): Highlight => ({
    value,
    matchLevel: found.size === 0 ? 'none' : found.size === query.words.length ? 'full' : 'partial',
    matchedWords: query.words.flatMap(({ text, typed }, word) => (found.has(word) ? [typed ?? text] : [])),
    ...(found.size > 0 && { fullyHighlighted: fully }),
  })

  return {
    highlight: (value, marks) => {
      if (byText.size === 0) return outcome(value, new Set(), false)
      const { tokens, ranges, found } = find(value)
      if (found.size === 0) return outcome(value, found, false)
      const fully = tokens.every((token) => ranges.some(({ start, end }) => start <= token.start && token.end <= end))
      return outcome(marked(value, ranges, marks), found, fully)
    },
    snippet: (value, count, marks) => {
      const { tokens, ranges, words, found } = find(value)
      const units = tokens.flatMap((token, index) =>
        token.kind === 'word' || token.kind === 'part' || token.kind === 'character' ? [{ token, index }] : [],
      )
      const first = bestWindow(
        units.map(({ token }) => wordsAt(token, tokens, words)),
        count,
      )
      const last = Math.min(units.length, first + count) - 1
      const start = first === 0 ? 0 : units[first].token.start
      const end = last >= units.length - 1 ? value.length : units[last].token.end
      const within = ranges.flatMap((range) =>
        range.end <= start || range.start >= end
          ? []
          : [{ start: Math.max(start, range.start) - start, end: Math.min(end, range.end) - start }],
      )
      const text = marked(value.slice(start, end), within, marks)
      const isWhole = start === 0 && end === value.length
      return outcome(
        `${start > 0 ? marks.ellipsis : ''}${text}${end < value.length ? marks.ellipsis : ''}`,
        isWhole ? found : find(value.slice(start, end)).found,
        false,
      )
    },
  }
}

/** Query words that a token, or one that stands over it, was marked for. */
function wordsAt(token: Token, tokens: readonly Token[], words: readonly (number | null)[]): Set<number> {
  const set = new Set<number>()
  for (const [index, other] of tokens.entries()) {
    const word = words[index]
    if (word !== null && other.start < token.end && token.start < other.end) set.add(word)
  }
  return set
}

/** Where the window of so many words with most of the query begins; the first of equals, not before the words need. */
function bestWindow(units: readonly ReadonlySet<number>[], count: number): number {
  let best = 0
  let most = 0
  for (let first = 0; first === 0 || first + count <= units.length; first++) {
    const inside = units.slice(first, first + count)
    const different = new Set(inside.flatMap((each) => [...each])).size
    const value = different * 1000 + inside.filter(({ size }) => size > 0).length
    if (value > most) [best, most] = [first, value]
  }
  return best
}

/** The end of what was typed within a longer word, not within a character or an entity. */
function endOfPrefix(value: string, token: Token, typed: string, analysis: AnalyseSettings): number {
  const raw = value.slice(token.start, token.end)
  if (raw.includes('&') || !token.text.startsWith(typed)) return token.end
  let text = ''
  let end = token.start
  for (const [index, character] of [...raw].entries()) {
    const isMark = /^\p{M}$/u.test(character)
    if (index > 0 && !isMark && lettersOf(text, analysis).length >= typed.length) break
    text += character
    end += character.length
  }
  return end
}

/** A compound's signs are no letters of it. */
function lettersOf(text: string, { keepDiacriticsOnCharacters }: AnalyseSettings): string {
  return foldWord(text.replace(/[^\p{L}\p{N}\p{M}]/gu, ''), keepDiacriticsOnCharacters)
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: { start: number; end: number }[] = []
  for (const range of [...ranges].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1)
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end)
    else merged.push({ ...range })
  }
  return merged
}

function marked(value: string, ranges: readonly Range[], { pre, post }: Marks): string {
  let text = ''
  let at = 0
  for (const { start, end } of ranges) {
    text += value.slice(at, start) + pre + value.slice(start, end) + post
    at = end
  }
  return text + value.slice(at)
}
