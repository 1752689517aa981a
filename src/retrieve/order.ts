/**
 * The shop's own order: by price, by date, by name; and the first so many of a list without sorting all of it.
 */
import { HaggleError } from '../domain/errors.ts'
import type { Columns } from './columns.ts'

/** Negative where `a` goes first; 0: as good as each other. */
export type Comparison = (a: number, b: number) => number

export interface SortKey {
  readonly attribute: string
  readonly descending: boolean
}

const keyForm = /^(asc|desc)\((.+)\)$/

/** `desc(price)`. @throws `bad-request` naming the place. */
export function readSortKey(text: string, path: string): SortKey {
  const match = keyForm.exec(text.trim())
  if (match === null) throw new HaggleError('bad-request', `${path}: expected asc(attribute) or desc(attribute).`)
  return { attribute: match[2], descending: match[1] === 'desc' }
}

/** Numbers (and true before false) by size, text by letters; products that have none come last either way. */
export function compareBy(columns: Columns, { attribute, descending }: SortKey): Comparison {
  const { first } = columns.numbers(attribute)
  const { values, codes, list } = columns.texts(attribute)
  const sign = descending ? -1 : 1
  const valueOf = (doc: number): number | string | null => {
    if (doc < first.length && !Number.isNaN(first[doc])) return first[doc]
    const code = doc < codes.length ? codes[doc] : -1
    if (code === -1) return null
    const value = values[code >= 0 ? code : list(code)[0]]
    return value === 'true' ? 1 : value === 'false' ? 0 : value
  }
  return (a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)]
    if (left === right) return 0
    if (left === null) return 1
    if (right === null) return -1
    // Where an attribute holds both, numbers come first.
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1
    return left < right ? -sign : sign
  }
}

/** The first comparison that tells two apart decides. */
export function inTurn(comparisons: readonly Comparison[]): Comparison {
  if (comparisons.length === 1) return comparisons[0]
  return (a, b) => {
    for (const compare of comparisons) {
      const decided = compare(a, b)
      if (decided !== 0) return decided
    }
    return 0
  }
}

/** The first `limit` of `docs` in order; among equals those that stand first. A heap of `limit`: O(docs · log limit). */
export function firstOf(docs: ArrayLike<number>, limit: number, compare: Comparison): number[] {
  const places = (a: number, b: number) => compare(docs[a], docs[b]) || a - b
  if (limit >= docs.length / 4) {
    return Array.from({ length: docs.length }, (_, at) => at)
      .sort(places)
      .slice(0, limit)
      .map((at) => docs[at])
  }
  /** The worst on top. */
  const heap: number[] = []
  const sink = (from: number) => {
    for (let at = from; ; ) {
      let worst = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && places(heap[child], heap[worst]) > 0) worst = child
      }
      if (worst === at) return
      ;[heap[at], heap[worst]] = [heap[worst], heap[at]]
      at = worst
    }
  }
  for (let at = 0; at < docs.length && limit > 0; at++) {
    if (heap.length < limit) {
      heap.push(at)
      if (heap.length === limit) for (let root = limit >> 1; root >= 0; root--) sink(root)
    } else if (compare(docs[at], docs[heap[0]]) < 0) {
      // Among equals it stands last.
      heap[0] = at
      sink(0)
    }
  }
  return heap.sort(places).map((at) => docs[at])
}
