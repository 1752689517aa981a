/**
 * A good order for a search in a shop that has no behaviour yet: a fixed sum of what the catalogue says.
 *
 * score = Σ weight · signal (search-signals.ts). Chosen by hand on one judged set, checked on the other, and rounded;
 * near values do as well (docs/search.md has what each is worth).
 */
import { searchSignals, type SearchSignal, type SignalTable } from './search-signals.ts'

/** So many of the best by words are ranked; the others keep the order of the words, behind them. */
export const ranked = 120

export const textualWeights: Readonly<Partial<Record<SearchSignal, number>>> = {
  words: 0.8,
  coverage: 0.3,
  titleCoverage: 0.3,
  near: 0.1,
  meaning: 0.6,
  company: 0.6,
  feedback: 0.2,
  categoryPath: 0.2,
  numbers: 0.15,
  head: 0.15,
  headInTitle: 0.1,
  unwanted: -0.2,
  unwantedAnywhere: -0.1,
  without: 0.15,
}

/** What of it is likeness of meaning. */
export const meaningWeights: typeof textualWeights = (({ meaning, company, feedback }) => ({
  meaning,
  company,
  feedback,
}))(textualWeights)

export function textualScores(table: SignalTable, weights = textualWeights): Float64Array {
  const scores = new Float64Array(table.words.length)
  for (const name of searchSignals) {
    const weight = weights[name] ?? 0
    if (weight === 0) continue
    for (let at = 0; at < scores.length; at++) scores[at] += weight * table[name][at]
  }
  return scores
}
