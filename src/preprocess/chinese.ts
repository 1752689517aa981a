/**
 * Chinese for a shop: cut into words, traditional read as simplified, and found when typed in Latin letters.
 *
 * Words come from jieba's dictionary with its hidden Markov model for unknown ones; traditional characters are folded
 * one by one (OpenCC's table), so that offsets stay; pinyin is without tones, "手机" is "shouji". All three tables are
 * loaded with the first Chinese character, about 0.3 s once: a shop without any never pays.
 */
import { createRequire } from 'node:module'
import type { Jieba } from '@node-rs/jieba'

const require = createRequire(import.meta.url)

let cutter: Jieba | undefined
let simplify: ((text: string) => string) | undefined
let spell: ((text: string, options: { toneType: 'none'; type: 'array' }) => string[]) | undefined
const simplified = new Map<string, string>()

function jieba(): Jieba {
  if (cutter === undefined) {
    const loaded = require('@node-rs/jieba') as { Jieba: typeof Jieba }
    const { dict } = require('@node-rs/jieba/dict') as { dict: Uint8Array }
    cutter = loaded.Jieba.withDict(dict)
  }
  return cutter
}

/** One way to cut a run of Chinese: what a query means. */
export function chineseWords(run: string): string[] {
  return jieba().cut(run, true)
}

/** Every dictionary word in a run, short ones inside long ones included: what a product is found by. */
export function chineseWordsWithin(run: string): string[] {
  return jieba().cutForSearch(run, true)
}

/** Whether these characters are one Chinese word. */
export function isChineseWord(text: string): boolean {
  return /^\p{Script=Han}+$/u.test(text) && jieba().cut(text, false).length === 1
}

/** The simplified form of one character, itself where it has none of the same length. */
export function simplifiedCharacter(character: string): string {
  const known = simplified.get(character)
  if (known !== undefined) return known
  if (simplify === undefined) {
    const { Converter } = require('opencc-js/t2cn') as {
      Converter: (options: { from: string; to: string }) => (text: string) => string
    }
    simplify = Converter({ from: 't', to: 'cn' })
  }
  const form = simplify(character)
  const kept = form.length === character.length ? form : character
  simplified.set(character, kept)
  return kept
}

/** "手机壳" → "shoujike". */
export function pinyinOf(word: string): string {
  spell ??= (require('pinyin-pro') as { pinyin: NonNullable<typeof spell> }).pinyin
  return spell(word, { toneType: 'none', type: 'array' })
    .join('')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
}
