/**
 * What a catalogue by itself says about how well each of some products answers a query: the features of every ranker.
 *
 * For a query of words t with idf_t, and w_r the weight of an attribute's rank:
 * - words      Σ_t idf_t^.7 · (k1 + 1)·x/(x + k1), x = Σ_r w_r · tf_r / (1 − b + b·length_r/mean_r), k1 .3, b .7: BM25F
 *   (Robertson, Zaragoza, Taylor 2004) so flat that having a word counts and repeating it hardly does
 * - coverage, titleCoverage   share of Σ idf_t found anywhere; in the title
 * - meaning    cosine of query and product (latent-index.ts)
 * - company    cosine to the 30 that have the words best, weighted by e^((words − best)/deviation)
 * - feedback   cosine to the 10 best by words: pseudo-relevance feedback in the latent space
 * - numbers    share of the query's numbers in the title
 * - unwanted, unwantedAnywhere, without     share of the denied words in the title; any of them anywhere, both 0
 *   where the product says it lacks them; whether it does ("no x", "x free", "x-less")
 * - head, headInTitle   whether the title is about what the query is about; has it at all
 * - category, categoryPath   share of the 30 best (weighted as above) in the product's category; mean over its ancestors
 * - near, early   idf share of the query's neighbours within 3 words in the title; 1/(1 + place of the first word)
 * - brevity   1/(1 + ln(1 + title words))
 * - title, body   BM25 (k1 1.2, b .75) of the title alone; of all the rest
 * - whole, phrase   whether all words stand in the title; one after the other, as they were asked
 * - asked, telling   a tenth of the number of words asked for; mean idf / ln(1 + products): the same for all candidates, for learners that branch on it
 * words, title, body, meaning, company and feedback are divided by the mean of the three highest and held within [−1, 1.5].
 * Cost: the candidates' words, each once, and 3 · width a candidate.
 */
import { topK } from '../kernels/top-k.ts'
import { dot } from '../kernels/vector.ts'
import type { Asked } from './asked.ts'
import { type DocumentWords, rankWeight } from './document-words.ts'
import { type Meaning, toUnitLength } from './latent-index.ts'
import type { ProductFacts } from './product-facts.ts'
import type { ReadWords } from './word-store.ts'

export const searchSignals = [
  ...['words', 'coverage', 'titleCoverage', 'meaning', 'company', 'feedback', 'numbers', 'unwanted'],
  ...['unwantedAnywhere', 'without', 'head', 'headInTitle', 'category', 'categoryPath', 'near', 'early', 'brevity'],
  ...['title', 'body', 'whole', 'phrase', 'asked', 'telling'],
] as const
export type SearchSignal = (typeof searchSignals)[number]

/** One value a candidate, for each signal. */
export type SignalTable = Readonly<Record<SearchSignal, Float64Array>>

export interface SignalSources {
  readonly words: DocumentWords
  readonly facts: ProductFacts
  /** `null` until it has been learnt: what it tells is 0 then. */
  readonly latent: Meaning | null
}

const k1 = 0.3
const b = 0.7
const idfPower = 0.7
const closeTo = 3
const companySize = 30
const feedbackSize = 10

export function signalsOf(asked: Asked, slots: Int32Array, sources: SignalSources): SignalTable {
  const column = () => new Float64Array(slots.length)
  const table = Object.fromEntries(searchSignals.map((name) => [name, column()])) as Record<SearchSignal, Float64Array>
  const read = createReader(asked, sources, table)
  for (let at = 0; at < slots.length; at++) read(slots[at], at)
  const leaders = topK(table.words, companySize)
  const strengths = strengthsOf(table.words, leaders)
  addCategories(table, slots, leaders, strengths, sources.facts)
  if (sources.latent !== null) addMeaning(table, asked, slots, leaders, strengths, sources.latent)
  for (const name of ['words', 'title', 'body', 'meaning', 'company', 'feedback'] as const) scaleByBest(table[name])
  return table
}

/** The same, a row a candidate. */
export function signalRows(table: SignalTable): Float32Array {
  const width = searchSignals.length
  const rows = new Float32Array(table.words.length * width)
  searchSignals.forEach((name, column) => {
    table[name].forEach((value, row) => {
      rows[row * width + column] = value
    })
  })
  return rows
}

