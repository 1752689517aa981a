/** The index against a reference that has none: every product's words are read again for every query. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import { analyse } from '../preprocess/analyse.ts'
import { createStemmer } from '../preprocess/stem.ts'
import { stopWordsOf } from '../preprocess/stop-words.ts'
import { editsKept } from './deletion-neighbours.ts'
import { editDistance } from './edit-distance.ts'
import type { LexicalSettings } from './lexical.ts'
import { addBit, emptyBits } from './bits.ts'
import { createLexicalIndex } from './lexical-index.ts'
import { defaultLexicalSettings } from './lexical-settings.ts'
import { slipsAllowed } from './query-plan.ts'
import { cutQuery, type QueryUnit } from './query-units.ts'

const analysis = { separatorsToIndex: '', keepDiacriticsOnCharacters: '', placeholders: new Set<string>() }
const stem = createStemmer(['en'])
const stopWords = stopWordsOf(['en', 'zh'])
const attributes = ['title', 'text']

interface Word {
  readonly text: string
  readonly place: number
}
type Product = Word[]
type Test = (text: string) => boolean

/** Words with a place of their own; attributes lie far apart. */
function wordsOf(record: ItemRecord, searched: readonly string[]): Product {
  return attributes.flatMap((attribute, at) =>
    searched.includes(attribute)
      ? analyse(record[attribute] as string, analysis).map(({ text, position }) => ({
          text,
          place: 1000 * at + position,
        }))
      : [],
  )
}

const has = (product: Product, test: Test): boolean => product.some(({ text }) => test(text))
const inOrder = (product: Product, tests: readonly Test[], from = 0, place?: number): boolean =>
  from === tests.length ||
  product.some(
    (word) =>
      (place === undefined || word.place === place + 1) &&
      tests[from](word.text) &&
      inOrder(product, tests, from + 1, word.place),
  )

