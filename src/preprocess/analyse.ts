/**
 * Cuts a text into the words it is found by, the same way for products and for queries: "WH-1000XM4" is also
 * "wh1000xm4", "500ml" also "500 ml", 手机壳 also 手 and 机壳, and `Caf&eacute;` is "cafe".
 *
 * Entities are read and tags skipped, offsets stay those of the text as it stands, so that highlighting can cut it. Every
 * token has a position; what stands in one place (a compound and its first part, a character and the pair it begins)
 * shares one. Chinese and Japanese give characters, overlapping pairs and dictionary words of three characters or more;
 * characters parted by nothing but a blank are neighbours. One pass, O(length).
 */
import { chineseWordsWithin, simplifiedCharacter } from './chinese.ts'
import { decodeEntities } from './entities.ts'
import { fold } from './text.ts'

/** `part` belongs to a `joined` compound that began at or before it; the last three are of unspaced scripts. */
export type TokenKind = 'word' | 'part' | 'joined' | 'character' | 'pair' | 'dictionary'

export interface Token {
  readonly text: string
  readonly position: number
  /** Where it stands in the text as given. */
  readonly start: number
  readonly end: number
  readonly kind: TokenKind
  /** Positions it takes: the parts of a compound, the characters of a word; else 1. */
  readonly span: number
}

export interface AnalyseSettings {
  readonly separatorsToIndex: string
  readonly keepDiacriticsOnCharacters: string
  /** Names of `<placeholders>`, folded: words of their own. */
  readonly placeholders: ReadonlySet<string>
}

const runs = /[\p{L}\p{N}\p{M}]+/gu
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u
const segments =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu
const ascii = /^[\0-\x7f]*$/
/** Letters and digits among the first 128 characters. */
const isLetter = Uint8Array.from({ length: 128 }, (_, code) => Number(/[a-z\d]/i.test(String.fromCharCode(code))))

/** Units under one spelling; those of the second list are words too, and units only where they touch their number. */
const units = spellings(
  'ml millilitre millilitres milliliter milliliters|cl|dl|l litre litres liter liters ltr|g gram grams gr|kg kgs kilogram kilograms|mg|oz ounce ounces|lb lbs|mm|cm|km|ft feet|inch inches|gb|tb|mb|mah|mhz|ghz|hz|kw|kwh|watt watts|volt volts|pcs pc',
)
const touchingUnits = new Map([...units, ...spellings('inch in|watt w|volt v|m|c|k|p|h|x|s|t')])

function spellings(list: string): Map<string, string> {
  return new Map(
    list.split('|').flatMap((one) => {
      const words = one.split(' ')
      return words.map((word) => [word, words[0]] as const)
    }),
  )
}

/** Most parts a compound may have and still be found as one word. */
const longestCompound = 4

interface Piece {
  text: string
  readonly start: number
  end: number
  /** Between it and the piece before, as written; `null` at the start and after a word of another script. */
  readonly gap: string | null
}

export function analyse(text: string, settings: AnalyseSettings): Token[] {
  return plainWords(text, settings) ?? analyseAny(text, settings)
}

/** Of ASCII: 0 for a gap, 1 for a letter, 2 for what alone between two words may join them, 3 for what needs a closer look. */
const plainKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[a-z]/i.test(character) ? 1 : "-.'`".includes(character) ? 2 : /[\d&<]/.test(character) ? 3 : 0
})

/** The same as below for a text of nothing but words of ASCII letters, as many are; `null` where it is another. */
function plainWords(text: string, { separatorsToIndex }: AnalyseSettings): Token[] | null {
  if (separatorsToIndex !== '') return null
  const tokens: Token[] = []
  const length = text.length
  for (let at = 0; at < length; ) {
    const start = at
    let kind = 1
    while (at < length && (kind = kindOf(text.charCodeAt(at))) === 1) at++
    if (at > start) {
      const word = text.slice(start, at).toLowerCase()
      tokens.push({ text: word, position: tokens.length, start, end: at, kind: 'word', span: 1 })
    }
    if (at === length) break
    const gap = at
    const first = kind
    while (at < length && (kind === 0 || kind === 2)) kind = ++at < length ? kindOf(text.charCodeAt(at)) : 0
    if (kind === 3 || (first === 2 && at === gap + 1)) return null
  }
  return tokens
}

function kindOf(code: number): number {
  return code < 128 ? plainKinds[code] : 3
}

