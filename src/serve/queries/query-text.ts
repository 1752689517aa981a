/**
 * A search as text: cleaned for showing, cut into words for comparing.
 *
 * Two searches are the same where their key is: folded words, stemmed, without what lies between them, and stemmed once
 * more, so that "Running shoes", "running shoe" and "head phones", "headphones" fall together. O(length).
 */
import { createStemmer } from '../../preprocess/stem.ts'
import { fold } from '../../preprocess/text.ts'

export interface QueryWords {
  /** Stems, in the order they were typed. */
  words(text: string): readonly string[]
  key(text: string): string
  /** The key of some of them. */
  join(stems: readonly string[]): string
}

const word = /[\p{L}\p{N}\p{M}]+/gu
const shortest = 2
const longest = 60
const mostWords = 8
/** Searches that need not be cut again. */
const mostKept = 50_000
/** Addresses, and numbers as long as those of phones and cards: they are about people. */
const personal = /@|https?:|www\.|(?:\d[ .()/-]*){7}/

export function cleanQuery(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** Whether a cleaned search may be shown to others at all. */
export function isPresentable(text: string): boolean {
  return text.length >= shortest && text.length <= longest && !personal.test(text) && wordCount(text) <= mostWords
}

export function wordCount(text: string): number {
  return text.split(' ').length
}

export function createQueryWords(languages: readonly string[]): QueryWords {
  const stem = createStemmer(languages)
  const known = new Map<string, { readonly words: readonly string[]; readonly key: string }>()
  const join = (stems: readonly string[]): string => stem(stems.join(''))
  const cut = (text: string) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const words = (fold(text).match(word) ?? []).map(stem)
    const fresh = { words, key: join(words) }
    if (known.size === mostKept) known.clear()
    known.set(text, fresh)
    return fresh
  }
  return { words: (text) => cut(text).words, key: (text) => cut(text).key, join }
}
