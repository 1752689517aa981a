/**
 * Slips in Chinese: 充宝电 for 充电宝, a character too many, missing, wrong, or two swapped.
 *
 * Chinese words are too short for edit distance, so a whole run is weighed by how often its neighbours stand together in
 * the catalogue, with df the products that have a character or a pair:
 *
 *   cost(c₁ … cₙ) = Σ −ln( (df(cᵢcᵢ₊₁) + α · df(cᵢ₊₁) / N) / (df(cᵢ) + α) )
 *
 * and of all runs one slip away (characters that are put in must be known between their neighbours) the cheapest is
 * taken, where it saves more than a slip costs. A run whose every pair is somewhere in the catalogue is believed. O(length · neighbours of a character).
 */
export interface PairCounts {
  /** Products with a character or a pair of characters. */
  frequency(text: string): number
  /** Characters that follow this one somewhere. */
  following(character: string): readonly string[]
  readonly size: number
}

/** A slip is believed where it makes a run so many nats likelier; another character is one of thousands. */
const slipCost = { swapped: 3, extra: 4, missing: 4, wrong: 8 }
const smoothing = 2

/** The run meant, or `null` where it is believed as typed. */
export function correctRun(run: string, counts: PairCounts): string | null {
  const characters = [...run]
  if (characters.length < 3) return null
  if (characters.slice(1).every((character, at) => counts.frequency(characters[at] + character) > 0)) return null
  const price = (list: readonly string[]): number => {
    let sum = 0
    for (let at = 0; at + 1 < list.length; at++) {
      const chance = (smoothing * counts.frequency(list[at + 1])) / Math.max(1, counts.size)
      const both = counts.frequency(list[at] + list[at + 1]) + chance + 1e-4
      sum -= Math.log(both / (counts.frequency(list[at]) + smoothing))
    }
    // A mean, so that leaving out is no gain by itself.
    return (sum * characters.length) / Math.max(1, list.length - 1)
  }
  const typed = price(characters)
  let saved = 0
  let meant: string | null = null
  const consider = (list: readonly string[], cost: number): void => {
    const saves = typed - price(list) - cost
    if (saves > saved) [saved, meant] = [saves, list.join('')]
  }
  for (let at = 0; at < characters.length; at++) {
    const [before, rest] = [characters.slice(0, at), characters.slice(at)]
    consider([...before, ...rest.slice(1)], slipCost.extra)
    if (rest.length > 1) consider([...before, rest[1], rest[0], ...rest.slice(2)], slipCost.swapped)
    if (at === 0) continue
    for (const other of counts.following(characters[at - 1])) {
      if (counts.frequency(other + rest[0]) > 0) consider([...before, other, ...rest], slipCost.missing)
      if (rest.length > 1 && counts.frequency(other + rest[1]) > 0) {
        consider([...before, other, ...rest.slice(1)], slipCost.wrong)
      }
    }
  }
  return meant
}