function analyseAny(text: string, settings: AnalyseSettings): Token[] {
  const source = decodeEntities(text, settings.placeholders)
  const isPlain = ascii.test(source.text)
  const tokens: Token[] = []
  let position = 0
  let group: Piece[] = []
  /** Where the last unspaced character ended, to see whether the next is its neighbour. */
  let lastCharacter: { text: string; end: number; start: number } | null = null
  const original = (at: number): number => (source.offsets === null ? at : source.offsets[at])
  const emit = (word: string, start: number, end: number, kind: TokenKind, at: number, span = 1): void => {
    tokens.push({ text: word, position: at, start: original(start), end: original(end), kind, span })
  }

  const flush = (): void => {
    if (group.length === 0) return
    const [first] = group
    const last = group[group.length - 1]
    if (group.length === 1) emit(first.text, first.start, first.end, 'word', position++)
    else {
      const joined = group.length <= longestCompound
      if (joined) {
        const whole = group.map((piece) => piece.text).join('')
        emit(whole, first.start, last.end, 'joined', position, group.length)
      }
      for (const piece of group) emit(piece.text, piece.start, piece.end, joined ? 'part' : 'word', position++)
    }
    group = []
  }

  const takeUnspaced = (segment: string, start: number): void => {
    flush()
    const gap = lastCharacter === null ? null : source.text.slice(lastCharacter.end, start)
    if (gap === null || !/^[ \u3000]{0,2}$/.test(gap)) lastCharacter = null
    let at = start
    let run = ''
    const places: number[] = []
    for (const raw of segment) {
      const character = ascii.test(raw) ? raw : simplifiedCharacter(fold(raw))
      if (lastCharacter !== null) {
        emit(lastCharacter.text + character, lastCharacter.start, at + raw.length, 'pair', position - 1, 2)
      }
      for (let unit = 0; unit < character.length; unit++) places[run.length + unit] = at
      emit(character, at, at + raw.length, 'character', position++)
      lastCharacter = { text: character, start: at, end: at + raw.length }
      run += character
      at += raw.length
    }
    places[run.length] = at
    if ([...run].length < 3) return
    takeDictionaryWords(run, places, position - [...run].length)
  }

  const takeDictionaryWords = (run: string, places: readonly number[], first: number): void => {
    let from = 0
    for (const word of chineseWordsWithin(run)) {
      // Short words come before the long one they are part of, which begins at or before them.
      const at = run.indexOf(word, Math.max(0, from - word.length))
      if (at < 0) continue
      from = at + word.length
      const characters = [...word].length
      if (characters > 2) {
        const offset = [...run.slice(0, at)].length
        emit(word, places[at], places[at + word.length], 'dictionary', first + offset, characters)
      }
    }
  }

  const takeSpaced = (segment: string, start: number, gap: string | null): void => {
    lastCharacter = null
    const folded = foldWord(segment, settings.keepDiacriticsOnCharacters)
    if (folded === '') return
    const previous = group.at(-1)
    const touching = startsWithDigit(folded) ? /^(\d+)(\p{L}+)$/u.exec(folded) : null
    const unit = touching === null ? undefined : touchingUnits.get(touching[2])
    if (previous !== undefined && gap !== null && joinsNumber(previous, gap, folded)) {
      const joint = gap === ',' && /^\d{3}$/.test(folded) && /^\d{1,3}$/.test(previous.text) ? '' : '.'
      const parted = /^(\d+)(\p{L}*)$/u.exec(folded) ?? [folded, folded, '']
      previous.text += joint + parted[1]
      previous.end = start + parted[1].length
      if (parted[2] !== '') {
        const own = touchingUnits.get(parted[2]) ?? parted[2]
        group.push({ text: own, start: previous.end, end: start + segment.length, gap: '' })
      }
      return
    }
    const spacedUnit =
      previous !== undefined && startsWithDigit(previous.text) && /^\d[\d.]*$/.test(previous.text)
        ? units.get(folded)
        : undefined
    const joins =
      previous !== undefined &&
      gap !== null &&
      (gap === '' ||
        isJoiner(gap, previous.text, folded) ||
        (gap === ' ' && spacedUnit !== undefined && group.length === 1))
    if (!joins) flush()
    if (touching !== null && unit !== undefined && segment.length === folded.length) {
      const middle = start + touching[1].length
      group.push({ text: touching[1], start, end: middle, gap })
      group.push({ text: unit, start: middle, end: start + segment.length, gap: '' })
    } else {
      const alone = joins && spacedUnit !== undefined ? spacedUnit : folded
      group.push({ text: alone, start, end: start + segment.length, gap })
    }
  }

  /** Inches, and characters the shop wants found, stand between words. */
  const takeGap = (from: number, to: number): void => {
    // One blank between two words is nothing.
    if (to - from === 1 && source.text[from] === ' ' && !settings.separatorsToIndex.includes(' ')) return
    for (let at = from; at < to; at++) {
      const character = source.text[at]
      const last = group.at(-1)
      if (at === from && last !== undefined && /["″”]/.test(character) && /^\d[\d.]*$/.test(last.text)) {
        group.push({ text: 'inch', start: at, end: at + 1, gap: '' })
        flush()
      } else if (settings.separatorsToIndex.includes(character)) {
        flush()
        emit(character, at, at + 1, 'word', position++)
      } else if (character === '<' && source.placeholders.has(at)) {
        flush()
        const end = source.text.indexOf('>', at) + 1
        emit(source.text.slice(at, end).toLowerCase(), at, end, 'word', position++)
        at = end - 1
      }
    }
  }

  let end = 0
  let mayJoin = false
  const next = (start: number, length: number): void => {
    const between = source.text.slice(end, start)
    takeGap(end, start)
    let at = start
    const run = source.text.slice(start, start + length)
    if (isPlain || !unspaced.test(run)) takeSpaced(run, start, mayJoin ? between : null)
    else {
      for (const [segment] of run.matchAll(segments)) {
        if (unspaced.test(segment)) takeUnspaced(segment, at)
        else {
          flush()
          takeSpaced(segment, at, null)
        }
        at += segment.length
      }
    }
    end = start + length
    mayJoin = group.length > 0
  }
  const take = (start: number, length: number): void => {
    // A run inside a placeholder was taken with it.
    if (start >= end && !insidePlaceholder(source, start)) next(start, length)
  }
  if (isPlain) eachPlainRun(source.text, take)
  else for (const match of source.text.matchAll(runs)) take(match.index, match[0].length)
  takeGap(end, source.text.length)
  flush()
  // Dictionary words were met after the characters they are made of.
  return !isPlain && tokens.some(({ kind }) => kind === 'dictionary')
    ? tokens.sort((a, b) => a.position - b.position)
    : tokens
}

/** The same as all matches of `runs`, for a text of ASCII: most texts of most catalogues. */
function eachPlainRun(text: string, visit: (start: number, length: number) => void): void {
  let start = -1
  for (let at = 0; at < text.length; at++) {
    if (isLetter[text.charCodeAt(at)] === 1) {
      if (start < 0) start = at
    } else if (start >= 0) {
      visit(start, at - start)
      start = -1
    }
  }
  if (start >= 0) visit(start, text.length - start)
}

function startsWithDigit(word: string): boolean {
  const code = word.charCodeAt(0)
  return code >= 48 && code <= 57
}

function insidePlaceholder({ text, placeholders }: { text: string; placeholders: ReadonlySet<number> }, at: number) {
  for (const start of placeholders) if (start < at && at < text.indexOf('>', start)) return true
  return false
}

/** "6.7", "1,000" and "1,5" are one number. */
function joinsNumber(previous: Piece, gap: string, next: string): boolean {
  return (gap === '.' || gap === ',') && /^\d+$/.test(previous.text) && /^\d/.test(next) && /^\d+\p{L}*$/u.test(next)
}

/** Signs that hold a compound together: hyphens, apostrophes, `&`, and the stops of "U.S.A". */
function isJoiner(gap: string, before: string, after: string): boolean {
  if (gap === '-' || gap === '‐' || gap === '‑' || gap === '&') return true
  if (gap === '.') return before.length === 1 && after.length === 1 && !/\d/.test(before + after)
  return gap === '’' || gap === "'" || gap === 'ʼ' || gap === '`'
}

/** A word as it is compared, with the accents a shop wants kept. */
export function foldWord(word: string, keep: string): string {
  if (ascii.test(word)) return word.toLowerCase()
  if (keep === '') return fold(word)
  return Array.from(word.normalize('NFC'), (letter) => {
    const lower = letter.toLowerCase()
    return keep.includes(lower) ? lower : fold(letter)
  }).join('')
}
