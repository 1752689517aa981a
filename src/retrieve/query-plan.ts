/**
 * What to look for instead of what was typed: forms, beginnings, slips of the finger, words written apart or together,
 * synonyms, and Chinese typed in Latin letters.
 *
 * For every word of a query a list of alternatives, best first, of which a product needs one. `asTyped` means the same
 * word; `slips` are asked where the word as typed is unknown, or where too little is found.
 */
import { pairs } from '../preprocess/text.ts'
import type { Alternative, AlternativeKind, QuerySettings, Synonym } from './lexical.ts'
import { editsKept } from './deletion-neighbours.ts'
import type { QueryUnit } from './query-units.ts'
import type { TermDictionary } from './term-dictionary.ts'

export interface PlannedWord {
  readonly unit: QueryUnit
  readonly text: string
  /** Of its slip, where it is not read as typed. */
  readonly typos: number
  readonly required: boolean
  readonly asTyped: readonly Alternative[]
  /** What it may be by itself, whatever stands beside it. */
  readonly own: Readings
}

/** The ways to read a word that ask nothing of its neighbours: the same in every query that is asked alike. */
export interface Readings {
  readonly asTyped: readonly Alternative[]
  /** Computed when asked for; `unknown` words are forgiven one slip from three letters on. */
  slips(unknown: boolean): readonly Alternative[]
}

export interface PlanContext {
  /** Readings by that name, known or made. */
  readings(name: string, make: () => Readings): Readings
  readonly dictionary: TermDictionary
  /** Products with a term. */
  frequency(term: number): number
  /** Products in all. */
  readonly size: number
  stem(word: string): string
  readonly stopWords: ReadonlySet<string>
  readonly synonyms: SynonymTable
  cut(text: string): QueryUnit[]
}

/** Synonyms by the stem of the first word of what is typed. */
export type SynonymTable = ReadonlyMap<string, readonly SynonymRule[]>

interface SynonymRule {
  readonly input: readonly string[]
  readonly outputs: readonly (readonly QueryUnit[])[]
  readonly typos: 0 | 1 | 2
}

export function compileSynonyms(
  list: readonly Synonym[],
  cut: (text: string) => QueryUnit[],
  stem: (word: string) => string,
): SynonymTable {
  const table = new Map<string, SynonymRule[]>()
  const add = (input: string, outputs: readonly string[], typos: 0 | 1 | 2 = 0): void => {
    const words = cut(input).map(({ text }) => stem(text))
    if (words.length === 0) return
    const rule = { input: words, outputs: outputs.map(cut).filter(({ length }) => length > 0), typos }
    const same = table.get(words[0])
    if (same === undefined) table.set(words[0], [rule])
    else same.push(rule)
  }
  for (const each of list) {
    switch (each.type) {
      case 'synonym':
        for (const input of each.synonyms)
          add(
            input,
            each.synonyms.filter((other) => other !== input),
          )
        break
      case 'onewaysynonym':
        add(each.input, each.synonyms)
        break
      case 'altcorrection1':
      case 'altcorrection2':
        add(each.word, each.corrections, each.type === 'altcorrection1' ? 1 : 2)
        break
      case 'placeholder':
        for (const input of each.replacements) add(input, [`<${each.placeholder.replace(/^<|>$/g, '')}>`])
    }
  }
  return table
}

/** Most query words that are looked at; the rest of a longer query is left out. */
const wordLimit = 31
/** Words joined when written apart: "wh 1000 xm4". */
const joinedLimit = 3
const pieceWindow = 8
/** What speaks against a reading, in nats: a word as typed is rarely meant otherwise. */
const readingCost: Readonly<Record<AlternativeKind, number>> = {
  exact: -1,
  prefix: -1,
  synonym: -1,
  form: 0,
  joined: 0,
  split: 1,
  pinyin: 2,
  pieces: 2,
  typo: 2,
}
/**
 * What speaks against a slip. One of few letters is missing or swapped, but one of 26 was put in or taken for another:
 * for a given text, slips of the first two kinds are likelier by about that.
 */
const slipCost = { missing: 1.5, swapped: 1.5, extra: 4, wrong: 3.5, two: 6.5, beginning: 5, first: 1 }