/** Reads a product's words once, into its row. Nothing is made anew for a product. */
function createReader({ wanted, unwanted, lacking, head }: Asked, { words, facts }: SignalSources, table: SignalTable) {
  const places = new Map<number, { word: number; sureness: number }>()
  wanted.forEach(({ stems }, word) => {
    for (const [stem, sureness] of stems) if (!places.has(stem)) places.set(stem, { word, sureness })
  })
  const denied = new Set(unwanted)
  /** Most words of a product are none of these: told by their last bits before anything is looked up. */
  const telling = new Uint8Array(1024)
  for (const stem of [...places.keys(), ...head]) telling[stem & 1023] = 1
  const isAbout = facts.about(new Set(Array.from(head, (stem) => words.stemText(stem))))
  const ranks = facts.meanLengths.length
  const hits = new Float64Array(wanted.length * ranks)
  const lengths = new Int32Array(ranks)
  const titlePlaces: number[][] = wanted.map(() => [])
  const score = createScorer(wanted, hits, lengths, facts.meanLengths, table)
  const deny = denied.size > 0 || lacking.length > 0 ? createDenial(denied, new Set(lacking), words, table) : null
  const pairIdf = wanted.slice(1).reduce((sum, { idf }, at) => sum + idf + wanted[at].idf, 0) || 1
  table.asked.fill(Math.min(1, wanted.length / 10))
  table.telling.fill(sumOfIdf(wanted) / wanted.length / Math.log(1 + words.size))

  return (slot: number, at: number): void => {
    hits.fill(0)
    lengths.fill(0)
    for (const list of titlePlaces) list.length = 0
    let isHeadInTitle = false
    const read = words.read(slot)
    const { count, stems, ranks: rankOf, positions } = read
    for (let token = 0; token < count; token++) {
      const stem = stems[token]
      const rank = rankOf[token]
      lengths[rank]++
      if (telling[stem & 1023] === 0) continue
      const found = places.get(stem)
      if (found !== undefined) {
        hits[found.word * ranks + rank] += found.sureness
        if (rank === 0) titlePlaces[found.word].push(positions[token])
      }
      if (rank === 0 && head.has(stem)) isHeadInTitle = true
    }
    score(at)
    deny?.(read, at)
    let firstPlace = Infinity
    for (const list of titlePlaces) if (list.length > 0) firstPlace = Math.min(firstPlace, list[0])
    table.head[at] = isAbout(slot) ? 1 : 0
    table.headInTitle[at] = isHeadInTitle ? 1 : 0
    table.near[at] = nearness(wanted, titlePlaces) / pairIdf
    table.early[at] = 1 / (1 + firstPlace)
    table.phrase[at] = isPhrase(titlePlaces) ? 1 : 0
    table.brevity[at] = 1 / (1 + Math.log1p(lengths[0]))
  }
}

function sumOfIdf(wanted: Asked['wanted']): number {
  return wanted.reduce((sum, { idf }) => sum + idf, 0) || 1
}

/** What the words found, by word and rank in `hits`, come to. */
function createScorer(
  wanted: Asked['wanted'],
  hits: Float64Array,
  lengths: Int32Array,
  meanLengths: Float64Array,
  table: SignalTable,
) {
  const ranks = meanLengths.length
  const rankWeights = Float64Array.from(meanLengths, (_, rank) => rankWeight(rank))
  const idfs = Float64Array.from(wanted, ({ idf }) => idf)
  const parts = idfs.map((idf) => idf ** idfPower)
  const allIdf = sumOfIdf(wanted)
  const numbers = wanted.filter(({ isNumber }) => isNumber).length
  const { words, coverage, titleCoverage, numbers: numberShares, title: titles, body: bodies, whole } = table

  return (at: number): void => {
    let [score, covered, inTitle, numbersFound, title, body, wholes] = [0, 0, 0, 0, 0, 0, 0]
    for (let word = 0; word < idfs.length; word++) {
      let [x, others] = [0, 0]
      for (let rank = 0; rank < ranks; rank++) {
        const count = hits[word * ranks + rank]
        if (count === 0) continue
        x += (rankWeights[rank] * count) / (1 - b + (b * lengths[rank]) / meanLengths[rank])
        if (rank > 0) others += count / (0.25 + (0.75 * lengths[rank]) / meanLengths[rank])
      }
      if (x === 0) continue
      body += (idfs[word] * 2.2 * others) / (others + 1.2)
      score += (parts[word] * (k1 + 1) * x) / (x + k1)
      covered += idfs[word]
      if (hits[word * ranks] === 0) continue
      inTitle += idfs[word]
      wholes++
      const often = hits[word * ranks] / (0.25 + (0.75 * lengths[0]) / meanLengths[0])
      title += (idfs[word] * 2.2 * often) / (often + 1.2)
      if (wanted[word].isNumber) numbersFound++
    }
    words[at] = score
    coverage[at] = covered / allIdf
    titleCoverage[at] = inTitle / allIdf
    numberShares[at] = numbers === 0 ? 0 : numbersFound / numbers
    titles[at] = title
    bodies[at] = body
    whole[at] = wholes === idfs.length ? 1 : 0
  }
}

