import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import { createContentIndex } from './content-index.ts'

const tagsOf = (item: Item): string[] => [
  ...item.title.split(' ').map((word) => `word:${word}`),
  ...(item.brand === null ? [] : [`brand:${item.brand}`]),
  ...item.categoryPath.map((level) => `category:${level}`),
]
const itemOf = (id: string, title: string, brand: string, category: string): Item =>
  readItem('shop' as CatalogueId, { objectID: id, title, brand, category })
const id = (text: string) => text as ItemId
const idsOf = (list: readonly { itemId: ItemId }[]) => list.map((each) => each.itemId)

/** An index, and what numbers its items: those that are gone give their numbers to the next. */
function createShelf(read = tagsOf) {
  const slots = new Map<ItemId, number>()
  const ids: (ItemId | undefined)[] = []
  const index = createContentIndex(read, { slotOf: (itemId) => slots.get(itemId), idOf: (slot) => ids[slot] })
  return {
    ...index,
    get size() {
      return index.size
    },
    add: (item: Item) => {
      const left = ids.indexOf(undefined)
      const slot = slots.get(item.id) ?? (left < 0 ? ids.length : left)
      slots.set(item.id, slot)
      ids[slot] = item.id
      index.put(slot, item)
    },
    drop: (itemId: ItemId) => {
      const slot = slots.get(itemId) ?? -1
      slots.delete(itemId)
      if (slot >= 0) ids[slot] = undefined
      index.remove(slot)
    },
  }
}

function shelf() {
  const index = createShelf()
  index.add(itemOf('boot', 'leather boot', 'Acme', 'Shoes > Boots'))
  index.add(itemOf('boot2', 'suede boot', 'Other', 'Shoes > Boots'))
  index.add(itemOf('shoe', 'canvas shoe', 'Acme', 'Shoes > Trainers'))
  index.add(itemOf('pan', 'iron pan', 'Forge', 'Kitchen > Pans'))
  return index
}

