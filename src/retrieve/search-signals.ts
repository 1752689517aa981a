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
  const read = createReader(asked, sources)
  slots.forEach((slot, at) => read(slot, at, table))
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

/** Reads a product's words once. */
function createReader({ wanted, unwanted, lacking, head }: Asked, { words, facts }: SignalSources) {
  const places = new Map<number, { word: number; sureness: number }>()
  wanted.forEach(({ stems }, word) => {
    for (const [stem, sureness] of stems) if (!places.has(stem)) places.set(stem, { word, sureness })
  })
  const parts = wanted.map(({ idf }) => idf ** idfPower)
  const allIdf = wanted.reduce((sum, { idf }) => sum + idf, 0) || 1
  const pairIdf = wanted.slice(1).reduce((sum, { idf }, at) => sum + idf + wanted[at].idf, 0) || 1
  const numbers = wanted.filter(({ isNumber }) => isNumber).length
  const denied = new Set(unwanted)
  const lacks = new Set(lacking)
  const denies = denied.size > 0 || lacks.size > 0
  const before = stemSet(words, denies ? ['without', 'no', 'not', 'non', 'zero'] : [])
  const after = stemSet(words, denies ? ['free', 'less'] : [])
  /** Most words of a product are none of these: told by their last bits before anything is looked up. */
  const telling = new Uint8Array(1024)
  for (const stem of [...places.keys(), ...head]) telling[stem & 1023] = 1
  const headTexts = new Set(Array.from(head, (stem) => words.stemText(stem)))
  const ranks = facts.meanLengths.length
  const hits = new Float64Array(wanted.length * ranks)
  const lengths = new Int32Array(ranks)
  const titlePlaces: number[][] = wanted.map(() => [])

  return (slot: number, at: number, table: Record<SearchSignal, Float64Array>): void => {
    hits.fill(0)
    lengths.fill(0)
    for (const list of titlePlaces) list.length = 0
    const deniedInTitle = new Set<number>()
    let [previous, isWithout, isHeadInTitle, isDeniedSomewhere] = [-1, false, false, false]
    const { count, stems, ranks: rankOf, positions } = words.read(slot)
    for (let token = 0; token < count; token++) {
      const stem = stems[token]
      const rank = rankOf[token]
      lengths[rank]++
      if (telling[stem & 1023] === 1) {
        const found = places.get(stem)
        if (found !== undefined) {
          hits[found.word * ranks + rank] += found.sureness
          if (rank === 0) titlePlaces[found.word].push(positions[token])
        }
        if (rank === 0 && head.has(stem)) isHeadInTitle = true
      }
      if (!denies) continue
      if (denied.has(stem)) {
        isDeniedSomewhere = true
        if (rank === 0) deniedInTitle.add(stem)
        if (before.has(previous)) isWithout = true
      }
      if (lacks.has(stem) || (denied.has(previous) && after.has(stem))) isWithout = true
      previous = stem
    }
    let [score, covered, inTitle, numbersFound, title, body, wholes] = [0, 0, 0, 0, 0, 0, 0]
    for (let word = 0; word < wanted.length; word++) {
      let [x, others] = [0, 0]
      for (let rank = 0; rank < ranks; rank++) {
        const count = hits[word * ranks + rank]
        if (count === 0) continue
        x += (rankWeight(rank) * count) / (1 - b + (b * lengths[rank]) / facts.meanLengths[rank])
        if (rank > 0) others += count / (0.25 + (0.75 * lengths[rank]) / facts.meanLengths[rank])
      }
      if (x === 0) continue
      body += (wanted[word].idf * 2.2 * others) / (others + 1.2)
      score += (parts[word] * (k1 + 1) * x) / (x + k1)
      covered += wanted[word].idf
      if (hits[word * ranks] === 0) continue
      inTitle += wanted[word].idf
      wholes++
      const often = hits[word * ranks] / (0.25 + (0.75 * lengths[0]) / facts.meanLengths[0])
      title += (wanted[word].idf * 2.2 * often) / (often + 1.2)
      if (wanted[word].isNumber) numbersFound++
    }
    const firstPlace = Math.min(...titlePlaces.map((list) => list[0] ?? Infinity))
    table.words[at] = score
    table.coverage[at] = covered / allIdf
    table.titleCoverage[at] = inTitle / allIdf
    table.numbers[at] = numbers === 0 ? 0 : numbersFound / numbers
    table.unwanted[at] = denied.size === 0 || isWithout ? 0 : deniedInTitle.size / denied.size
    table.unwantedAnywhere[at] = Number(isDeniedSomewhere && !isWithout)
    table.without[at] = Number(isWithout)
    table.head[at] = Number(facts.isAbout(slot, headTexts))
    table.headInTitle[at] = Number(isHeadInTitle)
    table.near[at] = nearness(wanted, titlePlaces) / pairIdf
    table.early[at] = 1 / (1 + firstPlace)
    table.title[at] = title
    table.body[at] = body
    table.whole[at] = Number(wholes === wanted.length)
    table.phrase[at] = Number(isPhrase(titlePlaces))
    table.asked[at] = Math.min(1, wanted.length / 10)
    table.telling[at] = allIdf / wanted.length / Math.log(1 + words.size)
    table.brevity[at] = 1 / (1 + Math.log1p(lengths[0]))
  }
}

function stemSet(words: DocumentWords, names: readonly string[]): ReadonlySet<number> {
  return new Set(names.map((name) => words.stemOf(name) ?? -2))
}

/** Idf of the neighbours that stand close together. */
function nearness(wanted: Asked['wanted'], places: readonly (readonly number[])[]): number {
  let sum = 0
  for (let word = 1; word < wanted.length; word++) {
    const isClose = places[word - 1].some((a) => places[word].some((c) => Math.abs(a - c) <= closeTo))
    if (isClose) sum += wanted[word - 1].idf + wanted[word].idf
  }
  return sum
}

function isPhrase(places: readonly (readonly number[])[]): boolean {
  return places[0].some((start) => places.every((own, word) => own.includes(start + word)))
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
  slots.forEach((slot, at) => {
    const path = facts.categories(slot)
    if (path.length === 0) return
    table.category[at] = shares.get(path[path.length - 1]) ?? 0
    for (const category of path) table.categoryPath[at] += (shares.get(category) ?? 0) / path.length
  })
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
  for (const [name, direction] of Object.entries(directions)) {
    const column = table[name as keyof typeof directions]
    for (let at = 0; at < slots.length; at++) column[at] = dot(direction, 0, rows, at * width, width)
  }
}

function scaleByBest(column: Float64Array): void {
  const best = topK(column, 3)
  const high = best.reduce((sum, at) => sum + column[at], 0) / best.length
  if (!(high > 0)) return
  for (let at = 0; at < column.length; at++) column[at] = Math.max(-1, Math.min(1.5, column[at] / high))
}
