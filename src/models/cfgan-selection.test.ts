import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { heapSpace } from '../kernels/space.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import { type Selection, selectColumns } from './cfgan-selection.ts'

const space = heapSpace('float64')
const [rowCount, columnCount, weight] = [130, 20, 0.25]

/** Row r holds column r mod 20 and the one before it. */
const held: SparsePattern = {
  rowCount,
  columnCount,
  pointers: Int32Array.from({ length: rowCount + 1 }, (_, row) => 2 * row),
  columns: Int32Array.from({ length: 2 * rowCount }, (_, at) => ((at >> 1) + 19 * (at & 1)) % columnCount),
}

function select(shown: number, zero: number): Selection {
  const counts = { shown: new Int32Array(rowCount).fill(shown), zero: new Int32Array(rowCount).fill(zero) }
  return selectColumns(held, counts, createRng('selection'), space)
}

/** The place in rows × columns of each entry. */
function placesOf(asked: Selection['asked']): number[] {
  if (asked === 'all') return Array.from({ length: rowCount * columnCount }, (_, at) => at)
  return Array.from({ length: rowCount }, (_, row) =>
    [...asked.columns.subarray(asked.pointers[row], asked.pointers[row + 1])].map((c) => row * columnCount + c),
  ).flat()
}

/** What each place adds up to. */
function spread(places: readonly number[], values: Floats): Float64Array {
  const whole = new Float64Array(rowCount * columnCount)
  places.forEach((place, at) => (whole[place] += values[at]))
  return whole
}

const isHeld = spread(placesOf(held), new Float64Array(2 * rowCount).fill(1))

describe.each([
  ['few columns', 2, 3, false, false],
  ['zeros that make up half of all', 2, 8, true, false],
  ['half of all shown', 8, 8, true, true],
  ['half of all shown, no zeros', 8, 0, true, true],
] as const)('a selection of %s', (_what, shownCount, zeroCount, asksAll, showsAll) => {
  const selection = select(shownCount, zeroCount)
  const asked = placesOf(selection.asked)
  /** G's proposals: all different, none of them 0. */
  const proposals = Float64Array.from({ length: rowCount * columnCount }, (_, place) => 1 + place / 1000)
  const outputs = Float64Array.from(asked, (place) => proposals[place])
  const part = selection.shown(outputs)
  const shownPlaces = 'pattern' in part ? placesOf(part.pattern) : placesOf('all')
  const shown = spread(shownPlaces, part.values)

  it('takes the form that is cheaper', () => {
    expect([selection.asked === 'all', !('pattern' in part)]).toEqual([asksAll, showsAll])
  })

  it('shows what a row holds and as many missing columns as wanted, as they were proposed', () => {
    for (let place = 0; place < shown.length; place++) {
      if (shown[place] !== 0 || isHeld[place] === 1) expect(shown[place]).toBe(proposals[place])
    }
    for (let row = 0; row < rowCount; row++) {
      const own = shown.subarray(row * columnCount, (row + 1) * columnCount)
      expect(own.filter((value) => value !== 0).length).toBe(2 + shownCount)
    }
  })

  it('pulls what was shown where D wants it and the zeros, never held ones, down', () => {
    const advice = part.values.map((_, at) => Math.sin(at))
    const wanted = spread(shownPlaces, advice)
    const { gradient, squares } = selection.pull(outputs, advice.slice(), weight)
    const found = spread(asked, gradient)
    let sum = 0
    for (let row = 0; row < rowCount; row++) {
      let zeros = 0
      for (let place = row * columnCount; place < (row + 1) * columnCount; place++) {
        const advised = shown[place] === 0 ? 0 : wanted[place]
        const pull = found[place] - advised
        if (Math.abs(pull) < 1e-12) continue
        expect(isHeld[place]).toBe(0)
        expect(pull).toBeCloseTo(2 * weight * proposals[place], 12)
        sum += proposals[place] ** 2
        zeros++
      }
      expect(zeros).toBe(zeroCount)
    }
    expect(squares).toBeCloseTo(sum, 8)
  })
})