/** Whether a product has what is denied, or says that it lacks it. */
function createDenial(
  denied: ReadonlySet<number>,
  lacks: ReadonlySet<number>,
  words: DocumentWords,
  table: SignalTable,
) {
  const before = stemSet(words, ['without', 'no', 'not', 'non', 'zero'])
  const after = stemSet(words, ['free', 'less'])
  const inTitle = new Set<number>()
  return ({ count, stems, ranks }: ReadWords, at: number): void => {
    inTitle.clear()
    let [previous, isWithout, isSomewhere] = [-1, false, false]
    for (let token = 0; token < count; token++) {
      const stem = stems[token]
      if (denied.has(stem)) {
        isSomewhere = true
        if (ranks[token] === 0) inTitle.add(stem)
        if (before.has(previous)) isWithout = true
      }
      if (lacks.has(stem) || (denied.has(previous) && after.has(stem))) isWithout = true
      previous = stem
    }
    table.unwanted[at] = denied.size === 0 || isWithout ? 0 : inTitle.size / denied.size
    table.unwantedAnywhere[at] = Number(isSomewhere && !isWithout)
    table.without[at] = Number(isWithout)
  }
}

function stemSet(words: DocumentWords, names: readonly string[]): ReadonlySet<number> {
  return new Set(names.map((name) => words.stemOf(name) ?? -2))
}

/** Idf of the neighbours that stand close together. */
function nearness(wanted: Asked['wanted'], places: readonly (readonly number[])[]): number {
  let sum = 0
  for (let word = 1; word < wanted.length; word++) {
    if (areClose(places[word - 1], places[word])) sum += wanted[word - 1].idf + wanted[word].idf
  }
  return sum
}

function areClose(some: readonly number[], others: readonly number[]): boolean {
  for (const a of some) for (const c of others) if (Math.abs(a - c) <= closeTo) return true
  return false
}

function isPhrase(places: readonly (readonly number[])[]): boolean {
  for (const start of places[0]) {
    let word = 1
    while (word < places.length && places[word].includes(start + word)) word++
    if (word === places.length) return true
  }
  return false
}

/** e^((score − best)/deviation) of the leaders, summing to 1. */
function strengthsOf(scores: Float64Array, leaders: Int32Array): Float64Array {
  const own = Float64Array.from(leaders, (at) => scores[at])
  const mean = own.reduce((sum, score) => sum + score, 0) / own.length
  const deviation = Math.sqrt(own.reduce((sum, score) => sum + (score - mean) ** 2, 0) / own.length) || 1
  const raw = own.map((score) => Math.exp((score - own[0]) / deviation))
  const total = raw.reduce((sum, each) => sum + each, 0)
  return raw.map((each) => each / total)
}

function addCategories(
  table: SignalTable,
  slots: Int32Array,
  leaders: Int32Array,
  strengths: Float64Array,
  facts: ProductFacts,
): void {
  const shares = new Map<number, number>()
  leaders.forEach((leader, place) => {
    for (const category of facts.categories(slots[leader])) {
      shares.set(category, (shares.get(category) ?? 0) + strengths[place])
    }
  })
  const { category, categoryPath } = table
  for (let at = 0; at < slots.length; at++) {
    const path = facts.categories(slots[at])
    if (path.length === 0) continue
    category[at] = shares.get(path[path.length - 1]) ?? 0
    for (const each of path) categoryPath[at] += (shares.get(each) ?? 0) / path.length
  }
}

function addMeaning(
  table: SignalTable,
  { wanted }: Asked,
  slots: Int32Array,
  leaders: Int32Array,
  strengths: Float64Array,
  latent: Meaning,
): void {
  const { width } = latent
  const rows = latent.rows(slots)
  const bag = new Map(wanted.flatMap(({ stems }) => [...stems]))
  const scores = leaders.slice(0, feedbackSize).reduce((sum, at) => sum + table.words[at], 0) || 1
  const centre = (count: number, strength: (place: number) => number) => {
    const sum = new Float32Array(width)
    leaders.slice(0, count).forEach((at, place) => {
      const own = strength(place)
      for (let k = 0; k < width; k++) sum[k] += own * rows[at * width + k]
    })
    return toUnitLength(sum)
  }
  const directions = {
    meaning: latent.embed(bag),
    company: centre(companySize, (place) => strengths[place]),
    feedback: centre(feedbackSize, (place) => table.words[leaders[place]] / scores),
  }
  const { meaning, company, feedback } = directions
  for (let at = 0; at < slots.length; at++) {
    table.meaning[at] = dot(meaning, 0, rows, at * width, width)
    table.company[at] = dot(company, 0, rows, at * width, width)
    table.feedback[at] = dot(feedback, 0, rows, at * width, width)
  }
}

function scaleByBest(column: Float64Array): void {
  let [first, second, third] = [-Infinity, -Infinity, -Infinity]
  for (const value of column) {
    if (value > first) [first, second, third] = [value, first, second]
    else if (value > second) [second, third] = [value, second]
    else if (value > third) third = value
  }
  const best = [first, second, third].slice(0, column.length)
  const high = best.reduce((sum, value) => sum + value, 0) / best.length
  if (!(high > 0)) return
  for (let at = 0; at < column.length; at++) column[at] = Math.max(-1, Math.min(1.5, column[at] / high))
}
