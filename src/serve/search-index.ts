/**
 * One catalogue made searchable: words, filters and facets over the same dense numbers of products (slots).
 *
 * Follows the live catalogue. Products that are hidden are kept (browsing shows them) but never found; those out of
 * stock are found.
 */
import { grown } from '../base/grown.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { addBit, type Bits, emptyBits, hasBit, removeBit } from '../retrieve/bits.ts'
import { type ColumnNames, type Columns, createColumns } from '../retrieve/columns.ts'
import type { Shape } from '../retrieve/condition.ts'
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
  /** Whether a product meets a condition, asked of all at once; holds until the catalogue changes. */
  readonly meeting: (shape: Shape) => (itemId: ItemId) => boolean
  readonly follow: ItemListener
  /** Takes over what `serialise` gave and makes the columns there were, before the first product comes; false, and nothing taken, where it cannot be read. */
  adopt(words: Uint8Array): boolean
  /** Forgets what was taken over and has not come since. */
  settle(): void
  /** The words of all products, which take long to cut, and of which attributes there are columns. */
  serialise(): Uint8Array
}

export function createSearchIndex(options: Partial<LexicalSettings>): SearchIndex {
  const lexical = createLexicalIndex(options)
  const items: (Item | undefined)[] = []
  const columns = createColumns((slot) => items[slot]?.record ?? null)
  const conditions = createConditionBits(columns)
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
      visible = grown(visible, roomFor(slot))
      present = grown(present, roomFor(slot))
    }
    addBit(present, slot)
    if (item.hidden) removeBit(visible, slot)
    else addBit(visible, slot)
  }

  const words = () => (columns.size + 31) >>> 5

  return {
    lexical,
    columns,
    conditions,
    visible: () => visible.slice(0, words()),
    present: () => present.slice(0, words()),
    item: (slot) => items[slot] as Item,
    meeting: (shape) => {
      const bits = conditions.of(shape)
      return (itemId) => {
        const slot = lexical.slotOf(itemId)
        return slot !== undefined && hasBit(bits, slot)
      }
    },
    follow: (itemId, item) => (item === null ? remove(itemId) : put(itemId, item)),
    adopt: (kept) => {
      try {
        const { attributes, words } = unpack(kept)
        lexical.load(words)
        columns.expect(attributes)
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
    serialise: () => pack(columns.attributes(), lexical.serialise()),
  }
}

/** The length of what columns there are as JSON (4 bytes), that, and the words. */
function pack(attributes: ColumnNames, words: Uint8Array): Uint8Array {
  const header = Buffer.from(JSON.stringify(attributes))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header, words])
}

function unpack(kept: Uint8Array): { readonly attributes: ColumnNames; readonly words: Uint8Array } {
  const bytes = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength)
  const end = 4 + bytes.readUInt32LE(0)
  return { attributes: JSON.parse(bytes.toString('utf8', 4, end)) as ColumnNames, words: kept.subarray(end) }
}

/** Words of bits. */
function roomFor(slot: number): number {
  return (Math.max(1_024, slot * 2) + 31) >>> 5
}
