/**
 * Finds among the values of a facet those that someone is typing: "appel" finds "Apple".
 *
 * Every word typed must begin (the last one) or be a word of the value; where too few do, words of 4 letters may have
 * one typo and words of 8 two. O(values × words), each word pair at most 20 × 5 steps.
 */
import { editDistance } from './edit-distance.ts'

export interface FacetMatch {
  readonly value: string
  readonly highlighted: string
}

const wordForm = /[\p{L}\p{N}]+/gu
const longestWord = 20

export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** `null` where the value does not match. An empty query matches everything. */
export function matchFacetValue(
  value: string,
  query: string,
  typos: boolean,
  pre: string,
  post: string,
): FacetMatch | null {
  const wanted = fold(query).match(wordForm) ?? []
  if (wanted.length === 0) return { value, highlighted: value }
  const met = new Set<number>()
  const highlighted = value.replace(wordForm, (word) => {
    const folded = fold(word)
    const found = wanted.findIndex((each, at) => matches(folded, each, at === wanted.length - 1, typos))
    // Chinese and the like: no gaps between words, so that a part of the word is what is looked for.
    const inside = found < 0 ? wanted.findIndex((each) => unspaced.test(each) && folded.includes(each)) : -1
    if (found < 0 && inside < 0) return word
    met.add(Math.max(found, inside))
    const typed = wanted[Math.max(found, inside)]
    const start = inside >= 0 ? folded.indexOf(typed) : 0
    // Folding may change how many letters there are; then the whole word is marked.
    if (folded.length !== word.length) return pre + word + post
    const end = folded.startsWith(typed, start) ? start + typed.length : word.length
    return word.slice(0, start) + pre + word.slice(start, end) + post + word.slice(end)
  })
  return met.size === wanted.length ? { value, highlighted } : null
}

const unspaced = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u

function matches(word: string, typed: string, asPrefix: boolean, typos: boolean): boolean {
  if (word === typed || (asPrefix && word.startsWith(typed))) return true
  if (!typos || typed.length > longestWord) return false
  const allowed = typed.length >= 8 ? 2 : typed.length >= 4 ? 1 : 0
  return allowed > 0 && editDistance(typed, word.slice(0, longestWord + 2), allowed, asPrefix) <= allowed
}
