import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addBit, countBits, countMemberships, emptyBits, listBits } from './bits.ts'

const size = 70
const sets = fc.array(fc.uniqueArray(fc.nat(size - 1)), { minLength: 1, maxLength: 31 })

describe('sets of products as bits', () => {
  it('tells who is in so many of several sets', () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 1, max: 32 }), (lists, least) => {
        const bits = lists.map((list) => {
          const own = emptyBits(size)
          for (const doc of list) addBit(own, doc)
          return own
        })
        const found = countMemberships(bits, size).atLeast(Math.min(least, lists.length))
        const expected = Array.from({ length: size }, (_, doc) => doc).filter(
          (doc) => lists.filter((list) => list.includes(doc)).length >= Math.min(least, lists.length),
        )
        expect([...listBits(found)]).toEqual(expected)
        expect(countBits(found)).toBe(expected.length)
      }),
    )
  })
})
