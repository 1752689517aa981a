/**
 * A query cut into what was typed: words, compounds, Chinese words, exact phrases, and what must not be there.
 *
 * Compounds keep their parts ("wh-1000xm4": wh, 1000xm4); a run of Chinese is cut by the dictionary; a blank the shopper
 * typed between characters parts words. With `phrases`, `"…"` is one unit; with `exclusion`, `-word` and `-"…"` exclude.
 */
import { analyse, type AnalyseSettings, type Token } from '../preprocess/analyse.ts'
import { chineseWords } from '../preprocess/chinese.ts'

export interface QueryUnit {
  /** Folded; the words of a phrase with blanks between. */
  readonly text: string
  readonly kind: 'word' | 'compound' | 'unspaced' | 'phrase'
  /** What it is made of: parts of a compound, characters of a Chinese word, units of a phrase; else empty. */
  readonly parts: readonly QueryUnit[]
  /** What was typed where this is its correction. */
  readonly slip?: { readonly typed: string; readonly typos: number }
}

export interface CutQuery {
  readonly units: QueryUnit[]
  readonly excluded: QueryUnit[]
}

const quoted = /(^|\s)(-?)"([^"]*)"/g
const minus = /(^|\s)-([^\s"-][^\s"]*)/g

export function cutQuery(
  query: string,
  settings: AnalyseSettings,
  syntax: { readonly phrases: boolean; readonly exclusion: boolean },
): CutQuery {
  const units: QueryUnit[] = []
  const excluded: QueryUnit[] = []
  const takePlain = (text: string): void => {
    let plain = text
    if (syntax.exclusion) {
      plain = text.replace(minus, (_, before: string, word: string) => {
        const parts = unitsOf(word, settings)
        if (parts.length > 0) excluded.push(parts.length === 1 ? parts[0] : phraseOf(parts))
        return before
      })
    }
    units.push(...unitsOf(plain, settings))
  }
  let end = 0
  for (const match of syntax.phrases ? query.matchAll(quoted) : []) {
    takePlain(query.slice(end, match.index))
    end = match.index + match[0].length
    const parts = unitsOf(match[3], settings)
    if (parts.length === 0) continue
    const unit = phraseOf(parts)
    if (match[2] === '-' && syntax.exclusion) excluded.push(unit)
    else units.push(unit)
  }
  takePlain(query.slice(end))
  return { units, excluded }
}

function phraseOf(parts: readonly QueryUnit[]): QueryUnit {
  return { text: parts.map((part) => part.text).join(' '), kind: 'phrase', parts }
}

export function unitsOf(text: string, settings: AnalyseSettings): QueryUnit[] {
  const tokens = analyse(text, settings)
  const units: QueryUnit[] = []
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]
    if (token.kind === 'word') {
      units.push({ text: token.text, kind: 'word', parts: [] })
      at++
    } else if (token.kind === 'joined') {
      const parts = tokens.slice(at + 1, at + 1 + token.span)
      units.push({ text: token.text, kind: 'compound', parts: parts.map(plain) })
      at += 1 + token.span
    } else {
      const run: Token[] = []
      for (; at < tokens.length && !['word', 'joined'].includes(tokens[at].kind); at++) {
        if (tokens[at].kind !== 'character') continue
        if (run.length > 0 && tokens[at].start !== run[run.length - 1].end) takeRun(run.splice(0), units)
        run.push(tokens[at])
      }
      takeRun(run, units)
    }
  }
  return units
}

function plain({ text }: Token): QueryUnit {
  return { text, kind: 'word', parts: [] }
}

function takeRun(run: readonly Token[], units: QueryUnit[]): void {
  const text = run.map((token) => token.text).join('')
  for (const word of run.length < 2 ? [text] : chineseWords(text)) {
    if (word === '') continue
    const parts = [...word].map((character) => ({ text: character, kind: 'unspaced', parts: [] }) as const)
    units.push({ text: word, kind: 'unspaced', parts })
  }
}
