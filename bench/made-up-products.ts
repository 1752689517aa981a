/** A catalogue that never was, whose words are as common and as rare as those of a shop, and what is typed into its search box. */
import type { Rng } from '../src/base/rng.ts'

export type Product = { readonly [name in 'id' | 'title' | 'brand' | 'description']: string }

/** Words by rank: made of syllables, so that they look and collide as words do; common ones are short. */
function vocabulary(rng: Rng, size: number): string[] {
  const syllables = 'ba ce di fo gu la me ni po ru sa te vi wo za shi tra plen mor kas'.split(' ')
  const words = new Set<string>()
  while (words.size < size) {
    const length = 1 + Math.min(4, Math.floor(Math.log10(1 + words.size)) + rng.int(2))
    words.add(Array.from({ length }, () => rng.pick(syllables)).join('') + (rng.int(4) === 0 ? 's' : ''))
  }
  return [...words]
}

/** Titles of 5 to 12 words and descriptions of 20, drawn by Zipf's law from a vocabulary that grows with the shop. */
export function madeUpProducts(count: number, rng: Rng): Product[] {
  const words = vocabulary(rng, Math.round(2000 + 12 * Math.sqrt(count) ** 1.2))
  const word = (): string => words[Math.floor(words.length ** rng.next()) - 1]
  const text = (length: number): string => Array.from({ length }, word).join(' ')
  return Array.from({ length: count }, (_, at) => ({
    id: `p${at}`,
    title: text(5 + rng.int(8)),
    brand: words[200 + rng.int(300)],
    description: text(20),
  }))
}

/** One to three words of a title, in a third of them one with a letter missing. */
export function queriesFor(products: readonly Product[], count: number, rng: Rng): string[] {
  return Array.from({ length: count }, () => {
    const words = rng.pick(products).title.split(' ')
    const from = rng.int(words.length - 3)
    const typed = words.slice(from, from + 1 + rng.int(3))
    const at = rng.int(typed.length)
    const letter = 1 + rng.int(Math.max(1, typed[at].length - 1))
    if (rng.int(3) === 0 && typed[at].length > 4) typed[at] = typed[at].slice(0, letter) + typed[at].slice(letter + 1)
    return typed.join(' ')
  })
}
