/**
 * Random shops, settings, changes and questions: search says what looking at every record says.
 *
 * 2,000 questions; `HAGGLE_FUZZ=1000000` asks that many, `HAGGLE_FUZZ_SEED` others.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type ItemRecord, type Json, readItem } from '../domain/item.ts'
import { facetValues, leaves } from '../retrieve/condition.ts'
import { compileFilter, compilePreference } from '../retrieve/filter.ts'
import { distanceM, readPoints } from '../retrieve/geo.ts'
import { createPlainIndex } from '../retrieve/plain-index.ts'
import { knownSettings, readParameters, readSettings } from './search-parameters.ts'
import { createShopSearch } from './shop-search.ts'

const questionsWanted = Number(process.env.HAGGLE_FUZZ ?? 2_000)
const stepsEach = 40
const shop = 'shop' as CatalogueId

const word = fc.constantFrom('kova', 'kovadu', 'mirel', 'tansu', 'bexol', 'wuprig')
const colour = fc.constantFrom('red', 'Red', 'dark blue', 'green', '-odd', 'a"b')
const number = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(0.5, 2.25))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 })
const point = fc.record({ lat: fc.integer({ min: -4, max: 4 }), lng: fc.integer({ min: -4, max: 4 }) })
const id = fc.integer({ min: 0, max: 25 }).map((at) => `p${at}`)
const record = fc
  .record({
    objectID: id,
    name: fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')),
    colour: maybe(fc.oneof(colour, fc.array(colour, { maxLength: 3 }), fc.constant(null))),
    price: maybe(fc.oneof(number, fc.array(number, { maxLength: 3 }), fc.constant('on request'))),
    stock: maybe(fc.oneof(fc.boolean(), number)),
    deep: maybe(fc.record({ size: maybe(number), kind: maybe(fc.array(colour, { maxLength: 2 })) })),
    _tags: maybe(fc.array(fc.constantFrom('sale', 'new'), { maxLength: 2 })),
    _geoloc: maybe(fc.oneof(point, fc.array(point, { maxLength: 2 }))),
    hidden: maybe(fc.boolean()),
  })
  .map((fields) => JSON.parse(JSON.stringify(fields)) as ItemRecord)

const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`
const attribute = fc.constantFrom('colour', 'price', 'stock', 'deep.size', 'deep.kind', '_tags', 'nowhere')
const term = fc.oneof(
  fc
    .tuple(attribute, fc.oneof(colour, number.map(String), fc.constantFrom('true', 'false', 'sale')))
    .map(([name, value]) => `${name}:${quoted(value)}`),
  fc.tuple(attribute, fc.constantFrom('<', '<=', '=', '!=', '>=', '>'), number).map((parts) => parts.join(' ')),
  fc.tuple(attribute, number, number).map(([name, low, high]) => `${name}:${low} TO ${high}`),
)
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    term,
    term.map((each) => `NOT ${each}`),
    fc
      .tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression'))
      .map(([a, joint, b]) => `(${a}) ${joint} (${b})`),
    tie('expression').map((each) => `NOT (${each})`),
  ),
}))
const facetFilter = fc
  .tuple(attribute, fc.constantFrom('', '-'), fc.constantFrom('red', 'green', '2', 'true', 'sale'))
  .map(([name, sign, value]) => `${name}:${sign}${value}`)
const sortKey = fc
  .tuple(fc.constantFrom('asc', 'desc'), fc.constantFrom('price', 'deep.size', 'stock', 'colour'))
  .map(([way, name]) => `${way}(${name})`)
const box = fc.tuple(number, number, number, number)

const parameters = fc.record(
  {
    query: fc
      .array(
        word.chain((each) => fc.constantFrom(each, each.slice(0, 3))),
        { maxLength: 2 },
      )
      .map((words) => words.join(' ')),
    filters: expression,
    facetFilters: fc.array(fc.oneof(facetFilter, fc.array(facetFilter, { minLength: 1, maxLength: 3 })), {
      maxLength: 2,
    }),
    optionalFilters: fc.array(
      fc.oneof(
        facetFilter,
        facetFilter.map((each) => `${each}<score=3>`),
      ),
      { maxLength: 2 },
    ),
    aroundLatLng: point.map(({ lat, lng }) => `${lat},${lng}`),
    aroundRadius: fc.constantFrom(200_000, 400_000, 'all'),
    insideBoundingBox: fc.array(box, { minLength: 1, maxLength: 2 }),
    facets: fc.array(attribute, { maxLength: 3 }),
    distinct: fc.constantFrom(true, false, 1, 2),
    hitsPerPage: fc.integer({ min: 1, max: 12 }),
    sortFacetValuesBy: fc.constantFrom('alpha', 'count'),
  },
  { requiredKeys: [] },
)
const settings = fc.record(
  {
    ranking: fc.array(sortKey, { maxLength: 2 }),
    customRanking: fc.array(sortKey, { maxLength: 2 }),
    attributeForDistinct: fc.constantFrom('colour', 'deep.kind', 'stock'),
    distinct: fc.boolean(),
    hitsPerPage: fc.integer({ min: 1, max: 30 }),
    attributesForFaceting: fc.constantFrom(
      ['colour', 'price', 'filterOnly(stock)', 'deep.kind'],
      ['searchable(colour)', 'nowhere'],
    ),
  },
  { requiredKeys: [] },
)
const step = fc.oneof(
  { weight: 3, arbitrary: record.map((put) => ({ put })) },
  { weight: 1, arbitrary: id.map((remove) => ({ remove })) },
  { weight: 1, arbitrary: settings.map((set) => ({ set })) },
  { weight: 10, arbitrary: parameters.map((ask) => ({ ask })) },
)
type Step = { put?: ItemRecord; remove?: string; set?: object; ask?: Record<string, Json> }
type Given = Record<string, Json | undefined>

/** Words are found as typed, so that the plain reference is right. */
const plainWords = {
  typoTolerance: false,
  removeStopWords: false,
  ignorePlurals: false,
  removeWordsIfNoResults: 'none',
}

