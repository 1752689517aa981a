/**
 * How many of the products found have which colour, brand or size; and how their prices lie.
 *
 * One pass over the products found for each facet, counting into an array by code: 100,000 products take about 0.3 ms a
 * facet.
 */
import { topK } from '../kernels/top-k.ts'
import type { Columns } from './columns.ts'

export interface FacetValue {
  readonly value: string
  readonly count: number
}

export interface FacetOptions {
  /** At most so many values, the most frequent ones. */
  readonly limit: number
  readonly sortBy: 'count' | 'alpha'
}

/** How many have each value, by code, and the codes met: all 0 between two questions, so that few found are few steps. */
let tally = new Uint32Array(0)
let met = new Uint32Array(0)
let keys = new Float64Array(0)

/** The values of an attribute among `docs`, most frequent first (alphabetically among equals) or by name. */
export function countFacet(
  columns: Columns,
  attribute: string,
  docs: ArrayLike<number>,
  { limit, sortBy }: FacetOptions,
): FacetValue[] {
  const { values, codes, list, alphabetical } = columns.texts(attribute)
  const places = alphabetical()
  if (tally.length < values.length) {
    tally = new Uint32Array(2 * values.length)
    met = new Uint32Array(2 * values.length)
    keys = new Float64Array(2 * values.length)
  }
  let size = 0
  const known = codes.length
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]
    const code = doc < known ? codes[doc] : -1
    if (code >= 0) {
      if (tally[code]++ === 0) met[size++] = code
    } else if (code < -1) for (const each of list(code)) if (tally[each]++ === 0) met[size++] = each
  }
  // More is better, then the earlier name: whole numbers below 2^53.
  for (let at = 0; at < size; at++) {
    keys[at] = tally[met[at]] * values.length - places[met[at]]
  }
  const top = Array.from(topK(keys.subarray(0, size), limit), (at) => ({ code: met[at], count: tally[met[at]] }))
  for (let at = 0; at < size; at++) tally[met[at]] = 0
  if (sortBy === 'alpha') top.sort((a, b) => places[a.code] - places[b.code])
  return top.map(({ code, count }) => ({ value: values[code], count }))
}

/** How many of `docs` have each value, by code. */
export function countValues(columns: Columns, attribute: string, docs: ArrayLike<number>) {
  const { values, codes, list } = columns.texts(attribute)
  const counts = new Uint32Array(values.length)
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]
    const code = doc < codes.length ? codes[doc] : -1
    if (code >= 0) counts[code]++
    else if (code < -1) for (const each of list(code)) counts[each]++
  }
  return { values, counts }
}

export interface FacetStats {
  readonly min: number
  readonly max: number
  readonly avg: number
  readonly sum: number
}

/** `undefined` where none of them has a number there. */
export function facetStats(columns: Columns, attribute: string, docs: ArrayLike<number>): FacetStats | undefined {
  const { isEmpty, first, several } = columns.numbers(attribute)
  if (isEmpty) return undefined
  let min = Infinity
  let max = -Infinity
  let sum = 0
  let count = 0
  const add = (value: number) => {
    if (Number.isNaN(value)) return
    if (value < min) min = value
    if (value > max) max = value
    sum += value
    count++
  }
  // Most attributes are of one number each: who has several is not asked product by product then.
  const seldom = several.size > 0 ? several : null
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]
    const own = seldom?.get(doc)
    if (own !== undefined) own.forEach(add)
    else if (doc < first.length) add(first[doc])
  }
  return count === 0 ? undefined : { min, max, avg: sum / count, sum }
}
