/**
 * Many lists of numbers that grow and shrink, all in one block of memory: 4 bytes a number and 12 a list.
 *
 * A list that outgrows its room moves to one half as large again; the room it leaves is used again by a list that needs
 * just that much. Adding costs O(1), taking out O(length).
 */
import { grown } from '../base/grown.ts'

export interface NumberLists {
  length(list: number): number
  /** The numbers of a list; valid until the next change. */
  of(list: number): Int32Array
  /** Makes these all that the list holds, in a room of just that size. */
  set(list: number, numbers: Int32Array): void
  add(list: number, number: number): void
  /** Makes these all that all lists hold: so many in each, one list behind the other in `numbers`, which it takes over. */
  load(lengths: Uint32Array, numbers: Int32Array<ArrayBuffer>): void
  /** Takes a number out; the last one takes its place. */
  drop(list: number, number: number): void
  clear(): void
}

const growth = 1.25

export function createNumberLists(): NumberLists {
  let block = new Int32Array(1024)
  let used = 0
  let offsets = new Uint32Array(256)
  let lengths = new Uint32Array(256)
  let rooms = new Uint32Array(256)
  /** Offsets of rooms that nobody has, by size. */
  const free = new Map<number, number[]>()

  const reserve = (list: number): void => {
    if (list < rooms.length) return
    const room = Math.ceil((list + 1) * growth)
    ;[offsets, lengths, rooms] = [grown(offsets, room), grown(lengths, room), grown(rooms, room)]
  }
  const take = (room: number): number => {
    const again = free.get(room)?.pop()
    if (again !== undefined) return again
    if (used + room > block.length) block = grown(block, Math.ceil((used + room) * growth))
    used += room
    return used - room
  }
  const move = (list: number, room: number): void => {
    const offset = take(room)
    const left = rooms[list]
    if (left > 0) {
      block.copyWithin(offset, offsets[list], offsets[list] + Math.min(lengths[list], room))
      const same = free.get(left)
      if (same === undefined) free.set(left, [offsets[list]])
      else same.push(offsets[list])
    }
    offsets[list] = offset
    rooms[list] = room
  }

  return {
    length: (list) => (list < lengths.length ? lengths[list] : 0),
    of: (list) =>
      list < lengths.length ? block.subarray(offsets[list], offsets[list] + lengths[list]) : block.subarray(0, 0),
    set: (list, numbers) => {
      reserve(list)
      if (rooms[list] !== numbers.length) move(list, numbers.length)
      block.set(numbers, offsets[list])
      lengths[list] = numbers.length
    },
    add: (list, number) => {
      reserve(list)
      if (lengths[list] === rooms[list]) move(list, Math.ceil(rooms[list] * 1.5) || 1)
      block[offsets[list] + lengths[list]++] = number
    },
    drop: (list, number) => {
      const at = block.subarray(offsets[list], offsets[list] + lengths[list]).indexOf(number)
      if (at >= 0) block[offsets[list] + at] = block[offsets[list] + --lengths[list]]
    },
    load: (sizes, numbers) => {
      const room = Math.max(256, sizes.length)
      ;[offsets, lengths, rooms] = [new Uint32Array(room), new Uint32Array(room), new Uint32Array(room)]
      lengths.set(sizes)
      rooms.set(sizes)
      free.clear()
      block = numbers
      used = 0
      for (let list = 0; list < sizes.length; list++) {
        offsets[list] = used
        used += sizes[list]
      }
    },
    clear: () => {
      lengths.fill(0)
      rooms.fill(0)
      free.clear()
      block = new Int32Array(1024)
      used = 0
    },
  }
}