function openPair() {
  const state = (set: Given) => ({
    settings: readSettings(knownSettings({ searchableAttributes: ['name'], ...plainWords, ...set })),
    replicas: new Map(),
    rules: [],
    synonyms: [],
  })
  const real = createShopSearch({ catalogue: shop, state: state({}), onAnswer: () => undefined })
  const records = new Map<string, ItemRecord>()
  let set: Given = {}
  const change = ({ put, remove, set: next }: Step) => {
    if (put !== undefined) {
      records.set(put.objectID, put)
      real.follow(put.objectID as ItemId, readItem(shop, put))
    }
    if (remove !== undefined && records.delete(remove)) real.follow(remove as ItemId, null)
    if (next !== undefined) {
      set = next as Given
      expect(real.configure(state(set))).toBe(true)
    }
  }
  return { real, records, change, settings: () => set }
}

function reference(records: Iterable<ItemRecord>, asked: Given): ItemRecord[] {
  const plain = createPlainIndex()
  const passes = compileFilter(asked)
  const visible = [...records]
    .map((each) => readItem(shop, each))
    .filter((item) => !item.hidden && passes(item) && inPlace(item.record, asked))
  for (const { id: itemId, record: each } of visible) plain.put(itemId, { objectID: '', name: each.name })
  const query = typeof asked.query === 'string' ? asked.query : ''
  const { matches } = plain.search(query, { limit: 0 })
  const found = new Set(Array.from(matches, (slot) => plain.idOf(slot)))
  return visible.filter((item) => found.has(item.id)).map((item) => item.record)
}

function inPlace(each: ItemRecord, { aroundLatLng, aroundRadius, insideBoundingBox: boxes }: Given): boolean {
  if (aroundLatLng === undefined && boxes === undefined) return true
  const points = readPoints(each)
  if (points.length === 0) return false
  if (boxes !== undefined) {
    return points.some(({ lat, lng }) =>
      (boxes as number[][]).some(
        ([a, b, c, d]) =>
          lat >= Math.min(a, c) && lat <= Math.max(a, c) && lng >= Math.min(b, d) && lng <= Math.max(b, d),
      ),
    )
  }
  return typeof aroundRadius !== 'number' || distanceOf(each, aroundLatLng as string) <= aroundRadius
}

function distanceOf(each: ItemRecord, centre: string): number {
  const [lat, lng] = centre.split(',').map(Number)
  return Math.min(...readPoints(each).map((place) => distanceM({ lat, lng }, place)))
}

/** Smaller goes first; one number a criterion, texts by their place in the alphabet of this answer. */
function keysOf(each: ItemRecord, asked: Given): (number | string | null)[] {
  const { ranking = [], customRanking = [], aroundLatLng } = asked
  const sort = (text: string) => {
    const [, way, name] = /^(asc|desc)\((.+)\)$/.exec(text) as unknown as [string, string, string]
    return { sign: way === 'desc' ? -1 : 1, value: sortValue(each, name) }
  }
  const keys = (list: Json) =>
    (list as string[])
      .map(sort)
      .map(({ sign, value }) => (typeof value === 'number' ? sign * value : value === null ? null : `${sign} ${value}`))
  const preference = compilePreference(asked)
  return [
    ...keys(ranking),
    ...(aroundLatLng === undefined ? [] : [Math.floor(distanceOf(each, aroundLatLng as string))]),
    ...(preference === null ? [] : [-preference(readItem(shop, each))]),
    ...(asked.query === undefined || asked.query === '' ? keys(customRanking) : []),
  ]
}