/** Products that answer, by definition. */
function reference(
  records: readonly ItemRecord[],
  query: string,
  settings: LexicalSettings,
  accept: (id: string) => boolean,
) {
  const everywhere = records.map((record) => wordsOf(record, attributes))
  const searched = settings.restrictSearchableAttributes ?? attributes
  const products = records.map((record) => wordsOf(record, searched))
  const vocabulary = new Set(everywhere.flatMap((product) => product.map(({ text }) => text)))
  const { units, excluded } = cutQuery(query, analysis, {
    phrases: settings.advancedSyntax,
    exclusion: settings.advancedSyntax,
  })
  const telling = units.filter((unit) => unit.kind === 'phrase' || !stopWords.has(unit.text))
  const last = units.at(-1)
  const isPrefix = (unit: QueryUnit): boolean =>
    (unit.kind === 'word' || unit.kind === 'compound') &&
    (settings.queryType === 'prefixAll' || (settings.queryType === 'prefixLast' && unit === last))
  const kept =
    telling.length === 0 ? units : units.filter((unit) => telling.includes(unit) || (unit === last && isPrefix(unit)))

  const exact =
    (text: string): Test =>
    (word) =>
      word === text
  const form =
    (text: string): Test =>
    (word) =>
      word === text || (settings.ignorePlurals && stem(word) === stem(text))
  const either =
    (...tests: Test[]): Test =>
    (word) =>
      tests.some((test) => test(word))
  const beginning =
    (text: string): Test =>
    (word) =>
      word.startsWith(text)
  const never: Test = () => false
  const pairs = (unit: QueryUnit): Test[] =>
    unit.parts.length === 1
      ? [exact(unit.text)]
      : unit.parts.slice(1).map((part, at) => exact(unit.parts[at].text + part.text))

  const certain = (unit: QueryUnit): ((product: Product) => boolean) => {
    if (unit.kind === 'phrase') {
      // The last character of a Chinese word has a place of its own, after its pairs.
      const tests = unit.parts.flatMap((part) =>
        part.kind === 'unspaced'
          ? [...(part.parts.length > 1 ? pairs(part) : []), exact(part.parts[part.parts.length - 1].text)]
          : (part.kind === 'compound' ? part.parts : [part]).map(({ text: word }) => exact(word)),
      )
      return (product) => inOrder(product, tests)
    }
    if (unit.kind === 'unspaced') return (product) => inOrder(product, pairs(unit))
    return (product) => has(product, either(exact(unit.text), isPrefix(unit) ? beginning(unit.text) : never))
  }
  const guesses = (at: number): ((product: Product) => boolean) => {
    const unit = kept[at]
    const tests: ((product: Product) => boolean)[] = []
    if (unit.kind === 'word' || unit.kind === 'compound') tests.push((product) => has(product, form(unit.text)))
    if (unit.kind === 'word') {
      for (let cut = 2; cut <= unit.text.length - 2; cut++) {
        tests.push((product) => inOrder(product, [exact(unit.text.slice(0, cut)), form(unit.text.slice(cut))]))
      }
    }
    if (unit.kind === 'compound') {
      const parts = unit.parts.map(({ text }, index) =>
        isPrefix(unit) && index === unit.parts.length - 1 ? either(form(text), beginning(text)) : form(text),
      )
      tests.push((product) => inOrder(product, parts))
    }
    for (let first = Math.max(0, at - 2); first <= at; first++) {
      for (let span = Math.max(2, at - first + 1); span <= 3 && first + span <= kept.length; span++) {
        const list = kept.slice(first, first + span)
        if (list.some(({ kind }) => kind === 'phrase' || kind === 'unspaced')) continue
        const text = list.map((each) => each.text).join('')
        const joined = isPrefix(list[span - 1]) ? either(form(text), beginning(text)) : form(text)
        tests.push((product) => has(product, joined))
      }
    }
    return (product) => tests.some((test) => test(product))
  }
  const holding = (test: (product: Product) => boolean): number => products.filter(test).length
  /** `known` products have the word as typed: then only commoner words, one slip away, are taken for it. */
  const slips = (unit: QueryUnit, known: number): ((product: Product) => boolean) => {
    const unknown = known === 0
    const most = unit.kind === 'word' || unit.kind === 'compound' ? slipsAllowed(unit.text, settings, unknown) : 0
    if (most === 0) return () => false
    const near = [...vocabulary].filter(
      (word) =>
        word !== unit.text &&
        !/\p{Script=Han}/u.test(word) &&
        editDistance(unit.text, word, Math.min(most, editsKept(word))) <= Math.min(most, editsKept(word)),
    )
    const believed = near.filter((word) => {
      const same = near.filter((other) => stem(other) === stem(word))
      return (
        unknown ||
        (same.some((other) => editDistance(unit.text, other, 1) === 1) &&
          same.some((other) => everywhere.filter((product) => has(product, exact(other))).length > known))
      )
    })
    const stems = new Set(believed.map(stem))
    const corrected: Test = (word) => believed.includes(word) || (settings.ignorePlurals && stems.has(stem(word)))
    const begun: Test =
      unknown && isPrefix(unit) && unit.text.length >= settings.minWordSizefor1Typo
        ? (word) => !/\p{Script=Han}/u.test(word) && editDistance(unit.text, word, 1, true) <= 1
        : never
    return (product) => has(product, either(corrected, begun))
  }

  const barred = products.map((_, at) =>
    excluded.some((unit) => {
      if (unit.kind === 'phrase' || unit.kind === 'unspaced') return certain({ ...unit })(everywhere[at])
      const tests = [form(unit.text)]
      const split = Array.from({ length: Math.max(0, unit.text.length - 3) }, (_, cut) => [
        exact(unit.text.slice(0, cut + 2)),
        form(unit.text.slice(cut + 2)),
      ])
      const parts = unit.kind === 'compound' ? [unit.parts.map(({ text }) => form(text))] : split
      return has(everywhere[at], either(...tests)) || parts.some((sequence) => inOrder(everywhere[at], sequence))
    }),
  )
  const candidates = products.flatMap((product, at) =>
    !barred[at] && accept(records[at].objectID) ? [{ product, id: records[at].objectID }] : [],
  )
  if (kept.length === 0) return candidates.map(({ id }) => id)

  const holders = (everyone: boolean) =>
    kept.map((unit, at) => {
      const [sure, guess] = [certain(unit), guesses(at)]
      const known = holding(sure)
      const slip = settings.typoTolerance === false || (known > 0 && !everyone) ? () => false : slips(unit, known)
      return (product: Product) => sure(product) || guess(product) || slip(product)
    })
  const required = kept.map((unit) => telling.includes(unit) || telling.length === 0)
  const answering = (tests: ReturnType<typeof holders>, passes: (held: boolean[]) => boolean) =>
    candidates.filter(({ product }) => {
      const held = tests.map((test) => test(product))
      return held.some(Boolean) && passes(held)
    })
  const all = (held: boolean[]): boolean => held.every((each, at) => each || !required[at])
  let tests = holders(false)
  let found = answering(tests, all)
  if (found.length < settings.typosBelow && settings.typoTolerance === true) {
    tests = holders(true)
    found = answering(tests, all)
  }
  const indices = required.flatMap((each, at) => (each ? [at] : []))
  const ladder = settings.removeWordsIfNoResults
  const guessed =
    settings.typoTolerance !== false && kept.some((unit, at) => required[at] && holding(certain(unit)) === 0)
  const least = guessed && ladder === 'allOptional' ? Math.max(10, settings.relaxBelow) : settings.relaxBelow
  for (let count = indices.length - 1; count > 0 && found.length < least && ladder !== 'none'; count--) {
    const stay = ladder === 'lastWords' ? indices.slice(0, count) : indices.slice(-count)
    const more = answering(tests, (held) =>
      ladder === 'allOptional' ? indices.filter((at) => held[at]).length >= count : stay.every((at) => held[at]),
    )
    if (more.length > found.length) found = more
  }
  return found.map(({ id }) => id)
}

