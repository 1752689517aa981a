import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTopK, topK } from './top-k.ts'

const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN), fc.constant(-Infinity)))

function slow(values: readonly number[], k: number, skip: readonly number[]): number[] {
  return [...values.keys()]
    .filter((index) => skip[index] === 0 && !Number.isNaN(values[index]))
    .sort((a, b) => (values[a] === values[b] ? a - b : values[b] - values[a]))
    .slice(0, k)
}

it('picks what sorting everything would, ties by the lower index, never NaN, never what is skipped', () => {
  fc.assert(
    fc.property(scores, fc.nat(12), fc.nat(), (values, k, mask) => {
      const skip = values.map((_, index) => (mask >> (index % 30)) & 1)
      expect([...topK(values, k, skip)]).toEqual(slow(values, k, skip))
      expect([...topK(values, k)]).toEqual(
        slow(
          values,
          k,
          values.map(() => 0),
        ),
      )
    }),
    { numRuns: 300 },
  )
})

it('does not care in which order it is offered things, and starts afresh after each round', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), fc.nat(9), (values, k) => {
      const best = createTopK(k)
      for (let round = 0; round < 2; round++) {
        for (let index = values.length - 1; index >= 0; index--) best.offer(index, values[index])
        expect([...best.drain()]).toEqual([...topK(values, k)])
      }
    }),
  )
})
