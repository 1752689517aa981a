/**
 * Words out of titles and searches, so that "Crème brûlée" and "creme brulee" are the same.
 *
 * Compatibility forms are unified (NFKC), case and accents folded, and runs of letters and digits taken as words; a
 * decimal number stays whole. Chinese and Japanese, written without spaces, become overlapping pairs of characters.
 */

/** Words that say nothing of a product. */
export const stopWords: ReadonlySet<string> = new Set(
  'a an and are as at be by for from in into is it its of on or our that the this to with your you'.split(' '),
)

/** Letters that do not come apart into a base letter and an accent. */
const folded: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

const token = /[\p{L}\p{N}\p{M}]+(?:[.,]\p{N}+)*/gu
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu
/** ASCII, which is most of most catalogues and has no other forms. */
const plain = /^[\0-\x7f]*$/
const startsUnspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u

/** In the order of the text, repeats included. Stop words are left out unless nothing else is there. */
export function tokenise(text: string): string[] {
  const words = (fold(text).match(token) ?? []).flatMap(split)
  const telling = words.filter((word) => !stopWords.has(word))
  return telling.length > 0 ? telling : words
}

/** One spelling for all ways to write a word: compatibility forms, case, Latin accents and apostrophes. */
export function fold(text: string): string {
  if (plain.test(text)) return text.toLowerCase().replaceAll("'", '')
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .normalize('NFC')
    .replace(/[ßøæœłđðþı]/g, (letter) => folded[letter])
}

function split(word: string): readonly string[] {
  return plain.test(word)
    ? [word]
    : (word.match(unspaced) ?? []).flatMap((part) => (startsUnspaced.test(part) ? pairs(part) : [part]))
}

/** The overlapping pairs of a run of characters; a lone one is itself. */
export function pairs(run: Iterable<string>): string[] {
  const characters = [...run]
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, at) => characters[at] + character)
}
