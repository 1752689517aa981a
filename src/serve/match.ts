/**
 * Which products answer a search, before anything is said about their order: words, filters and places together.
 */
import type { Answer, ParsedQuery, QuerySettings, SearchOptions } from '../retrieve/lexical.ts'
import { addBit, type Bits, hasBit, intersect, listBits, removeBit } from '../retrieve/bits.ts'
import { type FilterParameters, readFilter } from '../retrieve/filter.ts'
import { type GeoQuestion, nearestM } from '../retrieve/geo.ts'
import type { Comparison } from '../retrieve/order.ts'
import type { SearchIndex } from './search-index.ts'

export interface MatchAsk {
  readonly index: SearchIndex
  /** Whether products that shoppers must not see may be found. */
  readonly hiddenToo: boolean
  readonly query: string
  readonly options: Partial<QuerySettings>
  /** The shop's own order among equals. */
  readonly prefer?: Comparison
  /** All must hold. */
  readonly restrictions: readonly FilterParameters[]
  /** What the key demands besides, also of `added`. */
  readonly demanded: readonly FilterParameters[]
  readonly geo: GeoQuestion | null
  /** Slots that must not be found. */
  readonly hidden: readonly number[]
  /** Slots that are found whatever the words say. */
  readonly added: readonly number[]
  /** Whether `added` must pass the filters too. */
  readonly filterAdded: boolean
  /** How many answers are needed with their reasons and in order. */
  readonly limit: number
}

export interface Alternative {
  readonly query: string
  readonly parsed: ParsedQuery
  /** All that it finds. */
  readonly total: number
  /** Where its answers begin among `answers`, and the place behind its last. */
  readonly from: number
  readonly until: number
}

export interface Match {
  /** All that answer, rising by slot. */
  readonly slots: ArrayLike<number>
  /** The best by words, best first; `null` where nothing was typed. */
  readonly answers: readonly Answer[] | null
  readonly parsed: ParsedQuery | null
  /** Another search, whose answers stand among the others; absent where there is none. */
  readonly alternative?: Alternative
  /** Metres by slot, where the search has a centre. */
  readonly distances: ReadonlyMap<number, number> | null
  /** Metres, where the radius was found automatically. */
  readonly automaticRadiusM: number | null
}

const nearestHits = 1_000

export function match(ask: MatchAsk): Match {
  const { index, query, geo } = ask
  const allowed = ask.hiddenToo ? index.present() : index.visible()
  const within = (bits: Bits, all: readonly FilterParameters[]): void => {
    for (const each of all) intersect(bits, index.conditions.of(readFilter(each).shape))
  }
  within(allowed, [...ask.demanded, ...ask.restrictions])
  for (const slot of ask.hidden) removeBit(allowed, slot)
  const places = geo === null ? null : inPlaces(index, allowed, geo)
  const words = query.trim() === '' ? null : index.lexical.search(query, lexicalOptions(ask, allowed))
  const slots = words === null ? listBits(allowed) : words.matches
  const addable = ask.filterAdded ? allowed : index.present()
  if (ask.added.length > 0) within(addable, ask.demanded)
  const added = ask.added.filter((slot) => hasBit(addable, slot))
  return {
    slots: added.length === 0 ? slots : joined(index, slots, added),
    answers: words?.answers ?? null,
    parsed: words?.query ?? null,
    distances: places?.distances ?? null,
    automaticRadiusM: places?.automaticRadiusM ?? null,
  }
}

function lexicalOptions({ options, prefer, limit }: MatchAsk, allowed: Bits): SearchOptions {
  return { ...options, allowed, limit, ...(prefer === undefined ? {} : { prefer }) }
}

function joined(index: SearchIndex, slots: ArrayLike<number>, added: readonly number[]): Uint32Array {
  const bits = new Uint32Array((index.columns.size + 31) >>> 5)
  for (let at = 0; at < slots.length; at++) addBit(bits, slots[at])
  for (const slot of added) addBit(bits, slot)
  return listBits(bits)
}

/** Keeps in `allowed` what lies where it should, and measures how far away it is. */
function inPlaces(index: SearchIndex, allowed: Bits, geo: GeoQuestion) {
  const { centre, inside, radiusM } = geo
  const distances = new Map<number, number>()
  const points = index.columns.points()
  const inPlace = new Uint32Array(allowed.length)
  for (const [slot, places] of points) {
    if (!hasBit(allowed, slot) || (inside !== null && !inside(places))) continue
    addBit(inPlace, slot)
    if (centre !== null) distances.set(slot, nearestM(centre, places))
  }
  // Boxes and polygons say where; the centre then only sorts.
  const limitM = inside !== null ? Infinity : radiusM === 'auto' ? nearestRadius(distances) : radiusM
  for (const [slot, distance] of distances) if (distance > limitM) removeBit(inPlace, slot)
  intersect(allowed, inPlace)
  const automaticRadiusM = inside === null && radiusM === 'auto' && Number.isFinite(limitM) ? Math.ceil(limitM) : null
  return { distances: centre === null ? null : distances, automaticRadiusM }
}

function nearestRadius(distances: ReadonlyMap<number, number>): number {
  if (distances.size <= nearestHits) return Infinity
  return Float64Array.from(distances.values()).sort()[nearestHits - 1]
}
