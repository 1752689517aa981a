/**
 * The catalogue by attribute: what every product has in its colour, price or place, so that 100,000 products are asked
 * in one pass over an array.
 *
 * Products have dense numbers, `docs`, given again after a product went. A column is made when it is first asked for,
 * which reads every record once (some microseconds each, while nobody is answered), and follows the catalogue from then
 * on; one that is expected, or that the first 1,000 products look as though shoppers will narrow by, follows it from the
 * beginning. Text: one code a product, 4 bytes; a product with several values has a negative code, −2 − the place of its
 * list. Numbers: 8 bytes, NaN for none, further values beside.
 */
import type { ItemRecord } from '../domain/item.ts'
import { facetValues, leaves } from './condition.ts'
import { type GeoPoint, readPoints } from './geo.ts'

export interface Columns {
  /** One more than the highest number of a product. */
  readonly size: number
  /** Grows with every change. */
  readonly version: number
  put(doc: number, record: ItemRecord): void
  remove(doc: number): void
  texts(attribute: string): TextColumn
  numbers(attribute: string): NumberColumn
  points(): PointColumn
  /** Those there are, the ones made last. */
  attributes(): ColumnNames
  /** Makes these before the first product comes. */
  expect(attributes: ColumnNames): void
}

export interface ColumnNames {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
}

/** The different values of an attribute, and who has them. */
export interface TextColumn {
  readonly values: readonly string[]
  /** One code a product; −1: none; below: see `list`. */
  readonly codes: Int32Array
  /** The codes of a product with several. */
  readonly list: (code: number) => Int32Array
  /** The place of each value among all of them, by name. */
  readonly alphabetical: () => Uint32Array
  /** The codes of a text; without regard to case unless `exact`. */
  readonly codesOf: (value: string, exact: boolean) => readonly number[]
}

export interface NumberColumn {
  /** Whether no product ever had one: then nobody need be asked. */
  readonly isEmpty: boolean
  /** NaN where a product has none. */
  readonly first: Float64Array
  /** All numbers of products that have several. */
  readonly several: ReadonlyMap<number, Float64Array>
}

export type PointColumn = ReadonlyMap<number, readonly GeoPoint[]>

/** A column that can follow the catalogue. */
interface Follower<Column> {
  readonly column: Column
  put(doc: number, record: ItemRecord): void
  remove(doc: number): void
  /** Whether it holds so much of the past that a new one is better. */
  worn(size: number): boolean
}

/** @param recordOf what a column is made from; `null` where the product is gone */
export function createColumns(recordOf: (doc: number) => ItemRecord | null): Columns {
  let size = 0
  const texts = new Map<string, Follower<TextColumn>>()
  const numbers = new Map<string, Follower<NumberColumn>>()
  let places: Follower<PointColumn> | null = null
  /** What records call their attributes, outermost: a column of another name is empty without a look at any. */
  const names = new Set<string>()
  let version = 0
  let met = 0

  const followers = () => [...texts.values(), ...numbers.values(), ...(places === null ? [] : [places])]
  function* present(): Iterable<[doc: number, record: ItemRecord]> {
    for (let doc = 0; doc < size; doc++) {
      const record = recordOf(doc)
      if (record !== null) yield [doc, record]
    }
  }
  const fill = <Column>(follower: Follower<Column>): Follower<Column> => {
    for (const [doc, record] of present()) follower.put(doc, record)
    return follower
  }
  const kept = <Column>(
    known: Map<string, Follower<Column>>,
    attribute: string,
    create: (attribute: string) => Follower<Column>,
  ): Column => {
    let follower = known.get(attribute)
    if (follower === undefined || follower.worn(size)) {
      const begun = create(attribute)
      follower = names.has(attribute) || names.has(attribute.split('.', 1)[0]) ? fill(begun) : begun
      known.set(attribute, follower)
      // Attributes come with questions: nobody may fill the memory by asking for names that do not exist.
      if (known.size > mostColumns) known.delete(known.keys().next().value as string)
    }
    return follower.column
  }

  const foresee = () => {
    const records = Array.from(present(), ([, record]) => record)
    const likely = likelyColumns(records)
    for (const attribute of likely.numbers) kept(numbers, attribute, createNumberColumn)
    for (const attribute of likely.texts) kept(texts, attribute, createTextColumn)
    if (records.some((record) => '_geoloc' in record)) places ??= fill(createPointColumn())
  }

  return {
    get size() {
      return size
    },
    get version() {
      return version
    },
    put: (doc, record) => {
      size = Math.max(size, doc + 1)
      if (++met === looked) foresee()
      for (const name of Object.keys(record)) names.add(name)
      version++
      for (const follower of followers()) follower.put(doc, record)
    },
    remove: (doc) => {
      version++
      for (const follower of followers()) follower.remove(doc)
    },
    texts: (attribute) => kept(texts, attribute, createTextColumn),
    numbers: (attribute) => kept(numbers, attribute, createNumberColumn),
    points: () => (places ??= fill(createPointColumn())).column,
    attributes: () => ({ texts: latest(texts), numbers: latest(numbers) }),
    expect: (attributes) => {
      for (const attribute of attributes.texts) texts.set(attribute, createTextColumn(attribute))
      for (const attribute of attributes.numbers) numbers.set(attribute, createNumberColumn(attribute))
    },
  }
}

