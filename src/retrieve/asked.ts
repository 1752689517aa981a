/**
 * What a shopper asked for: the words that must be there, those that must not, and the thing itself.
 *
 * "Running shoes for women without laces": wanted are running, shoes and women, unwanted laces, and the head, what all
 * the rest describes, is the last content word before the first "for", "with", "of" or "in": shoes. A denial at the
 * very start ("not your mother's shampoo") or before a number ("no 5") denies nothing.
 */
import { fold, stopWords } from '../preprocess/text.ts'
import { type DocumentWords, inverseFrequency } from './document-words.ts'

export interface AskedWord {
  /** What the catalogue writes for it → how surely that is meant, at most 1; none: the catalogue does not know it. */
  readonly stems: ReadonlyMap<number, number>
  readonly idf: number
  readonly isNumber: boolean
}

export interface Asked {
  /** At least one where the query has a word; each once. */
  readonly wanted: readonly AskedWord[]
  readonly unwanted: readonly number[]
  /** "seedless", "capless": the unwanted and their lack in one word. */
  readonly lacking: readonly number[]
  /** Forms of the word that all the rest describes; empty where the catalogue does not know it. */
  readonly head: ReadonlySet<number>
}

/** How a word of a query may be found: itself, its forms, corrections, synonyms. */
export interface TypedWord {
  readonly text: string
  readonly alternatives: readonly { readonly word: string; readonly sureness: number }[]
}

const denials = new Set(['without', 'no', 'not', 'non', 'sans', 'ohne', 'senza', '不带', '不含', '没有', '无'])
const turns = new Set(['for', 'with', 'in', 'of', 'pour', 'für', 'mit', 'avec', 'para', 'con'])
const mostUnwanted = 3

/**
 * Puts back the little words that say what the others mean ("for", "no"), where the index's parse has dropped them.
 *
 * @param query as typed
 */
export function withSmallWords(query: string, typed: readonly TypedWord[]): TypedWord[] {
  const all: TypedWord[] = []
  let next = 0
  for (const [text] of fold(query).matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (typed[next]?.text === text) all.push(typed[next++])
    else if (denials.has(text) || turns.has(text)) all.push({ text, alternatives: [] })
  }
  return [...all, ...typed.slice(next)]
}

export function readAsked(typed: readonly TypedWord[], words: DocumentWords): Asked {
  const { wanted: said, denied } = splitDenied(typed)
  const telling = said.filter(({ text }) => !stopWords.has(text) && !turns.has(text))
  const wanted = telling.length > 0 ? telling : said
  const first = said.findIndex(({ text }, at) => at > 0 && turns.has(text))
  const described = first < 0 ? said : said.slice(0, first)
  const head = described.findLast(({ text }) => !stopWords.has(text) && !isNumeric(text)) ?? wanted.at(-1)
  const known = (word: string) => words.stemOf(word) ?? -1
  return {
    wanted: distinct(wanted.map((word) => askedWord(word, words))),
    unwanted: denied.map(({ text }) => known(text)).filter((stem) => stem >= 0),
    lacking: denied.map(({ text }) => known(`${text}less`)).filter((stem) => stem >= 0),
    head: new Set(head === undefined ? [] : askedWord(head, words).stems.keys()),
  }
}

function splitDenied(typed: readonly TypedWord[]): { wanted: readonly TypedWord[]; denied: readonly TypedWord[] } {
  const at = typed.findIndex(({ text }, place) => denials.has(text) && place + 1 < typed.length)
  if (at < 0 || isNumeric(typed[at + 1].text)) return { wanted: typed, denied: [] }
  const wanted = typed.slice(0, at)
  if (wanted.length === 0) return { wanted: typed.filter(({ text }) => !denials.has(text)), denied: [] }
  const denied = typed.slice(at + 1).filter(({ text }) => !stopWords.has(text))
  return { wanted, denied: denied.slice(0, mostUnwanted) }
}

function askedWord({ text, alternatives }: TypedWord, words: DocumentWords): AskedWord {
  const stems = new Map<number, number>()
  for (const { word, sureness } of [{ word: text, sureness: 1 }, ...alternatives]) {
    const stem = words.stemOf(word)
    if (stem !== undefined) stems.set(stem, Math.max(sureness, stems.get(stem) ?? 0))
  }
  // The most frequent tells least.
  const idf = Math.min(...[undefined, ...stems.keys()].map((stem) => inverseFrequency(words, stem)))
  return { stems, idf, isNumber: isNumeric(text) }
}

/** "Shoe shoes" asks for one thing. */
function distinct(asked: readonly AskedWord[]): AskedWord[] {
  const keys = asked.map(({ stems }, at) => (stems.size > 0 ? [...stems.keys()].join() : `unknown ${at}`))
  return asked.filter((_, at) => keys.indexOf(keys[at]) === at)
}

function isNumeric(word: string): boolean {
  return /\p{N}/u.test(word)
}
