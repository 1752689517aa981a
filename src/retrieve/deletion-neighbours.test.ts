import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDeletionNeighbours, editsKept } from './deletion-neighbours.ts'
import { editDistance } from './edit-distance.ts'

/** The definition, without a band or reuse of rows. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i || j))
  table[0] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    table[i][0] = i
    for (let j = 1; j <= b.length; j++) {
      table[i][j] = Math.min(
        table[i - 1][j] + 1,
        table[i][j - 1] + 1,
        table[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1)
      }
    }
  }
  return table[a.length][b.length]
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 12 })

describe('editDistance', () => {
  it('is the optimal string alignment up to its bound', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, most) => {
        expect(editDistance(a, b, most)).toBe(Math.min(distance(a, b), most + 1))
      }),
      { seed: 1, numRuns: 3000 },
    )
  })

  it('compares with the best beginning of a word', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 2 }), (a, b, most) => {
        const beginnings = Array.from({ length: b.length + 1 }, (_, length) => distance(a, b.slice(0, length)))
        expect(editDistance(a, b, most, true)).toBe(Math.min(...beginnings, most + 1))
      }),
      { seed: 2, numRuns: 3000 },
    )
  })
})

describe('createDeletionNeighbours', () => {
  it('finds exactly the words within the edits they are kept with, first letters too', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 60 }), word, fc.constantFrom(1, 2), (words, query, most) => {
        const neighbours = createDeletionNeighbours((term) => words[term])
        for (const [term, each] of words.entries()) neighbours.add(term, each)
        const found = new Map<string, number>()
        neighbours.find(query, most, (term, edits) => {
          expect(found.has(words[term])).toBe(false)
          found.set(words[term], edits)
        })
        const wanted = words.filter((each) => distance(query, each) <= Math.min(most, editsKept(each)))
        expect([...found.keys()].sort()).toEqual(wanted.sort())
        for (const [each, edits] of found) expect(edits).toBe(distance(query, each))
      }),
      { seed: 3, numRuns: 1000 },
    )
  })

  it('grows past its first room', () => {
    const words = Array.from(
      { length: 3000 },
      (_, at) => `word${String.fromCharCode(97 + (at % 26))}${at.toString(36)}x`,
    )
    const neighbours = createDeletionNeighbours((term) => words[term])
    for (const [term, each] of words.entries()) neighbours.add(term, each)
    const found: number[] = []
    neighbours.find(words[1234].slice(1), 1, (term) => found.push(term))
    expect(found).toContain(1234)
  })
})
