import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPostingLists } from './posting-lists.ts'

describe('createPostingLists', () => {
  it('holds what a map of maps holds, ascending, through any changes', () => {
    const change = fc.record({
      list: fc.nat(5),
      slot: fc.nat(40),
      counts: fc.integer({ min: 1, max: 0x7fffffff }),
      remove: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const lists = createPostingLists()
        const expected = Array.from({ length: 6 }, () => new Map<number, number>())
        lists.reserve(5)
        for (const { list, slot, counts, remove } of changes) {
          if (remove) {
            lists.remove(list, slot)
            expected[list].delete(slot)
          } else {
            lists.set(list, slot, counts)
            expected[list].set(slot, counts)
          }
        }
        for (const [list, map] of expected.entries()) {
          const from = lists.offset(list)
          const held = Array.from({ length: lists.length(list) }, (_, at) => [
            lists.arena()[from + 2 * at],
            lists.arena()[from + 2 * at + 1],
          ])
          expect(held).toEqual([...map].sort(([a], [b]) => a - b))
          for (let slot = 0; slot < 41; slot++) expect(lists.find(list, slot) >= 0).toBe(map.has(slot))
        }
      }),
      { seed: 4, numRuns: 400 },
    )
  })

  it('uses the room of lists that moved again', () => {
    const lists = createPostingLists()
    for (let list = 0; list < 2000; list++) {
      lists.reserve(list)
      for (let slot = 0; slot < 9; slot++) lists.set(list, slot, 1)
    }
    // Nine entries take a room of sixteen, 128 bytes; all smaller rooms were left for the next list.
    expect(lists.bytes).toBeLessThan(2000 * 128 * 1.5 + 9 * 3500)
  })
})
