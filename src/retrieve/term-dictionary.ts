/**
 * Every word the catalogue is written in, and the ways to get to it: by itself, by a form, by its beginning, by a slip
 * of the finger, by how it sounds in Chinese.
 *
 * Words are numbered as they come. The alphabetical order that prefixes are looked up in is merged with the new words
 * when it is asked for; stems and pinyin are computed once a word.
 */
import { grown } from '../base/grown.ts'
import { createDeletionNeighbours } from './deletion-neighbours.ts'

export interface TermDictionary {
  readonly count: number
  text(term: number): string
  find(text: string): number | undefined
  /** The word's number; `root` where its stem is known already. */
  add(text: string, root?: string): number
  stemOf(term: number): number
  /** The same of all terms, for those who ask of many; until the next word. */
  readonly stems: Int32Array
  stemText(stem: number): string
  findStem(text: string): number | undefined
  termsOfStem(stem: number): number[]
  /** All words that begin so. */
  withPrefix(prefix: string): number[]
  /** All words that begin with something one edit from this. */
  withPrefixNear(prefix: string): number[]
  /** All words within `most` edits. */
  near(word: string, most: number, visit: (term: number, distance: number) => void): void
  /** Chinese words that sound so, and with `prefix` those that begin to. */
  sounding(pinyin: string, prefix: boolean): number[]
  /** Takes note of how a Chinese word of the catalogue sounds; once a word. */
  addSound(term: number, pinyin: string): void
  sounds(): (readonly [term: number, pinyin: string])[]
  clear(): void
}

const spaced = /^[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}<]+$/u

export function createTermDictionary(stem: (word: string) => string): TermDictionary {
  const texts: string[] = []
  const numbers = new Map<string, number>()
  const stems: string[] = []
  const stemNumbers = new Map<string, number>()
  let stemOfTerm = new Int32Array(256)
  /** The last term of a stem, and before each term the one before it; −1 ends. */
  let lastOfStem = new Int32Array(256)
  let previousOfStem = new Int32Array(256)
  let sorted = new Uint32Array(0)
  let sortedUpTo = 0
  const neighbours = createDeletionNeighbours((term) => texts[term])
  const sounds = new Map<string, number[]>()
  let sortedSounds: string[] | null = []

  const compare = (a: number, b: number): number => (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0)
  const alphabetical = (): Uint32Array => {
    if (sortedUpTo === texts.length) return sorted
    const fresh = Uint32Array.from({ length: texts.length - sortedUpTo }, (_, at) => sortedUpTo + at).sort(compare)
    const merged = new Uint32Array(texts.length)
    for (let at = 0, left = 0, right = 0; at < merged.length; at++) {
      const takeLeft = right === fresh.length || (left < sorted.length && compare(sorted[left], fresh[right]) < 0)
      merged[at] = takeLeft ? sorted[left++] : fresh[right++]
    }
    sorted = merged
    sortedUpTo = texts.length
    return sorted
  }
  /** First place in [from, to) whose word is not below `text`. */
  const lowerBound = (text: string, from: number, to: number): number => {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >>> 1
      if (texts[sorted[middle]] < text) low = middle + 1
      else high = middle
    }
    return low
  }
  const range = (prefix: string, from = 0, to = sorted.length): [number, number] => {
    const start = lowerBound(prefix, from, to)
    return [start, lowerBound(`${prefix}\uffff`, start, to)]
  }

  const room = (list: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> => {
    return length <= list.length ? list : grown(list, Math.ceil(length * 1.5))
  }

  const add = (text: string, given?: string): number => {
    const known = numbers.get(text)
    if (known !== undefined) return known
    const term = texts.length
    texts.push(text)
    numbers.set(text, term)
    stemOfTerm = room(stemOfTerm, texts.length)
    previousOfStem = room(previousOfStem, texts.length)
    const isSpaced = spaced.test(text)
    const root = given ?? (isSpaced ? stem(text) : text)
    let number = stemNumbers.get(root)
    if (number === undefined) {
      number = stems.push(root) - 1
      stemNumbers.set(root, number)
      lastOfStem = room(lastOfStem, stems.length)
      lastOfStem[number] = -1
    }
    stemOfTerm[term] = number
    previousOfStem[term] = lastOfStem[number]
    lastOfStem[number] = term
    if (isSpaced || text.length > 2) neighbours.add(term, text)
    return term
  }

  return {
    get count() {
      return texts.length
    },
    text: (term) => texts[term],
    find: (text) => numbers.get(text),
    add,
    stemOf: (term) => stemOfTerm[term],
    get stems() {
      return stemOfTerm
    },
    stemText: (number) => stems[number],
    findStem: (text) => {
      const term = numbers.get(text)
      return term === undefined ? stemNumbers.get(stem(text)) : stemOfTerm[term]
    },
    termsOfStem: (number) => {
      const forms: number[] = []
      for (let term = lastOfStem[number]; term >= 0; term = previousOfStem[term]) forms.push(term)
      return forms
    },
    withPrefix: (prefix) => {
      const order = alphabetical()
      return Array.from(order.subarray(...range(prefix)))
    },
    withPrefixNear: (prefix) => {
      const order = alphabetical()
      const found = new Set<number>()
      const take = ([from, to]: [number, number]): void => {
        for (let at = from; at < to; at++) found.add(order[at])
      }
      for (let at = 0; at < prefix.length; at++) {
        const [start, rest] = [prefix.slice(0, at), prefix.slice(at)]
        const within = range(start)
        if (within[0] === within[1]) break
        take(range(start + rest.slice(1), ...within))
        if (rest.length > 1) take(range(start + rest[1] + rest[0] + rest.slice(2), ...within))
        // Every letter that really follows, in place of the next one and before it.
        for (let from = within[0]; from < within[1]; ) {
          const letter = texts[order[from]][at]
          if (letter === undefined) {
            from++
            continue
          }
          if (letter > '\u2e7f' && prefix < '\u2e80') break
          const to = lowerBound(`${start}${letter}\uffff`, from, within[1])
          take(range(start + letter + rest.slice(1), from, to))
          take(range(start + letter + rest, from, to))
          from = to
        }
      }
      return [...found]
    },
    near: (word, most, visit) => neighbours.find(word, most, visit),
    sounding: (pinyin, prefix) => {
      if (!prefix) return sounds.get(pinyin) ?? []
      sortedSounds ??= [...sounds.keys()].sort()
      const words: number[] = []
      let low = 0
      let high = sortedSounds.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (sortedSounds[middle] < pinyin) low = middle + 1
        else high = middle
      }
      for (let at = low; at < sortedSounds.length && sortedSounds[at].startsWith(pinyin); at++) {
        words.push(...(sounds.get(sortedSounds[at]) ?? []))
      }
      return words
    },
    addSound: (term, pinyin) => {
      const same = sounds.get(pinyin)
      if (same === undefined) {
        sounds.set(pinyin, [term])
        sortedSounds = null
      } else same.push(term)
    },
    sounds: () => [...sounds].flatMap(([pinyin, terms]) => terms.map((term) => [term, pinyin] as const)),
    clear: () => {
      texts.length = 0
      stems.length = 0
      numbers.clear()
      stemNumbers.clear()
      sounds.clear()
      sortedSounds = []
      sorted = new Uint32Array(0)
      sortedUpTo = 0
      neighbours.clear()
    },
  }
}
