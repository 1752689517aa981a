/**
 * One catalogue made searchable: words, filters and facets over the same dense numbers of products (slots).
 *
 * Follows the live catalogue. Products that are hidden are kept (browsing shows them) but never found; those out of
 * stock are found.
 */
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { addBit, type Bits, emptyBits, removeBit } from '../retrieve/bits.ts'
import { type Columns, createColumns } from '../retrieve/columns.ts'
import { type ConditionBits, createConditionBits } from '../retrieve/condition-bits.ts'
import type { LexicalIndex, LexicalSettings } from '../retrieve/lexical.ts'
import { createLexicalIndex } from '../retrieve/lexical-index.ts'
import type { ItemListener } from './live-catalogue.ts'

export interface SearchIndex {
  readonly lexical: LexicalIndex
  readonly columns: Columns
  readonly conditions: ConditionBits
  /** Who may be found, as a copy. */
  visible(): Bits
  /** Who is there at all, hidden or not, as a copy. */
  present(): Bits
  readonly item: (slot: number) => Item
  readonly follow: ItemListener
  /** Takes over what `serialise` gave, before the first product comes; false, and nothing taken, where it cannot be read. */
  adopt(words: Uint8Array): boolean
  /** Forgets what was taken over and has not come since. */
  settle(): void
  /** The words of all products, which take long to cut. */
  serialise(): Uint8Array
}

export function createSearchIndex(options: Partial<LexicalSettings>): SearchIndex {
  const lexical = createLexicalIndex(options)
  const columns = createColumns()
  const items: (Item | undefined)[] = []
  let visible: Bits = emptyBits(0)
  let present: Bits = emptyBits(0)

  const remove = (itemId: ItemId): void => {
    const slot = lexical.slotOf(itemId)
    if (slot === undefined) return
    lexical.remove(itemId)
    columns.remove(slot)
    removeBit(visible, slot)
    removeBit(present, slot)
    items[slot] = undefined
  }
  const put = (itemId: ItemId, item: Item): void => {
    lexical.put(itemId, item.record)
    const slot = lexical.slotOf(itemId) as number
    columns.put(slot, item.record)
    items[slot] = item
    if (slot >= visible.length * 32) {
      visible = grown(visible, slot)
      present = grown(present, slot)
    }
    addBit(present, slot)
    if (item.hidden) removeBit(visible, slot)
    else addBit(visible, slot)
  }

  const words = () => (columns.size + 31) >>> 5

  return {
    lexical,
    columns,
    conditions: createConditionBits(columns),
    visible: () => visible.slice(0, words()),
    present: () => present.slice(0, words()),
    item: (slot) => items[slot] as Item,
    follow: (itemId, item) => (item === null ? remove(itemId) : put(itemId, item)),
    adopt: (kept) => {
      try {
        lexical.load(kept)
        return true
      } catch {
        lexical.clear()
        return false
      }
    },
    settle: () => {
      for (let slot = 0; slot < lexical.slotCount; slot++) {
        const itemId = lexical.idOf(slot)
        if (itemId !== undefined && items[slot] === undefined) lexical.remove(itemId)
      }
    },
    serialise: () => lexical.serialise(),
  }
}

function grown(bits: Bits, slot: number): Bits {
  const larger = emptyBits(Math.max(1_024, slot * 2))
  larger.set(bits)
  return larger
}
