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

  it('leaves little room unused, whether lists grow one by one or together', () => {
    for (const together of [false, true]) {
      const lists = createPostingLists()
      lists.reserve(1999)
      for (let at = 0; at < 2000 * 60; at++) {
        const [list, slot] = together ? [at % 2000, Math.floor(at / 2000)] : [Math.floor(at / 60), at % 60]
        lists.set(list, slot, 1)
      }
      for (let list = 0; list < 2000; list++) expect(lists.length(list)).toBe(60)
      expect(lists.bytes).toBeLessThan(2000 * 60 * 8 * 2 + 12 * 3500)
    }
  })

  it('takes no more room than is expected, and more than that where it comes', () => {
    const lists = createPostingLists()
    const expected = Uint32Array.from({ length: 300 }, (_, list) => list % 7)
    lists.expect(expected)
    expected.forEach((length, list) => {
      for (let slot = 0; slot < length; slot++) lists.set(list, slot, slot + 1)
    })
    expect(lists.bytes).toBe(8 * expected.reduce((sum, length) => sum + length, 0) + 12 * 375)
    lists.set(6, 99, 5)
    lists.set(7, 99, 5)
    for (const list of [5, 6, 7, 8]) {
      const slots = Array.from({ length: lists.length(list) }, (_, at) => lists.arena()[lists.offset(list) + 2 * at])
      expect(slots).toEqual([...Array(list % 7).keys(), ...(list === 6 || list === 7 ? [99] : [])])
    }
  })
})
