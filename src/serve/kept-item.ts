/**
 * A product as a live shop keeps it: what every answer asks of every candidate at hand, the rest as the bytes of its record.
 *
 * The bytes are the record's JSON in UTF-8, held as a string of one byte a character: the record's size and 16 bytes. They
 * are read (some microseconds) when a field is asked for that is not at hand; the `most` products read last stay read,
 * the earliest goes first, so that a shop of fewer products reads each once. A product that changes is another object: who
 * still holds the one before reads what it was.
 */
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type AttributeMapping, type Item, type ItemRecord, readItem } from '../domain/item.ts'

/** A product read takes one to two kilobytes, its tags included. */
const mostRead = 5_000
/** Categories, and brands, that products share. */
const mostShared = 20_000

/** Returns what makes a record an item that takes little memory. */
export function createItemKeeper(
  catalogue: CatalogueId,
  mapping: AttributeMapping,
  most = mostRead,
): (record: ItemRecord) => Item {
  /** Those whose record stays read, in a ring. */
  const atHand: (KeptItem | undefined)[] = []
  let next = 0
  const paths = new Map<string, readonly string[]>()
  const brands = new Map<string, string>()

  class KeptItem implements Item {
    readonly id: ItemId
    readonly brand: string | null
    readonly categoryPath: readonly string[]
    readonly priceMinor: number | null
    readonly inStock: boolean
    readonly hidden: boolean
    readonly createdAtMs: number | null
    private readonly bytes: string
    private read: ItemRecord | null = null
    private fields: Item | null = null

    constructor(record: ItemRecord) {
      const item = readItem(catalogue, record, mapping)
      this.id = item.id
      this.brand = item.brand && shared(brands, item.brand, item.brand)
      this.categoryPath = shared(paths, JSON.stringify(item.categoryPath), item.categoryPath)
      this.priceMinor = item.priceMinor
      this.inStock = item.inStock
      this.hidden = item.hidden
      this.createdAtMs = item.createdAtMs
      this.bytes = Buffer.from(JSON.stringify(record)).toString('latin1')
      this.stay(record)
      this.fields = item
    }
    get catalogue() {
      return catalogue
    }
    get record() {
      return this.read ?? this.stay(JSON.parse(Buffer.from(this.bytes, 'latin1').toString()) as ItemRecord)
    }
    get title() {
      return this.item.title
    }
    get description() {
      return this.item.description
    }
    get tags() {
      return this.item.tags
    }
    private get item(): Item {
      return (this.fields ??= readItem(catalogue, this.record, mapping))
    }
    private stay(record: ItemRecord): ItemRecord {
      const earliest = atHand[next]
      if (earliest !== undefined) earliest.read = earliest.fields = null
      atHand[next] = this
      next = (next + 1) % most
      this.read = record
      return record
    }
  }

  return (record) => new KeptItem(record)
}

/** The value that others of this key have; the names met last are known. */
function shared<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= mostShared) known.clear()
  known.set(key, value)
  return value
}