function sortValue(each: ItemRecord, name: string): number | string | null {
  const values = leaves(each, name)
  const first = values.find((value) => typeof value === 'number')
  if (first !== undefined) return first
  if (values.length === 0) return null
  return values[0] === true || values[0] === 'true'
    ? 1
    : values[0] === false || values[0] === 'false'
      ? 0
      : String(values[0])
}

function notAfter(a: (number | string | null)[], b: (number | string | null)[]): boolean {
  for (let at = 0; at < a.length; at++) {
    const [left, right] = [a[at], b[at]]
    if (left === right) continue
    if (left === null) return false
    if (right === null) return true
    if (typeof left !== typeof right) return typeof left === 'number'
    if (typeof left === 'number') return left < (right as number)
    return left.startsWith('-') ? left > (right as string) : left < (right as string)
  }
  return true
}

function check(pair: ReturnType<typeof openPair>, ask: Given): void {
  const asked: Given = { ...pair.settings(), ...ask }
  const all = reference(pair.records.values(), asked)
  const kind = asked.attributeForDistinct
  const kindOf = (each: ItemRecord) => (typeof kind === 'string' ? facetValues(each, kind)[0] : undefined)
  const most = asked.attributeForDistinct === undefined ? 0 : Number(asked.distinct ?? 0)
  const kinds = new Set(all.map((each) => kindOf(each) ?? each))
  const total = most === 0 ? all.length : kinds.size
  const hits: ItemRecord[] = []
  const request = { index: shop, userId: null }
  const none = pair.real.search({ ...request, parameters: readParameters({ ...ask, hitsPerPage: 0 }) }, 0)
  expect([none.hits, none.nbHits, none.facets ?? {}]).toEqual([[], total, facetsOf(all, asked)])
  for (let page = 0; page === 0 || hits.length < all.length; page++) {
    const answer = pair.real.search({ ...request, parameters: readParameters({ ...ask, page }) }, 0)
    expect(answer.nbHits).toBe(total)
    if (page === 0) expect(answer.facets ?? {}).toEqual(facetsOf(all, asked))
    if (answer.hits.length === 0) break
    hits.push(...answer.hits.map((hit) => pair.records.get(hit.objectID as string) as ItemRecord))
  }
  expect(new Set(hits).size).toBe(hits.length)
  if (most === 0)
    expect(hits.map(({ objectID }) => objectID).sort()).toEqual(all.map(({ objectID }) => objectID).sort())
  else expect(new Set(hits.map((each) => kindOf(each) ?? each))).toEqual(kinds)
  if (most > 1) return // one kind after the other, not one product after the other
  for (let at = 1; at < hits.length; at++) {
    const [before, after] = [keysOf(hits[at - 1], asked), keysOf(hits[at], asked)]
    if (!notAfter(before, after)) expect({ before, after, at }).toEqual('in order')
  }
}

function facetsOf(all: readonly ItemRecord[], asked: Given): object {
  const declared = asked.attributesForFaceting as string[] | undefined
  const counts: Record<string, Record<string, number>> = {}
  for (const name of new Set((asked.facets ?? []) as string[])) {
    if (declared !== undefined && !declared.includes(name) && !declared.includes(`searchable(${name})`)) continue
    for (const each of all) {
      for (const value of facetValues(each, name)) {
        counts[name] ??= {}
        counts[name][value] = (counts[name][value] ?? 0) + 1
      }
    }
  }
  return counts
}

describe('search', () => {
  it(
    'finds, counts and orders what looking at every record does, whatever is asked and changed',
    () => {
      const seed = process.env.HAGGLE_FUZZ_SEED
      let asked = 0
      fc.assert(
        fc.property(
          fc.array(record, { maxLength: 30 }),
          fc.array(step, { minLength: stepsEach, maxLength: stepsEach }),
          (first, steps) => {
            const pair = openPair()
            for (const put of first) pair.change({ put })
            for (const each of steps as Step[]) {
              if (each.ask === undefined) pair.change(each)
              else {
                check(pair, each.ask)
                asked++
              }
            }
          },
        ),
        {
          numRuns: Math.ceil(questionsWanted / ((stepsEach * 10) / 15)),
          ...(seed === undefined ? {} : { seed: Number(seed) }),
        },
      )
      expect(asked).toBeGreaterThan(questionsWanted * 0.9)
      if (questionsWanted > 10_000)
        console.log(`${asked} questions, ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MiB of heap`)
    },
    Math.max(120_000, questionsWanted * 50),
  )
})
