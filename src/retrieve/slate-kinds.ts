/**
 * What kind of thing an item is, for whoever composes lists: the parts of its category path, numbered.
 *
 * `Women > Shoes > Boots` is three kinds, a film of two genres two. Items of no known category are of one kind: nobody
 * can say that they differ.
 */
import { createVocabulary } from '../base/vocabulary.ts'
import type { Item } from '../domain/item.ts'
import { unknownKind } from './slate.ts'

export interface SlateKinds {
  /** Each once; at least one. `undefined` stands for an item that is gone. */
  readonly of: (item: Item | undefined) => Int32Array
  /** Whether some item asked for so far had a category. */
  readonly known: boolean
}

export function createSlateKinds(): SlateKinds {
  // Its first number is the unknown kind's.
  const names = createVocabulary<string>([''])
  const unknown = Int32Array.of(unknownKind)
  const read = new WeakMap<readonly string[], Int32Array>()
  return {
    get known() {
      return names.size > 1
    },
    of: (item) => {
      if (item === undefined || item.categoryPath.length === 0) return unknown
      const found = read.get(item.categoryPath)
      if (found !== undefined) return found
      const kinds = Int32Array.from(new Set(item.categoryPath), (name) => names.add(name))
      read.set(item.categoryPath, kinds)
      return kinds
    },
  }
}
