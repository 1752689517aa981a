/**
 * Which products have a word: one growing list a word, all in one block of memory.
 *
 * A list is pairs (slot, counts), ascending by slot. Lists live in an arena of 32-bit numbers; one that outgrows its room
 * moves to one half as large again, and what is left behind is waste until a quarter of the arena is: then all lists are
 * laid close together again. Adding the newest slot costs O(1), any other change O(length) of plain memory moves. `counts`
 * holds eight numbers of four bits.
 */
import { grown } from '../base/grown.ts'

export interface PostingLists {
  readonly count: number
  /** Grows with every change. */
  readonly version: number
  /** Entries of a list. */
  length(list: number): number
  /** Where its pairs begin in `arena()`. */
  offset(list: number): number
  arena(): Uint32Array
  /** Makes lists up to and with this one. */
  reserve(list: number): void
  /** Makes empty lists with room for just so many entries. */
  expect(lengths: Uint32Array): void
  /** Adds an entry or replaces its counts. */
  set(list: number, slot: number, counts: number): void
  remove(list: number, slot: number): void
  /** Index of the slot's entry, or −1. */
  find(list: number, slot: number): number
  clear(): void
  readonly bytes: number
}

/** Of a list that moves. */
const listGrowth = 1.5
/** Of what holds them all. */
const growth = 1.25
const leastWaste = 65_536

export function createPostingLists(): PostingLists {
  let arena = new Uint32Array(1024)
  let used = 0
  let waste = 0
  let count = 0
  let version = 0
  let offsets = new Uint32Array(256)
  let lengths = new Uint32Array(256)
  /** Entries there is room for, by list. */
  let rooms = new Uint32Array(256)

  /** Where there is room for so many entries behind all others. */
  const take = (room: number): number => {
    if (used + 2 * room > arena.length) arena = grown(arena, Math.ceil((used + 2 * room) * growth))
    used += 2 * room
    return used - 2 * room
  }
  const compact = (): void => {
    const close = (length: number) => Math.ceil(length * growth)
    let size = 0
    for (let list = 0; list < count; list++) size += 2 * close(lengths[list])
    const kept = new Uint32Array(Math.ceil(size * growth))
    used = 0
    for (let list = 0; list < count; list++) {
      kept.set(arena.subarray(offsets[list], offsets[list] + 2 * lengths[list]), used)
      offsets[list] = used
      rooms[list] = close(lengths[list])
      used += 2 * rooms[list]
    }
    arena = kept
    waste = 0
  }

  /** First index whose slot is not below `slot`. */
  const lowerBound = (list: number, slot: number): number => {
    const offset = offsets[list]
    let low = 0
    let high = lengths[list]
    if (high > 0 && arena[offset + 2 * (high - 1)] < slot) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (arena[offset + 2 * middle] < slot) low = middle + 1
      else high = middle
    }
    return low
  }

  const find = (list: number, slot: number): number => {
    const at = lowerBound(list, slot)
    return at < lengths[list] && arena[offsets[list] + 2 * at] === slot ? at : -1
  }

  const makeRoom = (list: number): void => {
    if (lengths[list] < rooms[list]) return
    if (waste > leastWaste && waste > used / 4) compact()
    // Most words are of one product.
    const room = Math.ceil(rooms[list] * listGrowth) || 1
    const offset = take(room)
    arena.copyWithin(offset, offsets[list], offsets[list] + 2 * lengths[list])
    waste += 2 * rooms[list]
    offsets[list] = offset
    rooms[list] = room
  }
  const reserve = (list: number): void => {
    count = Math.max(count, list + 1)
    if (count <= offsets.length) return
    const room = Math.ceil(count * growth)
    ;[offsets, lengths, rooms] = [grown(offsets, room), grown(lengths, room), grown(rooms, room)]
  }

  return {
    get count() {
      return count
    },
    get version() {
      return version
    },
    get bytes() {
      return arena.byteLength + 12 * offsets.length
    },
    length: (list) => lengths[list],
    offset: (list) => offsets[list],
    arena: () => arena,
    find,
    reserve,
    expect: (expected) => {
      if (expected.length === 0) return
      reserve(expected.length - 1)
      const size = expected.reduce((sum, length) => sum + 2 * length, 0)
      arena = new Uint32Array(size)
      used = 0
      for (let list = 0; list < expected.length; list++) {
        offsets[list] = take(expected[list])
        rooms[list] = expected[list]
        lengths[list] = 0
      }
    },
    set: (list, slot, counts) => {
      version++
      const at = lowerBound(list, slot)
      if (at === lengths[list] || arena[offsets[list] + 2 * at] !== slot) {
        makeRoom(list)
        const from = offsets[list] + 2 * at
        arena.copyWithin(from + 2, from, offsets[list] + 2 * lengths[list])
        lengths[list]++
        arena[from] = slot
      }
      arena[offsets[list] + 2 * at + 1] = counts
    },
    remove: (list, slot) => {
      version++
      const at = find(list, slot)
      if (at < 0) return
      const from = offsets[list] + 2 * at
      arena.copyWithin(from, from + 2, offsets[list] + 2 * lengths[list])
      lengths[list]--
    },
    clear: () => {
      version++
      arena = new Uint32Array(1024)
      used = 0
      waste = 0
      count = 0
      lengths.fill(0)
      rooms.fill(0)
    },
  }
}
