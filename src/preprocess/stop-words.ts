/**
 * Words that say nothing of a product, by language: "the", "für", "的".
 *
 * Lists of the package `@orama/stopwords`, folded as everything else is. Words of negation stay words ("without" tells), and so do
 * numbers.
 */
import { createRequire } from 'node:module'
import { fold } from './text.ts'

const require = createRequire(import.meta.url)

const names: ReadonlyMap<string, string> = new Map(
  'ar arabic|hy armenian|bg bulgarian|zh mandarin|da danish|nl dutch|en english|fi finnish|fr french|de german|el greek|hu hungarian|hi indian|id indonesian|ga irish|it italian|ja japanese|lt lithuanian|ne nepali|nb norwegian|no norwegian|pt portuguese|ro romanian|ru russian|sr serbian|sl slovenian|es spanish|sv swedish|ta tamil|tr turkish|uk ukrainian'
    .split('|')
    .map((pair) => pair.split(' ') as [string, string]),
)
const telling = new Set([
  'without',
  'no',
  'not',
  'under',
  'over',
  'above',
  'below',
  'off',
  'up',
  'down',
  'out',
  'own',
  'same',
])
const lists = new Map<string, readonly string[]>()

/** The stop words of these languages; codes without a list add none. */
export function stopWordsOf(languages: readonly string[]): ReadonlySet<string> {
  return new Set(languages.flatMap(listOf))
}

function listOf(language: string): readonly string[] {
  const known = lists.get(language)
  if (known !== undefined) return known
  const name = names.get(language)
  const list = name === undefined ? [] : (require(`@orama/stopwords/${name}`) as { stopwords: string[] }).stopwords
  const folded = list
    .map(fold)
    .filter((word) => !telling.has(word) && !/[\p{N}]/u.test(word) && (language !== 'zh' || !/[a-z]/.test(word)))
  lists.set(language, folded)
  return folded
}
