/**
 * Asks a filter of all products at once: one pass over a column for each condition, then AND, OR and NOT of bits.
 *
 * The same answer as `Condition.test` on each record, in about 0.1 ms a condition at 100,000 products. Answers are kept
 * until the catalogue changes: the questions of one page share most of their conditions.
 */
import { createLatest } from '../base/latest.ts'
import type { Lookups } from '../base/lookups.ts'
import { type Bits, addBit, complement, emptyBits, intersect, unite } from './bits.ts'
import type { Columns } from './columns.ts'
import { isExact, type Shape } from './condition.ts'

export interface ConditionBits {
  /** Who meets it; yours to read, not to change. Those that are gone may be among them where a part is negated. */
  of(shape: Shape): Bits
  readonly lookups: Readonly<Lookups>
}

const mostKept = 500

export function createConditionBits(columns: Columns): ConditionBits {
  const kept = createLatest<Bits>(mostKept)
  let version = -1

  const compute = (shape: Shape): Bits => {
    switch (shape.kind) {
      case 'one-of':
        return havingOneOf(columns, shape.attribute, shape.values)
      case 'range':
        return withinRange(columns, shape.attribute, shape.low, shape.high)
      case 'not':
        return complement(of(shape.part).slice())
      case 'all':
        return shape.parts.reduce((bits, part) => intersect(bits, of(part)), complement(emptyBits(columns.size)))
      case 'any':
        return shape.parts.reduce((bits, part) => unite(bits, of(part)), emptyBits(columns.size))
    }
  }
  const of = (shape: Shape): Bits => {
    if (shape.kind === 'all' || shape.kind === 'any') return compute(shape)
    const key = JSON.stringify(shape, (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    )
    return kept.of(key, () => compute(shape))
  }

  return {
    lookups: kept.lookups,
    of: (shape) => {
      if (version !== columns.version) kept.clear()
      version = columns.version
      return of(shape)
    },
  }
}

function havingOneOf(columns: Columns, attribute: string, values: readonly string[]): Bits {
  const bits = emptyBits(columns.size)
  const { values: known, codes, list, codesOf } = columns.texts(attribute)
  const wanted = new Uint8Array(known.length)
  for (const value of values) for (const code of codesOf(value, isExact(attribute))) wanted[code] = 1
  const end = Math.min(columns.size, codes.length)
  for (let doc = 0, word = 0; doc < end; word++) {
    let met = 0
    // 32 of them at a time: a number is written once.
    for (const next = Math.min(end, doc + 32); doc < next; doc++) {
      const code = codes[doc]
      if (code >= 0) met |= wanted[code] << doc
      else if (code < -1 && list(code).some((each) => wanted[each] === 1)) met |= 1 << doc
    }
    bits[word] = met
  }
  return bits
}

function withinRange(columns: Columns, attribute: string, low: number, high: number): Bits {
  const bits = emptyBits(columns.size)
  const { first, several } = columns.numbers(attribute)
  const end = Math.min(columns.size, first.length)
  for (let doc = 0, word = 0; doc < end; word++) {
    let met = 0
    for (const next = Math.min(end, doc + 32); doc < next; doc++) {
      if (first[doc] >= low && first[doc] <= high) met |= 1 << doc
    }
    bits[word] = met
  }
  for (const [doc, numbers] of several) if (numbers.some((each) => each >= low && each <= high)) addBit(bits, doc)
  return bits
}
