/**
 * Which products have a word: one growing list a word, all in one block of memory.
 *
 * A list is pairs (slot, counts), ascending by slot. Lists live in an arena of 32-bit numbers, in room for 2, 4, 8 …
 * entries; a list that outgrows its room moves, and the room it leaves is used again. Adding the newest slot costs
 * O(1), any other change O(length) of plain memory moves. `counts` holds eight numbers of four bits.
 */
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
  /** Adds an entry or replaces its counts. */
  set(list: number, slot: number, counts: number): void
  remove(list: number, slot: number): void
  /** Index of the slot's entry, or −1. */
  find(list: number, slot: number): number
  clear(): void
  readonly bytes: number
}

const growth = 1.5

export function createPostingLists(): PostingLists {
  let arena = new Uint32Array(1024)
  let used = 0
  let count = 0
  let version = 0
  let offsets = new Uint32Array(256)
  let lengths = new Uint32Array(256)
  /** Logarithm of a list's room plus one; 0 where it has none. */
  let rooms = new Uint8Array(256)
  let free: number[][] = []

  const take = (room: number): number => {
    const again = free[room]?.pop()
    if (again !== undefined) return again
    const size = 2 << room
    if (used + size > arena.length) {
      const larger = new Uint32Array(Math.max(used + size, Math.ceil(arena.length * growth)))
      larger.set(arena.subarray(0, used))
      arena = larger
    }
    used += size
    return used - size
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
    if (rooms[list] !== 0 && lengths[list] < 1 << (rooms[list] - 1)) return
    // Most words are of one product: the first room is of one entry.
    const room = rooms[list] === 0 ? 0 : rooms[list]
    const offset = take(room)
    if (rooms[list] !== 0) {
      arena.copyWithin(offset, offsets[list], offsets[list] + 2 * lengths[list])
      ;(free[rooms[list] - 1] ??= []).push(offsets[list])
    }
    offsets[list] = offset
    rooms[list] = room + 1
  }

  return {
    get count() {
      return count
    },
    get version() {
      return version
    },
    get bytes() {
      return arena.byteLength + 9 * offsets.length
    },
    length: (list) => lengths[list],
    offset: (list) => offsets[list],
    arena: () => arena,
    find,
    reserve: (list) => {
      count = Math.max(count, list + 1)
      if (count <= offsets.length) return
      const size = Math.max(count, Math.ceil(offsets.length * growth))
      const grow = <T extends Uint32Array | Uint8Array>(from: T, to: T): T => {
        to.set(from)
        return to
      }
      offsets = grow(offsets, new Uint32Array(size))
      lengths = grow(lengths, new Uint32Array(size))
      rooms = grow(rooms, new Uint8Array(size))
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
      count = 0
      lengths.fill(0)
      rooms.fill(0)
      free = []
    },
  }
}