export function planQuery(units: readonly QueryUnit[], settings: QuerySettings, context: PlanContext): PlannedWord[] {
  const { dictionary } = context
  const optional = new Set(settings.optionalWords.flatMap((text) => context.cut(text).map((unit) => unit.text)))
  const telling = units.filter((unit) => unit.kind === 'phrase' || !context.stopWords.has(unit.text))
  const last = units.at(-1)
  const isPrefix = (unit: QueryUnit): boolean =>
    unit.kind !== 'phrase' &&
    unit.kind !== 'unspaced' &&
    (settings.queryType === 'prefixAll' || (settings.queryType === 'prefixLast' && unit === last))
  // A stop word still being typed may become another word.
  const kept =
    telling.length === 0 ? units : units.filter((unit) => telling.includes(unit) || (unit === last && isPrefix(unit)))
  const asked = kept.slice(0, wordLimit)

  const live = (terms: readonly number[]): number[] => terms.filter((term) => context.frequency(term) > 0)
  const alternative = (
    kind: AlternativeKind,
    places: readonly (readonly number[])[],
    { typos = 0, span = 1, offsets = places.map((_, at) => at), near = 0, close = 0, cost = readingCost[kind] } = {},
  ): Alternative[] =>
    places.length > 0 && places.every((place) => place.length > 0)
      ? [{ kind, places, typos, span, offsets, near, close, cost }]
      : []

  const exactly = (text: string): number[] => {
    const term = dictionary.find(text)
    return term === undefined ? [] : live([term])
  }
  const formsOf = (text: string): number[] => {
    if (!settings.ignorePlurals) return []
    const stem = dictionary.findStem(text)
    const exact = dictionary.find(text)
    return stem === undefined ? [] : live(dictionary.termsOfStem(stem)).filter((term) => term !== exact)
  }
  const anyForm = (text: string): number[] => [...exactly(text), ...formsOf(text)]
  const beginning = (text: string): number[] => live(dictionary.withPrefix(text))

  /** The places a unit takes, as typed or in another form. */
  const placesOf = (unit: QueryUnit, prefix: boolean): number[][] => {
    if (unit.kind === 'word') {
      return [prefix ? [...new Set([...anyForm(unit.text), ...beginning(unit.text)])] : anyForm(unit.text)]
    }
    if (unit.kind === 'unspaced') return pairs(unit.parts.map(({ text }) => text)).map((pair) => exactly(pair))
    return unit.parts.flatMap((part, at) => placesOf(part, prefix && at === unit.parts.length - 1))
  }
  /** Places stand one after another, but the pairs of a Chinese word overlap and its last one covers two positions. */
  const sequence = (list: readonly QueryUnit[], prefix: boolean): { places: number[][]; offsets: number[] } => {
    const places: number[][] = []
    const offsets: number[] = []
    let position = 0
    for (const [at, unit] of list.entries()) {
      const own = unit.kind === 'phrase' ? sequence(unit.parts, false) : null
      const taken = own?.places ?? placesOf(unit, prefix && at === list.length - 1)
      for (const [index, place] of taken.entries()) {
        places.push(place)
        offsets.push(position + (own?.offsets[index] ?? index))
      }
      position += unit.kind === 'unspaced' ? unit.parts.length : Math.max(1, taken.length)
    }
    return { places, offsets }
  }

  const singleWord = (text: string, prefix: boolean): Alternative[] => {
    const exact = exactly(text)
    const forms = formsOf(text)
    return [
      ...alternative('exact', [exact]),
      ...alternative('form', [forms]),
      ...(prefix ? alternative('prefix', [beginning(text).filter((term) => term !== exact[0])]) : []),
    ]
  }
  const writtenApart = (text: string): Alternative[] => {
    const found: Alternative[] = []
    for (let at = 2; at <= text.length - 2; at++) {
      const first = exactly(text.slice(0, at))
      // A stem is costly: only where there is something to go with.
      if (first.length > 0) found.push(...alternative('split', [first, anyForm(text.slice(at))]))
    }
    return found
  }
  const sounding = (text: string, prefix: boolean): Alternative[] => {
    if (!/^[a-z]{2,}$/.test(text) || exactly(text).length > 0) return []
    const whole = live(dictionary.sounding(text, prefix && text.length > 3))
    if (whole.length > 0) return alternative('pinyin', [whole])
    const parts = soundsIn(text, (part) => live(dictionary.sounding(part, false)))
    if (parts === null) return []
    const offsets: number[] = []
    let position = 0
    for (const [first] of parts) {
      offsets.push(position)
      position += dictionary.text(first).length
    }
    return alternative('pinyin', parts, { offsets })
  }
  const joinedFrom = (at: number): Alternative[] => {
    const found: Alternative[] = []
    for (let span = 2; span <= joinedLimit && at + span <= asked.length; span++) {
      const list = asked.slice(at, at + span)
      if (list.some(({ kind }) => kind === 'phrase' || kind === 'unspaced')) break
      const text = list.map((unit) => unit.text).join('')
      const prefix = isPrefix(list[span - 1])
      const terms = prefix ? [...new Set([...anyForm(text), ...beginning(text)])] : anyForm(text)
      found.push(...alternative('joined', [terms], { span }))
    }
    return found
  }
  const synonymsFrom = (at: number): Alternative[] => {
    if (!settings.synonyms) return []
    const found: Alternative[] = []
    for (const { input, outputs, typos } of context.synonyms.get(context.stem(asked[at].text)) ?? []) {
      if (!input.every((word, index) => at + index < asked.length && context.stem(asked[at + index].text) === word))
        continue
      for (const output of outputs) {
        const { places, offsets } = sequence(output, false)
        const kind = typos > 0 ? 'typo' : 'synonym'
        found.push(...alternative(kind, places, { offsets, span: input.length, typos }))
      }
    }
    return found
  }

  const readingsOf = (unit: QueryUnit, prefix: boolean): Readings => {
    const base: Alternative[] = []
    if (unit.kind === 'word') {
      base.push(...singleWord(unit.text, prefix), ...writtenApart(unit.text), ...sounding(unit.text, prefix))
    } else if (unit.kind === 'compound') {
      base.push(...singleWord(unit.text, prefix))
      const { places, offsets } = sequence(unit.parts, prefix)
      base.push(...alternative('split', places, { offsets }))
    } else {
      const { places, offsets } = unit.kind === 'unspaced' ? sequence([unit], false) : phrase(unit)
      base.push(...alternative('exact', places, { offsets }))
    }
    /** By how many are forgiven. */
    const slips: (Alternative[] | undefined)[] = []
    return {
      asTyped: base,
      slips: (unknown) => {
        const most = unit.kind === 'phrase' ? 0 : slipsAllowed(unit.text, settings, unknown)
        return (slips[most] ??= slipsOf(unit, prefix, most))
      },
    }
  }
  const plan = (unit: QueryUnit, at: number): PlannedWord => {
    const prefix = isPrefix(unit)
    const read = () => readingsOf(unit, prefix)
    const own = unit.kind === 'word' ? context.readings(`${unit.text} ${prefix}`, read) : read()
    return {
      unit,
      text: unit.text,
      typos: unit.slip?.typos ?? 0,
      required:
        (telling.includes(unit) || telling.length === 0) &&
        !optional.has(unit.text) &&
        !optional.has(unit.slip?.typed ?? unit.text),
      asTyped: unit.kind === 'phrase' ? own.asTyped : [...own.asTyped, ...joinedFrom(at), ...synonymsFrom(at)],
      own,
    }
  }
  /** Word for word: no forms, no beginnings. */
  const phrase = (unit: QueryUnit): { places: number[][]; offsets: number[] } => {
    const { places, offsets } = sequence(unit.parts, false)
    const texts = unit.parts.flatMap((part) =>
      part.kind === 'unspaced'
        ? pairs(part.parts.map(({ text }) => text))
        : part.kind === 'compound'
          ? part.parts.map(({ text }) => text)
          : [part.text],
    )
    return { places: places.map((_, index) => exactly(texts[index])), offsets }
  }

  const slipsOf = (unit: QueryUnit, prefix: boolean, most: number): Alternative[] => {
    if (unit.kind === 'unspaced') return piecesOf(unit)
    const { text } = unit
    if (most === 0) return []
    const byStem = new Map<number, { typos: number; cost: number; terms: number[] }>()
    dictionary.near(text, most, (term, distance) => {
      if (distance === 0 || context.frequency(term) === 0) return
      const stem = dictionary.stemOf(term)
      const same = byStem.get(stem) ?? { typos: distance, cost: Infinity, terms: [] }
      same.typos = Math.min(same.typos, distance)
      same.cost = Math.min(same.cost, costOf(text, dictionary.text(term), distance))
      same.terms.push(term)
      byStem.set(stem, same)
    })
    const own = settings.ignorePlurals ? dictionary.findStem(text) : undefined
    const found = [...byStem].flatMap(([stem, { typos, cost, terms }]) => {
      if (stem === own) return []
      const forms = settings.ignorePlurals ? live(dictionary.termsOfStem(stem)) : terms
      const place = [...terms, ...forms.filter((term) => !terms.includes(term))]
      return alternative('typo', [place], { typos, cost, close: terms.length })
    })
    if (!prefix || text.length < settings.minWordSizefor1Typo) return found
    const known = new Set([...found.flatMap(({ places }) => places[0]), ...beginning(text)])
    return [
      ...found,
      ...alternative('typo', [live(dictionary.withPrefixNear(text)).filter((term) => !known.has(term))], {
        typos: 1,
        cost: slipCost.beginning,
      }),
    ]
  }
  /** A Chinese word taken apart: 手机 and 壳 near one another, 男 and 鞋. */
  const piecesOf = (unit: QueryUnit): Alternative[] => {
    const characters = unit.parts.map(({ text }) => text)
    if (characters.length < 2) return []
    const halves =
      characters.length === 3
        ? [
            [0, 2],
            [0, 1],
          ]
        : [characters.flatMap((_, at) => (at % 2 === 0 ? [at] : []))]
    const cuts = characters.length === 2 ? [[0, 1]] : halves
    return cuts.flatMap((starts) => {
      const pieces = starts.map((from, at) => characters.slice(from, starts[at + 1]).join(''))
      return alternative(
        'pieces',
        pieces.map((piece) => exactly(piece)),
        { typos: 1, near: pieceWindow },
      )
    })
  }
  return asked.map(plan)
}

