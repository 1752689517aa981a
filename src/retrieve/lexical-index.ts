/**
 * The lexical index of one catalogue, in memory: products in and out one by one, queries answered at once.
 *
 * A put analyses the searchable text and writes the product's words; where a hash of that text did not change, nothing
 * is done. What is removed leaves its words in the dictionary, until half of them are of no product: then terms are
 * numbered anew. `serialise` keeps words and runs; postings are made again from the runs, which takes a fraction of
 * analysing the catalogue.
 */
import { grown } from '../base/grown.ts'
import { hash32 } from '../base/rng.ts'
import { hashTexts } from '../base/text-hash.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import { type AnalyseSettings, analyse, type Token } from '../preprocess/analyse.ts'
import { isChineseWord, pinyinOf } from '../preprocess/chinese.ts'
import { createStemmer } from '../preprocess/stem.ts'
import { stopWordsOf } from '../preprocess/stop-words.ts'
import { createHighlighter } from './highlight.ts'
import type { IndexReader, LexicalIndex, LexicalSettings, QuerySettings } from './lexical.ts'
import { createLexicalSearch } from './lexical-search.ts'
import { defaultLexicalSettings } from './lexical-settings.ts'
import { packSnapshot, type Snapshot, takeSnapshot, unpackSnapshot } from './lexical-snapshot.ts'
import type { LexicalState } from './lexical-state.ts'
import { compileSynonyms, type SynonymTable } from './query-plan.ts'
import { unitsOf } from './query-units.ts'
import { createSearchableFields, rankCount, type SearchableFields } from './searchable-fields.ts'
import { createTermDictionary, type TermDictionary } from './term-dictionary.ts'
import { createWordStore, fieldMark, type PlacedWord, type WordStore } from './word-store.ts'

const valueGap = 10
const slotGrowth = 1.25
const probe =
  "Running shoes' 2.5L USB-C wi-fi AC/DC Ärmel cœur naïve 500ml 12,5 running-shoes 手机壳 iPhone15手机 ノート"
/** Words of no product are swept out from this many on. */
const leastSweep = 20_000