describe('the content index', () => {
  it('puts what shares more and rarer words first, and leaves the item itself out', () => {
    expect(idsOf(shelf().similar(id('boot'), 10))).toEqual(['boot2', 'shoe'])
  })

  it('weighs a rare word more than a common one', () => {
    const index = createShelf()
    for (let at = 0; at < 20; at++) index.add(itemOf(`c${at}`, 'common filler', 'B', 'C'))
    index.add(itemOf('a', 'rare common', 'X', 'Y'))
    index.add(itemOf('rare', 'rare other', 'Z', 'W'))
    expect(index.similar(id('a'), 1)[0].itemId).toBe('rare')
  })

  it('finds a new item at once, forgets a removed one, and follows a changed one', () => {
    const index = shelf()
    index.add(itemOf('boot3', 'leather boot', 'Acme', 'Shoes > Boots'))
    expect(index.similar(id('boot'), 1)[0].itemId).toBe('boot3')
    index.drop(id('boot3'))
    index.add(itemOf('boot2', 'garden gnome', 'Gnomes', 'Garden'))
    expect(idsOf(index.similar(id('boot'), 10))).toEqual(['shoe'])
    expect(index.size).toBe(4)
  })

  it('answers for wanted tags, unknown ones ignored, and skips what is not accepted', () => {
    const wanted = [
      { tag: 'brand:Acme', strength: 2 },
      { tag: 'word:nowhere', strength: 9 },
    ]
    expect(idsOf(shelf().similar(wanted, 10)).sort()).toEqual(['boot', 'shoe'])
    expect(idsOf(shelf().similar(wanted, 10, (itemId) => itemId !== 'boot'))).toEqual(['shoe'])
    expect(shelf().similar([], 10)).toEqual([])
    expect(shelf().similar(id('nobody'), 10)).toEqual([])
  })

  it('asks whether an item may be shown only where it could earn a place', () => {
    const index = createShelf()
    index.add(itemOf('a', 'one two three', 'B', 'C'))
    for (let at = 0; at < 50; at++) index.add(itemOf(`like${at}`, at < 2 ? 'one two three' : 'one', 'X', 'Y'))
    let asked = 0
    expect(idsOf(index.similar(id('a'), 2, () => ++asked > 0))).toEqual(['like0', 'like1'])
    expect(asked).toBe(2)
  })

  it('says the same of a pair as of the list', () => {
    const index = shelf()
    for (const { itemId, likeness } of index.similar(id('boot'), 10)) {
      expect(index.likeness(id('boot'), itemId)).toBeCloseTo(likeness, 12)
      expect(likeness).toBeGreaterThan(0)
      expect(likeness).toBeLessThanOrEqual(1)
    }
    expect(index.likeness(id('boot'), id('pan'))).toBe(0)
    expect(index.likeness(id('boot'), id('nobody'))).toBe(0)
  })

  it('is after a thousand random changes what it would be if built afresh', () => {
    const rng = createRng('changes')
    const words = ['red', 'blue', 'boot', 'shoe', 'pan', 'lid']
    const followed = createShelf()
    const now = new Map<string, Item>()
    for (let step = 0; step < 1000; step++) {
      const key = `i${rng.int(30)}`
      if (rng.next() < 0.3) {
        followed.drop(id(key))
        now.delete(key)
      } else {
        const item = itemOf(
          key,
          `${rng.pick(words)} ${rng.pick(words)}`,
          rng.pick(['A', 'B']),
          rng.pick(['X', 'X > Y']),
        )
        followed.add(item)
        now.set(key, item)
      }
    }
    const fresh = createShelf()
    for (const item of now.values()) fresh.add(item)
    const answers = (index: typeof fresh, key: string) =>
      new Map(index.similar(id(key), 100).map((each) => [each.itemId, each.likeness.toFixed(12)]))
    expect(now.size).toBeGreaterThan(10)
    for (const key of now.keys()) expect(answers(followed, key)).toEqual(answers(fresh, key))
  })

  it('answers from kept tags as before, whichever numbers the products have now, and reads what changed', () => {
    const first = shelf()
    first.add(itemOf('gone', 'leather strap', 'Acme', 'Bags'))
    const kept = first.serialise()
    let read = 0
    const again = createShelf((item) => tagsOf(item).concat(item.id === 'probe' ? [] : `read:${++read}`))
    expect(again.adopt(kept)).toBe(true)
    again.add(itemOf('boot', 'leather boot', 'Acme', 'Shoes > Boots'))
    again.add(itemOf('boot2', 'suede boot', 'Other', 'Shoes > Boots'))
    expect(read).toBe(0)
    // In the places of two others, and one of them with another name.
    again.add(itemOf('pan', 'iron pan', 'Forge', 'Kitchen > Pans'))
    again.add(itemOf('shoe', 'leather shoe', 'Acme', 'Shoes > Trainers'))
    expect(read).toBe(2)
    again.settle()
    expect(again.size).toBe(4)
    expect(idsOf(again.similar(id('boot'), 10)).sort()).toEqual(['boot2', 'shoe'])
    expect(idsOf(again.similar([{ tag: 'word:strap', strength: 1 }], 10))).toEqual([])
    expect(again.shared(id('boot'), id('boot2'))).toHaveLength(3)
  })

  it('takes no tags that were read otherwise, or are damaged', () => {
    const kept = shelf().serialise()
    expect(createShelf((item) => tagsOf(item).slice(1)).adopt(kept)).toBe(false)
    const index = createShelf()
    expect(index.adopt(kept.subarray(0, kept.length - 1))).toBe(false)
    expect(index.adopt(Uint8Array.of(1, 2, 3))).toBe(false)
    expect(index.size).toBe(0)
    expect(index.adopt(kept)).toBe(true)
    expect(index.size).toBe(4)
  })
})