function costOf(typed: string, meant: string, typos: number): number {
  if (typos > 1) return slipCost.two
  const first = typed[0] === meant[0] ? 0 : slipCost.first
  if (meant.length !== typed.length) return first + (meant.length > typed.length ? slipCost.missing : slipCost.extra)
  const sorted = (word: string): string => [...word].sort().join('')
  return first + (sorted(typed) === sorted(meant) ? slipCost.swapped : slipCost.wrong)
}

/** Edits a word is forgiven. Numbers and Chinese are forgiven none, model numbers one. */
export function slipsAllowed(word: string, settings: QuerySettings, unknown: boolean): 0 | 1 | 2 {
  const isNumber = /^[\d.]+$/.test(word)
  if (settings.typoTolerance === false || settings.disableTypoToleranceOnWords.includes(word)) return 0
  if (isNumber && !settings.allowTyposOnNumericTokens) return 0
  const least =
    unknown && settings.typoTolerance === true
      ? Math.min(3, settings.minWordSizefor1Typo)
      : settings.minWordSizefor1Typo
  if (word.length < least) return 0
  return word.length >= settings.minWordSizefor2Typos && editsKept(word) === 2 ? 2 : 1
}

/** The longest known sounds first, at most four, all of the text; a syllable has two letters or more here. */
function soundsIn(text: string, find: (part: string) => number[], most = 4): number[][] | null {
  if (most === 0) return null
  for (let length = text.length; length > 1; length--) {
    const terms = find(text.slice(0, length))
    if (terms.length === 0) continue
    if (length === text.length) return [terms]
    const rest = soundsIn(text.slice(length), find, most - 1)
    if (rest !== null) return [terms, ...rest]
  }
  return null
}