const word = fc.oneof(
  fc.constantFrom(
    'shoe',
    'shoes',
    'shore',
    'head',
    'phones',
    'headphones',
    'the',
    'of',
    'red',
    'reds',
    'dress',
    'dresses',
    '500ml',
    '500',
  ),
  fc.constantFrom(
    'wh-1000xm4',
    'wh1000xm4',
    'ml',
    't-shirt',
    'tshirt',
    'wireless',
    'wirelss',
    'hadphones',
    'ehadphones',
    'drss',
    'sheo',
  ),
  fc.constantFrom('手机壳', '手机', '壳', '手', 'sony手机', 'a', 're', 'women', 'wo', 'men', 'shirt'),
  fc.string({ unit: fc.constantFrom('a', 'b', 'e'), minLength: 1, maxLength: 7 }),
)
const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))
const term = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 1, arbitrary: text.map((inner) => `"${inner}"`) },
  { weight: 1, arbitrary: word.map((each) => `-${each}`) },
)
const query = fc.array(term, { maxLength: 5 }).map((terms) => terms.join(' '))
const settings = fc.record({
  typoTolerance: fc.boolean(),
  queryType: fc.constantFrom('prefixLast' as const, 'prefixAll' as const, 'prefixNone' as const),
  ignorePlurals: fc.boolean(),
  advancedSyntax: fc.boolean(),
  removeWordsIfNoResults: fc.constantFrom(
    'none' as const,
    'lastWords' as const,
    'firstWords' as const,
    'allOptional' as const,
  ),
  restrictSearchableAttributes: fc.constantFrom(null, ['title'], ['text']),
  relaxBelow: fc.constantFrom(1, 3),
  typosBelow: fc.constantFrom(1, 4),
})
const change = fc.record({ id: fc.nat(11), title: text, text, remove: fc.boolean() })

/** Chinese runs are corrected by a model of the catalogue, which has a test of its own. */
const comparable = (asked: string, given: { typoTolerance: boolean }) =>
  !given.typoTolerance || !/\p{Script=Han}/u.test(asked)

describe('the lexical index against a reference without one', () => {
  it('answers with exactly the products that have the words, whatever was put, changed and removed before', () => {
    let compared = 0
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.array(fc.tuple(query, settings, fc.nat(3)), { minLength: 4, maxLength: 4 }),
        (changes, asked) => {
          const index = createLexicalIndex({ searchableAttributes: attributes })
          const records = new Map<string, ItemRecord>()
          for (const { id, remove, ...texts } of changes) {
            const record: ItemRecord = { objectID: `p${id}`, ...texts }
            if (remove) index.remove(record.objectID as ItemId)
            else index.put(record.objectID as ItemId, record)
            if (remove) records.delete(record.objectID)
            else records.set(record.objectID, record)
          }
          const restored = createLexicalIndex({ searchableAttributes: attributes })
          restored.load(index.serialise())
          for (const [typed, given, modulus] of asked) {
            if (!comparable(typed, given)) continue
            compared++
            const accepts = (id: string): boolean => modulus === 0 || Number(id.slice(1)) % (modulus + 1) !== 0
            const wanted = reference(
              [...records.values()],
              typed,
              { ...defaultLexicalSettings, ...given },
              accepts,
            ).sort()
            for (const each of [index, restored]) {
              const allowed = emptyBits(each.slotCount)
              for (let slot = 0; slot < each.slotCount; slot++) {
                if (accepts(each.idOf(slot) ?? 'p0')) addBit(allowed, slot)
              }
              const answer = each.search(typed, { ...given, asMeant: false, allowed, limit: 100 })
              const found = [...answer.matches].map((slot) => each.idOf(slot) as string).sort()
              expect(
                found,
                `${typed} in ${JSON.stringify([...records.values()])} with ${JSON.stringify(given)}`,
              ).toEqual(wanted)
              expect(answer.total).toBe(wanted.length)
              expect(answer.answers.map(({ itemId }) => itemId as string).sort()).toEqual(wanted)
            }
          }
        },
      ),
      { seed: Number(process.env.HAGGLE_FUZZ_SEED ?? 11), numRuns: Number(process.env.HAGGLE_FUZZ_RUNS ?? 400) },
    )
    expect(compared).toBeGreaterThan(100)
  }, 600_000)
})
