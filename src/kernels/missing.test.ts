import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { backendNames, useBackend } from './backend.ts'
import { fillRows, mark, type MarkCounts, markRows, pullMarked, showMarked } from './missing.ts'
import type { SparsePattern } from './sparse-rows-pattern.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

const places = backendNames.flatMap((name) => (name === 'plain' ? [1] : [1, 2]).map((threads) => ({ name, threads })))

/** What the rows of a minibatch hold, and how many missing columns are wanted of each. */
interface Wanted {
  readonly held: SparsePattern
  readonly counts: MarkCounts
}

/** The first row holds nothing, the second everything, the third all but one. */
function wanted(rowCount: number, columnCount: number): Wanted {
  const rng = createRng(`${rowCount} ${columnCount}`)
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const all = rng.shuffle(Int32Array.from({ length: columnCount }, (_, column) => column))
    return all.subarray(0, [0, columnCount, columnCount - 1][row] ?? rng.int(columnCount))
  })
  const pointers = Int32Array.from({ length: rowCount + 1 }, (_, row) =>
    rows.slice(0, row).reduce((sum, { length }) => sum + length, 0),
  )
  const halves = Int32Array.from(rows, ({ length }) => Math.ceil((columnCount - length) / 2))
  const held = { rowCount, columnCount, pointers, columns: Int32Array.from(rows.flatMap((row) => [...row])) }
  return { held, counts: { shown: halves, zero: halves.map((half) => rng.int(half + 1)) } }
}

const cases = [wanted(1, 1), wanted(3, 1), wanted(40, 37), wanted(60, 48), wanted(25, 1003)]

function rowOf({ pointers, columns }: SparsePattern, row: number): number[] {
  return [...columns.subarray(pointers[row], pointers[row + 1])]
}

function listed({ held, counts }: Wanted, withHeld: boolean, seed: number): SparsePattern {
  const pointers = new Int32Array(held.rowCount + 1)
  for (let row = 0; row < held.rowCount; row++) {
    pointers[row + 1] = pointers[row] + counts.shown[row] + (withHeld ? rowOf(held, row).length : 0)
  }
  const target = { ...held, pointers, columns: new Int32Array(pointers[held.rowCount]) }
  fillRows(held, withHeld, seed, target)
  return target
}

function marked({ held, counts }: Wanted, seed: number): Uint8Array {
  const marks = new Uint8Array(held.rowCount * held.columnCount).fill(255)
  markRows(held, counts, seed, marks)
  return marks
}

const seed = 4_000_000_000
const plain = await (async () => {
  await useBackend({ backend: 'plain', threads: 1 })
  return cases.map((each) => ({ lists: listed(each, true, seed), marks: marked(each, seed) }))
})()

