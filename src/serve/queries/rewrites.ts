/**
 * What shoppers type instead, after a search that gave them nothing: "sofa", nothing taken, then "couch", and a click.
 *
 * A failed search is one nothing was taken of; it is mended by the search that follows within `gapMs`, others of the
 * kind between them, and of which something was taken. For a failed search a and a mend b, in shoppers:
 *   share = n(a mended by b) / n(a failed),   lift = share / (n(b) / Σ n)
 * n(b) being how many search b at all, Σ n the sum of that over all searches. b is kept from `leastShoppers` shoppers, a tenth
 * of those who failed and a lift of 2 on. The same over the words that were exchanged ("blue sofa", "blue couch") gives
 * synonyms, unless they are two ways of writing one word. Cost: two passes over the log, runs of three words at most.
 */
import type { Breathe } from '../../base/breathe.ts'
import { minuteMs } from '../../base/clock.ts'
import { editDistance } from '../../retrieve/edit-distance.ts'
import type { QueryLog, Searched } from './query-log.ts'
import { isPresentable, type QueryWords } from './query-text.ts'

export interface Mend {
  /** As typed most often. */
  readonly from: string
  readonly to: string
  readonly shoppers: number
  /** Of those who failed. */
  readonly share: number
  readonly lift: number
}

export interface Rewrites {
  /** What is mostly typed instead; `null` where nothing is known to be. */
  readonly instead: (query: string) => string | null
  /** Words and what they were exchanged for, best founded first. */
  readonly synonyms: readonly Mend[]
}

export const noRewrites: Rewrites = { instead: () => null, synonyms: [] }

const gapMs = 5 * minuteMs
const leastShare = 0.1
const leastLift = 2
const longestRun = 3

export async function learnRewrites(
  log: QueryLog,
  words: QueryWords,
  leastShoppers: number,
  breathe: Breathe,
): Promise<Rewrites> {
  const [whole, parts] = [createTally(), createTally()]
  for (const [, searches] of [...log.shoppers()]) {
    const [ownWhole, ownParts] = [whole.shopper(), parts.shopper()]
    for (const [failed, mend] of mended(searches, words)) {
      ownWhole.mended([words.key(failed), failed], [words.key(mend), mend])
      const swap = exchanged(failed, mend, words)
      if (swap !== null) ownParts.mended([partKey(swap[0], words), swap[0]], [partKey(swap[1], words), swap[1]])
    }
    await breathe()
  }
  const known = new Map<string, readonly string[]>()
  const runsOf = (query: string): readonly string[] => {
    const runs = known.get(query) ?? runsWithin(words.words(query)).filter(parts.isMeant)
    known.set(query, runs)
    return runs
  }
  let total = 0
  for (const [, searches] of [...log.shoppers()]) {
    const [ownWhole, ownParts] = [whole.shopper(), parts.shopper()]
    total += new Set(searches.map(({ query }) => words.key(query))).size
    for (const { query, taken } of searches) {
      const key = words.key(query)
      if (whole.isMeant(key)) ownWhole.typed(key, taken === null)
      for (const run of runsOf(query)) ownParts.typed(run, taken === null)
    }
    await breathe()
  }
  const best = new Map<string, Mend>()
  for (const [key, mend] of whole.found(leastShoppers, total)) {
    const known = best.get(key)
    if (isPresentable(mend.to) && (known === undefined || mend.shoppers > known.shoppers)) best.set(key, mend)
  }
  return {
    instead: (query) => best.get(words.key(query))?.to ?? null,
    synonyms: parts
      .found(leastShoppers, total)
      .map(([, mend]) => mend)
      .filter(({ from, to }) => isPresentable(from) && isPresentable(to))
      .sort((a, b) => b.shoppers * b.lift - a.shoppers * a.lift),
  }
}

function runsWithin(typed: readonly string[]): string[] {
  const runs = new Set<string>()
  for (let from = 0; from < typed.length; from++) {
    for (let to = from + 1; to <= Math.min(typed.length, from + longestRun); to++) {
      runs.add(typed.slice(from, to).join(''))
    }
  }
  return [...runs]
}

function partKey(text: string, words: QueryWords): string {
  return words.words(text).join('')
}

/** Pairs of a failed search and what mended it. */
function mended(searches: readonly Searched[], words: QueryWords): [failed: string, mend: string][] {
  const pairs: [string, string][] = []
  let failed: Searched[] = []
  for (const search of searches) {
    if (failed.length > 0 && search.timeMs - failed[failed.length - 1].timeMs > gapMs) failed = []
    if (search.taken === null) failed.push(search)
    else {
      for (const { query } of failed)
        if (words.key(query) !== words.key(search.query)) pairs.push([query, search.query])
      failed = []
    }
  }
  return pairs
}

/** The words in which two searches differ; `null` where one only says more, or both say the same in other letters. */
function exchanged(failed: string, mend: string, words: QueryWords): [string, string] | null {
  const [before, after] = [failed.split(' '), mend.split(' ')]
  const alike = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && words.key(a) === words.key(b)
  while (alike(before[0], after[0])) for (const side of [before, after]) side.shift()
  while (alike(before.at(-1), after.at(-1))) for (const side of [before, after]) side.pop()
  const [from, to] = [before.join(' '), after.join(' ')]
  if (from === '' || to === '' || before.length > longestRun || after.length > longestRun) return null
  const shared = words.words(from).some((stem) => words.words(to).includes(stem))
  const isSlip = editDistance(words.key(from), words.key(to), 2) <= 2
  return shared || isSlip ? null : [from, to]
}

type Written = readonly [key: string, text: string]

interface Pair {
  readonly from: string
  readonly to: string
  shoppers: number
  readonly texts: Map<string, number>
}

/** Counts each shopper once: first the pairs, then how often what stands in one was typed at all. */
function createTally() {
  const failures = new Map<string, number>()
  const all = new Map<string, number>()
  const pairs = new Map<string, Pair>()
  const meant = new Set<string>()
  const bump = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)

  return {
    isMeant: (key: string): boolean => meant.has(key),
    shopper: () => {
      const [seen, lost, paired] = [new Set<string>(), new Set<string>(), new Set<string>()]
      return {
        typed: (key: string, isFailure: boolean): void => {
          if (!seen.has(key)) bump(all, key)
          seen.add(key)
          if (isFailure && !lost.has(key)) bump(failures, key)
          if (isFailure) lost.add(key)
        },
        mended: ([fromKey, from]: Written, [toKey, to]: Written): void => {
          const key = `${fromKey}\n${toKey}`
          const pair = pairs.get(key) ?? { from: fromKey, to: toKey, shoppers: 0, texts: new Map<string, number>() }
          pairs.set(key, pair)
          meant.add(fromKey).add(toKey)
          if (!paired.has(key)) pair.shoppers++
          paired.add(key)
          bump(pair.texts, `${from}\n${to}`)
        },
      }
    },
    /** What passes all tests, by the key of what failed. */
    found: (leastShoppers: number, total: number): [key: string, mend: Mend][] =>
      [...pairs.values()].flatMap(({ from, to, shoppers, texts }) => {
        const share = shoppers / Math.max(shoppers, failures.get(from) ?? 0)
        const lift = share / ((all.get(to) ?? 1) / total)
        if (shoppers < leastShoppers || share < leastShare || lift < leastLift) return []
        const [text] = [...texts].reduce((best, each) => (each[1] > best[1] ? each : best))
        const [fromText, toText] = text.split('\n')
        return [[from, { from: fromText, to: toText, shoppers, share, lift }] as [string, Mend]]
      }),
  }
}
