/**
 * What a search names besides the thing: a brand, a colour, a style ("acme sky blue mug": Acme, sky blue). Products that
 * have it are lifted, none is hidden.
 *
 * Names are the values of brand and tags among the products to be ranked, folded, of three words at most; one that is
 * part of a longer one that is named too counts nothing. A product gets weight · voted · named/all named, voted being how
 * much shoppers want its category (query-intent.ts): a name lifts nothing that is another thing, and nothing before
 * anyone has clicked (docs/log.md). Cost: a look-up for each value of a product.
 */
import { fold } from '../preprocess/text.ts'
import { longestName, type ProductFacts } from './product-facts.ts'

/** Chosen on the simulated shop of seed 7; `npx tsx recipes/intent.ts` judges it on others. */
const namedWeight = 0.4
const mostWords = 12
const word = /[\p{L}\p{M}\p{N}]+/gu

/** In place. */
export function addNamed(
  scores: Float64Array,
  slots: Int32Array,
  query: string,
  wanted: ArrayLike<number>,
  facts: ProductFacts,
): void {
  const runs = runsOf(fold(query).match(word) ?? [])
  const own = Array.from(slots, (slot) => facts.names(slot).filter((name) => runs.has(name)))
  const all = [...new Set(own.flat())]
  const told = new Set(all.filter((name) => !all.some((other) => other !== name && ` ${other} `.includes(` ${name} `))))
  if (told.size === 0) return
  own.forEach((names, at) => {
    const count = names.filter((name) => told.has(name)).length
    scores[at] += (namedWeight * wanted[at] * count) / told.size
  })
}

function runsOf(words: readonly string[]): Set<string> {
  const runs = new Set<string>()
  for (let from = 0; from < Math.min(words.length, mostWords); from++) {
    for (let to = from + 1; to <= Math.min(words.length, from + longestName); to++) {
      runs.add(words.slice(from, to).join(' '))
    }
  }
  return runs
}
