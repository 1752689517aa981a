/** The words of a lexical index, as ranking asks for them; nothing is kept besides. */
import type { DocumentWords } from './document-words.ts'
import type { TypedWord } from './asked.ts'
import type { Alternative, AlternativeKind, LexicalIndex, ParsedQuery } from './lexical.ts'

export function lexicalWords(index: LexicalIndex): DocumentWords {
  const { reader } = index
  return {
    get size() {
      return index.size
    },
    get slotCount() {
      return index.slotCount
    },
    stemOf: (word) => reader.stemOfWord(word),
    stemText: (stem) => reader.stemText(stem),
    documentFrequency: (stem) => {
      const all = reader.termsOfStem(stem).reduce((sum, term) => sum + reader.documentFrequency(term), 0)
      return Math.min(index.size, all)
    },
    read: (slot) => reader.read(slot),
  }
}

/** How surely a way of writing a word is what was meant. */
const sureness: Readonly<Record<AlternativeKind, number>> = {
  exact: 1,
  form: 1,
  joined: 0.9,
  split: 0.9,
  synonym: 0.9,
  pinyin: 0.8,
  prefix: 0.6,
  typo: 0.7,
  pieces: 0.5,
}
const mostAlternatives = 50
/** What the others count beside the likeliest correction, which comes first. */
const otherCorrection = 0.5
/** What a word that the catalogue knows may be found by besides itself: "projector" is no "project or". */
const sideBySide: ReadonlySet<AlternativeKind> = new Set(['exact', 'form', 'synonym', 'joined'])

/** The words of a parsed query with all they may be found by. */
export function typedWords({ words }: ParsedQuery, index: LexicalIndex): TypedWord[] {
  return words.map(({ text }, at) => {
    const isKnown = words[at].alternatives.some(({ kind }) => kind === 'exact' || kind === 'form')
    const own = words
      .slice(0, at + 1)
      .flatMap(({ alternatives }, from) =>
        alternatives.filter(
          ({ kind, span }) => from + Math.max(1, span) > at && (isKnown ? sideBySide.has(kind) : true),
        ),
      )
    return { text, alternatives: written(own, index) }
  })
}

function written(alternatives: readonly Alternative[], { reader }: LexicalIndex): TypedWord['alternatives'] {
  const all: { word: string; sureness: number }[] = []
  let isCorrected = false
  for (const { places, kind, typos } of alternatives) {
    const share = kind === 'typo' && isCorrected ? otherCorrection : 1
    isCorrected ||= kind === 'typo'
    for (const term of places.flat()) {
      if (all.length === mostAlternatives) return all
      all.push({ word: reader.termText(term), sureness: share * sureness[kind] ** Math.max(1, typos) })
    }
  }
  return all
}
