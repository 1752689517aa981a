import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { highestAccepted, peaksOf, topAccepted } from './peaks.ts'

const cases = fc.record({
  scores: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 60 }),
  k: fc.integer({ min: 0, max: 70 }),
  refused: fc.array(fc.nat(59)),
})

function slowly(scores: Float32Array, k: number, accept: (at: number) => boolean): number[] {
  const least = Math.min(...scores)
  const left = [...scores.keys()].filter((at) => scores[at] > least && accept(at))
  return left.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, k)
}

it('finds the best that are accepted, whatever is refused and however many are equal', () => {
  fc.assert(
    fc.property(cases, ({ scores: given, k, refused }) => {
      const scores = Float32Array.from(given)
      const accept = (at: number) => !refused.includes(at)
      const peaks = peaksOf(scores)
      expect(peaks.least).toBe(Math.min(...given))
      expect([...topAccepted(scores, peaks, k, accept)]).toEqual(slowly(scores, k, accept))
      const highest = given.filter((_, at) => accept(at)).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
      expect(highestAccepted(scores, peaks, accept)).toBe(highest)
    }),
  )
})

it('asks about few of many', () => {
  const rng = createRng('peaks')
  for (const refusedShare of [0, 0.5, 0.999]) {
    const scores = Float32Array.from({ length: 20_000 }, () => rng.next())
    const refused = Uint8Array.from(scores, () => Number(rng.next() < refusedShare))
    let asked = 0
    const accept = (at: number) => {
      asked++
      return refused[at] === 0
    }
    const found = [...topAccepted(scores, peaksOf(scores), 100, accept)]
    if (refusedShare === 0) expect(asked).toBeLessThan(150)
    expect(found).toEqual(slowly(scores, 100, (at) => refused[at] === 0))
  }
})