describe.each(places)('what a row misses, drawn in $name, threads: $threads', ({ name, threads }) => {
  beforeAll(() => useBackend({ backend: name, threads }))

  it.each(cases)('is listed behind what it holds, each column once, the same on every backend', (each) => {
    const { held, counts } = each
    const lists = listed(each, true, seed)
    expect(lists).toEqual(plain[cases.indexOf(each)].lists)
    const alone = listed(each, false, seed)
    for (let row = 0; row < held.rowCount; row++) {
      const [own, all] = [rowOf(held, row), rowOf(lists, row)]
      expect(all.slice(0, own.length)).toEqual(own)
      expect(rowOf(alone, row)).toEqual(all.slice(own.length))
      expect(all.length).toBe(own.length + counts.shown[row])
      expect(new Set(all).size).toBe(all.length)
    }
  })

  it.each(cases)('is marked, as many columns as wanted, the same on every backend', (each) => {
    const { held, counts } = each
    const marks = marked(each, seed)
    expect(marks).toEqual(plain[cases.indexOf(each)].marks)
    for (let row = 0; row < held.rowCount; row++) {
      const own = [...marks.subarray(row * held.columnCount, (row + 1) * held.columnCount)]
      const having = (wantedMark: number) => [...own.keys()].filter((column) => (own[column] & wantedMark) !== 0)
      expect(having(mark.held)).toEqual(rowOf(held, row).sort((a, b) => a - b))
      expect(having(mark.shown).length).toBe(counts.shown[row] + having(mark.held).length)
      expect(having(mark.zero).length).toBe(counts.zero[row])
      expect(own.every((marksOf) => (marksOf & mark.held) === 0 || marksOf === (mark.held | mark.shown))).toBe(true)
    }
  })

  it('is any column as often as any other, alone and beside any other', () => {
    const columnCount = 21
    const rounds = 400
    const rowCount = 50
    // Each row holds column 20 only; seven of the other twenty are wanted.
    const pointers = Int32Array.from({ length: rowCount + 1 }, (_, row) => row)
    const held = { rowCount, columnCount, pointers, columns: new Int32Array(rowCount).fill(20) }
    const sevens = new Int32Array(rowCount).fill(7)
    const each = { held, counts: { shown: sevens, zero: sevens } }
    const seeds = createRng('rounds')
    const pairs = { list: new Float64Array(400), shown: new Float64Array(400), zero: new Float64Array(400) }
    const count = (into: Float64Array, columns: readonly number[]) => {
      for (const one of columns) for (const other of columns) into[20 * one + other]++
    }
    for (let round = 0; round < rounds; round++) {
      const roundSeed = seeds.int(2 ** 32)
      const lists = listed(each, false, roundSeed)
      const marks = marked(each, roundSeed)
      for (let row = 0; row < rowCount; row++) {
        count(pairs.list, rowOf(lists, row))
        for (const kind of ['shown', 'zero'] as const) {
          const columns = Array.from({ length: 20 }, (_, column) => column)
          count(
            pairs[kind],
            columns.filter((column) => (marks[row * columnCount + column] & mark[kind]) !== 0),
          )
        }
      }
    }
    for (const found of Object.values(pairs)) {
      found.forEach((times, at) => {
        const chance = Math.floor(at / 20) === at % 20 ? 7 / 20 : (7 * 6) / (20 * 19)
        const deviation = Math.sqrt(rounds * rowCount * chance * (1 - chance))
        // Of 400 numbers the furthest is 3 to 4 deviations away.
        expect(Math.abs(times - rounds * rowCount * chance) / deviation).toBeLessThan(5)
      })
    }
  })

  it.each(cases)('is shown, and pulled towards zero, where it is marked; NaN elsewhere is not seen', (each) => {
    const marks = marked(each, seed)
    const rng = createRng('values')
    // Begins one float after an even address, as the gradient does.
    const numbers = () => new Float32Array(marks.length + 1).subarray(1).map(() => rng.normal())
    const [values, gradient] = [numbers(), numbers()]
    marks.forEach((marksOf, at) => {
      if ((marksOf & mark.shown) === 0) gradient[at] = NaN
      if ((marksOf & (mark.shown | mark.zero)) === 0) values[at] = NaN
    })
    const shown = new Float32Array(marks.length)
    showMarked(values, marks, shown)
    expect(shown).toEqual(values.map((value, at) => ((marks[at] & mark.shown) === 0 ? 0 : value)))
    const wantedGradient = values.map((value, at) => {
      const pulled = (marks[at] & mark.zero) === 0 ? 0 : 0.5 * value
      return ((marks[at] & mark.shown) === 0 ? 0 : gradient[at]) + pulled
    })
    const wantedSquares = values.reduce(
      (sum, value, at) => sum + ((marks[at] & mark.zero) === 0 ? 0 : value * value),
      0,
    )
    const squares = pullMarked(values, marks, each.held.columnCount, 0.5, gradient)
    expect(gradient).toEqual(wantedGradient)
    expect(Math.abs(squares - wantedSquares)).toBeLessThanOrEqual(1e-5 * wantedSquares)
  })

  it('spoils what it should where a shown number is NaN', () => {
    const [each] = cases.slice(-1)
    const marks = marked(each, seed)
    const at = marks.findIndex((marksOf) => marksOf === (mark.shown | mark.zero))
    const values = new Float32Array(marks.length).fill(1)
    values[at] = NaN
    const shown = new Float32Array(marks.length)
    showMarked(values, marks, shown)
    expect([...shown.keys()].filter((place) => Number.isNaN(shown[place]))).toEqual([at])
    const gradient = new Float32Array(marks.length)
    expect(pullMarked(values, marks, each.held.columnCount, 1, gradient)).toBeNaN()
    expect([...gradient.keys()].filter((place) => Number.isNaN(gradient[place]))).toEqual([at])
  })
})
