/**
 * Forms of one word: "shoes" finds "shoe", "Kleider" finds "Kleid".
 *
 * Snowball stemmers (Porter 2001) by language, and the irregular plurals of English, which no suffix rule knows. A word
 * is stemmed by the first of a shop's languages that is written in the word's script; words with digits are left alone.
 */
import snowball from 'snowball-stemmers'

/** ISO 639-1 codes, the stemmer's name, and what the language's words are written in. */
const stemmers: Readonly<Record<string, readonly [name: string, script: RegExp]>> = (() => {
  const latin = /^\p{Script=Latin}+$/u
  const names =
    'ca catalan|cs czech|da danish|nl dutch|en english|fi finnish|fr french|de german|hu hungarian|it italian|ga irish|nb norwegian|no norwegian|pt portuguese|ro romanian|es spanish|sl slovene|sv swedish|tr turkish'
  const byCode: Record<string, readonly [string, RegExp]> = {
    ar: ['arabic', /^\p{Script=Arabic}+$/u],
    ru: ['russian', /^\p{Script=Cyrillic}+$/u],
    ta: ['tamil', /^[\p{Script=Tamil}\p{M}]+$/u],
  }
  for (const each of names.split('|')) {
    const [code, name] = each.split(' ')
    byCode[code] = [name, latin]
  }
  return byCode
})()

/** A map: "constructor" is a word as well. */
const irregular: ReadonlyMap<string, string> = new Map(
  'men man,mens man,women woman,womens woman,children child,childrens child,feet foot,teeth tooth,mice mouse,geese goose,knives knife,wives wife,lives life,leaves leaf,shelves shelf,wolves wolf,halves half,scarves scarf,loaves loaf,calves calf,selves self,people person'
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
)

/** A function from folded words to stems for these languages; unknown codes are left out. */
export function createStemmer(languages: readonly string[]): (word: string) => string {
  const known = languages.flatMap((language) => {
    const [name, script] = Object.hasOwn(stemmers, language) ? stemmers[language] : []
    return name === undefined || script === undefined
      ? []
      : [{ script, stemmer: snowball.newStemmer(name), irregular: language === 'en' ? irregular : null }]
  })
  return (word) => {
    for (const { script, stemmer, irregular } of known) {
      if (script.test(word)) return word.length < 3 ? word : stemmer.stem(irregular?.get(word) ?? word)
    }
    return word
  }
}