export function createLexicalIndex(given: Partial<LexicalSettings> = {}): LexicalIndex {
  let settings: LexicalSettings = { ...defaultLexicalSettings, ...given }
  let analysis: AnalyseSettings
  let fields: SearchableFields
  let dictionary: TermDictionary
  let synonyms: SynonymTable
  let stem: (word: string) => string
  const stopWordSets = new Map<string, ReadonlySet<string>>()
  const store: WordStore = createWordStore((field) => fields.rankOf(field))
  const slots = new Map<ItemId, number>()
  const ids: (ItemId | null)[] = []
  const free: number[] = []
  let ties = new Uint32Array(256)
  /** Two hashes of the searchable text, by slot. */
  let hashes = new Uint32Array(512)
  /** How words are cut and stemmed, in a number: another release may do it otherwise. */
  let cutting = 0
  /** Terms at which to look again whether many are of no product. */
  let sweepAt = leastSweep

  const setUp = (): void => {
    analysis = {
      separatorsToIndex: settings.separatorsToIndex,
      keepDiacriticsOnCharacters: settings.keepDiacriticsOnCharacters,
      placeholders: placeholdersOf(settings),
    }
    fields = createSearchableFields(settings.searchableAttributes)
    stem = createStemmer(settings.languages)
    dictionary = createTermDictionary(stem)
    const probed = analyse(probe, analysis).map(({ text, kind, position }) => [text, kind, position, stem(text)])
    cutting = hash32(JSON.stringify(probed))
    synonyms = compileSynonyms(settings.synonymList, cut, stem)
  }
  const cut = (text: string) => unitsOf(text, analysis)
  const clear = (): void => {
    store.clear()
    dictionary.clear()
    slots.clear()
    ids.length = free.length = 0
    sweepAt = leastSweep
  }
  setUp()

  const stopWords = ({ removeStopWords }: QuerySettings): ReadonlySet<string> => {
    if (removeStopWords === false) return new Set()
    const languages = removeStopWords === true ? [...settings.languages, 'zh'] : removeStopWords
    const key = languages.join()
    const known = stopWordSets.get(key) ?? stopWordsOf(languages)
    stopWordSets.set(key, known)
    return known
  }

  const state: LexicalState = {
    store,
    get dictionary() {
      return dictionary
    },
    get fields() {
      return fields
    },
    get size() {
      return slots.size
    },
    settings: () => settings,
    analysis: () => analysis,
    planContext: (query) => ({
      dictionary,
      frequency: (term) => store.postings.length(term),
      size: slots.size,
      stem,
      stopWords: stopWords(query),
      synonyms,
      cut,
    }),
    isLive: (slot) => ids[slot] !== null && ids[slot] !== undefined,
    idOf: (slot) => ids[slot] as ItemId,
    tieOf: (slot) => ties[slot],
  }

  const termOf = (token: Token): number => {
    const known = dictionary.find(token.text)
    if (known !== undefined) return known
    if (dictionary.count >= fieldMark) {
      throw new HaggleError('too-large', `The search index has ${fieldMark} different words and can take no more.`)
    }
    const term = dictionary.add(token.text)
    const sounds = token.kind === 'dictionary' || token.kind === 'character' || token.kind === 'pair'
    if (sounds && isChineseWord(token.text)) {
      dictionary.addSound(term, pinyinOf(token.text))
    }
    return term
  }
  const wordsOf = (texts: readonly { field: number; text: string }[]): PlacedWord[] => {
    const words: PlacedWord[] = []
    let field = -1
    let base = 0
    for (const each of texts) {
      if (each.field !== field) base = 0
      field = each.field
      let end = base
      for (const token of analyse(each.text, analysis)) {
        const position = base + token.position
        const counted = token.kind !== 'joined' && token.kind !== 'pair' && token.kind !== 'dictionary'
        words.push({ term: termOf(token), field, position, counted })
        end = Math.max(end, position + 1)
      }
      base = end + valueGap
    }
    return words
  }

  const put = (itemId: ItemId, record: ItemRecord): void => {
    const texts: { field: number; text: string }[] = []
    fields.read(record, (field, text) => texts.push({ field, text }))
    const [one, two] = hashTexts(texts)
    const known = slots.get(itemId)
    if (known !== undefined && hashes[2 * known] === one && hashes[2 * known + 1] === two) return
    const slot = known ?? free.pop() ?? ids.length
    store.put(slot, wordsOf(texts))
    slots.set(itemId, slot)
    ids[slot] = itemId
    reserve(slot + 1)
    ties[slot] = scramble(itemId)
    hashes[2 * slot] = one
    hashes[2 * slot + 1] = two
    if (dictionary.count > sweepAt) sweep()
  }

  const reserve = (count: number): void => {
    if (count <= ties.length) return
    const room = Math.ceil(count * slotGrowth)
    ;[ties, hashes] = [grown(ties, room), grown(hashes, 2 * room)]
  }

  /** Numbers the terms anew where half of them are of no product. */
  const sweep = (): void => {
    let used = 0
    for (let term = 0; term < dictionary.count; term++) if (store.postings.length(term) > 0) used++
    if (used < dictionary.count / 2) restore(snapshot())
    sweepAt = Math.max(leastSweep, 2 * used)
  }

  const snapshot = (): Snapshot => takeSnapshot(state, { analysis: cutBy(), ids, hashes })
  const cutBy = (): string => `${analysisOf(settings)} ${cutting}`
  const restore = (kept: Snapshot): void => {
    if (kept.analysis !== cutBy()) {
      throw new HaggleError('bad-state', 'The kept search index was made with other settings; put the products again.')
    }
    clear()
    fields.adopt(kept.attributes)
    for (const [term, text] of kept.terms.entries()) dictionary.add(text, kept.stems[kept.stemOf[term]])
    for (const [term, pinyin] of kept.sounds) dictionary.addSound(term, pinyin)
    store.expect(kept.runs, kept.sizes)
    reserve(kept.ids.length)
    hashes.set(kept.hashes)
    let at = 0
    for (const [slot, id] of kept.ids.entries()) {
      const size = kept.sizes[slot] ?? 0
      ids[slot] = id as ItemId | null
      ties[slot] = id === null ? 0 : scramble(id)
      if (id === null) free.push(slot)
      else {
        slots.set(id as ItemId, slot)
        store.restore(
          slot,
          kept.runs.subarray(at, at + size),
          kept.lengths.subarray(slot * rankCount, (slot + 1) * rankCount),
        )
      }
      at += size
    }
    sweepAt = Math.max(leastSweep, 2 * dictionary.count)
  }

  const search = createLexicalSearch(state)
  return {
    get size() {
      return slots.size
    },
    get slotCount() {
      return ids.length
    },
    get settings() {
      return settings
    },
    put,
    remove: (itemId) => {
      const slot = slots.get(itemId)
      if (slot === undefined) return
      store.remove(slot)
      slots.delete(itemId)
      ids[slot] = null
      free.push(slot)
    },
    clear,
    configure: (changed) => {
      const before = analysisOf(settings)
      settings = { ...settings, ...changed }
      if (analysisOf(settings) === before) {
        synonyms = compileSynonyms(settings.synonymList, cut, stem)
        return false
      }
      clear()
      setUp()
      return true
    },
    lookups: search.lookups,
    search: (query, options) => search.search(query, options),
    parse: (query, options) => search.parse(query, options),
    slotOf: (itemId) => slots.get(itemId),
    idOf: (slot) => ids[slot] ?? undefined,
    reader: createReader(state),
    highlighter: (query) => createHighlighter(query, (term) => dictionary.text(term), analysis),
    serialise: () => packSnapshot(snapshot()),
    load: (bytes) => restore(unpackSnapshot(bytes)),
  }
}

/** What the words of products depend on. */
function analysisOf(settings: LexicalSettings): string {
  const { searchableAttributes, languages, separatorsToIndex, keepDiacriticsOnCharacters } = settings
  const placeholders = [...placeholdersOf(settings)]
  return JSON.stringify({
    searchableAttributes,
    languages,
    separatorsToIndex,
    keepDiacriticsOnCharacters,
    placeholders,
  })
}

function placeholdersOf({ synonymList }: LexicalSettings): ReadonlySet<string> {
  return new Set(
    synonymList.flatMap((each) =>
      each.type === 'placeholder' ? [`<${each.placeholder.replace(/^<|>$/g, '')}>`.toLowerCase()] : [],
    ),
  )
}

/** Stirs a hash of the id, so that neighbouring ids are no neighbours. */
function scramble(itemId: string): number {
  let hash = hash32(itemId)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function createReader(state: LexicalState): IndexReader {
  const { store } = state
  return {
    get termCount() {
      return state.dictionary.count
    },
    get attributes() {
      return state.fields.attributes
    },
    rankOf: (field) => store.rankOf(field),
    termText: (term) => state.dictionary.text(term),
    stemOf: (term) => state.dictionary.stemOf(term),
    stemOfWord: (word) => state.dictionary.findStem(word),
    stemText: (stem) => state.dictionary.stemText(stem),
    termsOfStem: (stem) => state.dictionary.termsOfStem(stem),
    documentFrequency: (term) => store.postings.length(term),
    read: (slot) => store.read(slot, state.dictionary.stems),
  }
}