const mostColumns = 200
/** Each takes a start some tenths of a microsecond a product. */
const mostExpected = 30

function latest(columns: ReadonlyMap<string, unknown>): string[] {
  return [...columns.keys()].slice(-mostExpected)
}

/** After so many products it is foreseen what is asked for. */
const looked = 1_000
const longestValue = 40

/**
 * What shoppers will narrow by, as a few products show it: short values that come again, and every number, whose range
 * UI kits ask for together with its counts; outermost attributes and those one step within.
 */
function likelyColumns(records: readonly ItemRecord[]): ColumnNames {
  const names = new Set<string>()
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      if (name === '_geoloc') continue
      if (typeof value !== 'object' || value === null || Array.isArray(value)) names.add(name)
      else for (const inner of Object.keys(value)) names.add(`${name}.${inner}`)
      if (names.size > mostColumns) break
    }
  }
  const ofNumbers = (attribute: string) =>
    records.some((record) => leaves(record, attribute).some((value) => typeof value === 'number'))
  const comesAgain = (attribute: string) => {
    const values = records.flatMap((record) => facetValues(record, attribute))
    return 2 * new Set(values).size <= values.length && values.every(({ length }) => length <= longestValue)
  }
  const numbers = [...names].filter(ofNumbers).slice(0, mostExpected)
  const texts = [...names].filter((name) => numbers.includes(name) || comesAgain(name)).slice(0, mostExpected)
  return { texts, numbers }
}

function createTextColumn(attribute: string): Follower<TextColumn> {
  const values: string[] = []
  const known = new Map<string, number>()
  /** Codes of values that are not written in small letters, by what they are in those. */
  const folded = new Map<string, number[]>()
  const lists: Int32Array[] = []
  let codes = new Int32Array(0)
  let places = new Uint32Array(0)

  const codeOf = (value: string): number => {
    let code = known.get(value)
    if (code === undefined) {
      code = values.push(value) - 1
      known.set(value, code)
      const key = value.toLowerCase()
      if (key !== value) folded.set(key, [...(folded.get(key) ?? []), code])
    }
    return code
  }
  const column: TextColumn = {
    values,
    get codes() {
      return codes
    },
    list: (code) => lists[-2 - code],
    alphabetical: () => {
      if (places.length < values.length) {
        const byName = (a: number, b: number) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0)
        const order = Uint32Array.from(values, (_, code) => code).sort(byName)
        places = new Uint32Array(values.length)
        for (let place = 0; place < order.length; place++) places[order[place]] = place
      }
      return places
    },
    codesOf: (value, exact) => {
      const code = known.get(exact ? value : value.toLowerCase())
      const others = exact ? [] : (folded.get(value.toLowerCase()) ?? [])
      return code === undefined ? others : [code, ...others]
    },
  }
  return {
    column,
    put: (doc, record) => {
      codes = roomFor(codes, doc, () => new Int32Array(capacity(doc)).fill(-1))
      const own = facetValues(record, attribute).map(codeOf)
      if (own.length < 2) codes[doc] = own[0] ?? -1
      else codes[doc] = -1 - lists.push(Int32Array.from(own))
    },
    remove: (doc) => {
      if (doc < codes.length) codes[doc] = -1
    },
    worn: (size) => values.length + lists.length > 4 * size + 1_000,
  }
}

function createNumberColumn(attribute: string): Follower<NumberColumn> {
  let first = new Float64Array(0)
  const several = new Map<number, Float64Array>()
  let isEmpty = true
  return {
    column: {
      get isEmpty() {
        return isEmpty
      },
      get first() {
        return first
      },
      several,
    },
    put: (doc, record) => {
      first = roomFor(first, doc, () => new Float64Array(capacity(doc)).fill(Number.NaN))
      const own = leaves(record, attribute).filter((value) => typeof value === 'number')
      first[doc] = own[0] ?? Number.NaN
      if (own.length > 0) isEmpty = false
      if (own.length > 1) several.set(doc, Float64Array.from(own))
      else several.delete(doc)
    },
    remove: (doc) => {
      if (doc < first.length) first[doc] = Number.NaN
      several.delete(doc)
    },
    worn: () => false,
  }
}

function createPointColumn(): Follower<PointColumn> {
  const column = new Map<number, readonly GeoPoint[]>()
  return {
    column,
    put: (doc, record) => {
      const points = readPoints(record)
      if (points.length > 0) column.set(doc, points)
      else column.delete(doc)
    },
    remove: (doc) => column.delete(doc),
    worn: () => false,
  }
}

const capacity = (doc: number) => Math.max(256, Math.ceil((doc + 1) * 1.5))

/** The same array, or a larger one with the same beginning. */
function roomFor<Values extends Int32Array | Float64Array>(values: Values, doc: number, larger: () => Values): Values {
  if (doc < values.length) return values
  const grown = larger()
  grown.set(values)
  return grown
}
