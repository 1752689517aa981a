/**
 * Which of a minibatch's items G is asked about: what a row holds and some of what it does not, and what for.
 *
 * The mask e lets through a row's entries and drawn missing ones; Z is drawn missing ones that should be zero. Two forms
 * of the same draws: lists of columns, O(asked · width) in the networks; or, where lists would name .4 of all pairs or
 * more, all pairs with a byte of marks each, rows × columns · width by gemm, which is ahead from there.
 */
import type { Rng } from '../base/rng.ts'
import { fillRows, markRows, type MarkCounts, pullMarked, showMarked } from '../kernels/missing.ts'
import type { Space } from '../kernels/space.ts'
import { entryCount, type SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import type { SparsePart } from '../nn/embedding-bag.ts'
import { addSquaredError } from '../nn/losses.ts'
import type { Matrix } from '../nn/parameter.ts'
import type { Asked } from '../nn/sampled-layer.ts'

export interface Selection {
  /** All that G is asked for. */
  readonly asked: Asked
  /** x̂⊙e, as D reads it. */
  shown(outputs: Floats): SparsePart | Matrix
  /**
   * The gradient for what was asked: that of what was shown, and that of `weight` · Σ x̂² over Z, whose sum comes with it.
   * May overwrite `shownGradient`.
   */
  pull(outputs: Floats, shownGradient: Floats, weight: number): { readonly gradient: Floats; readonly squares: number }
}

/** @param counts how many missing columns of each row e lets through and Z has */
export function selectColumns(held: SparsePattern, counts: MarkCounts, rng: Rng, space: Space): Selection {
  const shown = entryCount(held) + sum(counts.shown)
  if (isCrowded(held, shown)) return selectMarked(held, counts, rng, space)
  const masked = listColumns(held, true, counts.shown, rng, space)
  if (isCrowded(held, shown + sum(counts.zero))) return selectZerosMarked(held, masked, counts.zero, rng, space)
  return selectListed(masked, listColumns(held, false, counts.zero, rng, space), space)
}

function sum(counts: Int32Array): number {
  return counts.reduce((total, count) => total + count, 0)
}

const density = 0.4
/** So few rows do not fill gemm's tiles. */
const fewestRows = 128

function isCrowded({ rowCount, columnCount }: SparsePattern, entries: number): boolean {
  return rowCount >= fewestRows && entries >= density * rowCount * columnCount
}

/** A pattern of what each row holds, if asked for, and as many drawn columns as it is told. */
function listColumns(
  held: SparsePattern,
  withHeld: boolean,
  counts: Int32Array,
  rng: Rng,
  space: Space,
): SparsePattern {
  const pointers = space.batchIntegers(held.rowCount + 1)
  for (let row = 0; row < held.rowCount; row++) {
    const own = withHeld ? held.pointers[row + 1] - held.pointers[row] : 0
    pointers[row + 1] = pointers[row] + own + counts[row]
  }
  const pattern = { ...held, pointers, columns: space.batchIntegers(pointers[held.rowCount], true) }
  fillRows(held, withHeld, seedOf(rng), pattern)
  return pattern
}

function seedOf(rng: Rng): number {
  return rng.int(2 ** 32)
}

function selectListed(masked: SparsePattern, zeros: SparsePattern, space: Space): Selection {
  const asked = sideBySide(masked, zeros, space)
  return {
    asked,
    shown: (outputs) => {
      const values = space.batchFloats(masked.columns.length)
      eachRow(masked, asked, (own, all) => values.set(outputs.subarray(all.start, all.start + own.length), own.start))
      return { pattern: masked, values }
    },
    pull: (outputs, shownGradient, weight) => {
      const gradient = space.batchFloats(outputs.length)
      let squares = 0
      eachRow(masked, asked, (own, all) => {
        gradient.set(shownGradient.subarray(own.start, own.start + own.length), all.start)
        const [from, to] = [all.start + own.length, all.start + all.length]
        squares += addSquaredError(outputs.subarray(from, to), 0, weight, gradient.subarray(from, to))
      })
      return { gradient, squares }
    },
  }
}

/** Each row of one pattern, and behind it that of the other. */
function sideBySide(left: SparsePattern, right: SparsePattern, space: Space): SparsePattern {
  const pointers = space.batchIntegers(left.rowCount + 1)
  const columns = space.batchIntegers(left.columns.length + right.columns.length, true)
  for (let row = 0; row < left.rowCount; row++) {
    let filled = pointers[row]
    for (const { pointers: starts, columns: from } of [left, right]) {
      columns.set(from.subarray(starts[row], starts[row + 1]), filled)
      filled += starts[row + 1] - starts[row]
    }
    pointers[row + 1] = filled
  }
  return { ...left, pointers, columns }
}

interface Stretch {
  readonly start: number
  readonly length: number
}

/** Where each row's masked outputs lie among the masked, and where all that was asked of it among the asked. */
function eachRow(masked: SparsePattern, asked: SparsePattern, visit: (own: Stretch, all: Stretch) => void): void {
  const stretch = ({ pointers }: SparsePattern, row: number): Stretch => ({
    start: pointers[row],
    length: pointers[row + 1] - pointers[row],
  })
  for (let row = 0; row < masked.rowCount; row++) visit(stretch(masked, row), stretch(asked, row))
}

function markColumns(held: SparsePattern, counts: MarkCounts, rng: Rng, space: Space): Uint8Array {
  const marks = space.batchBytes(held.rowCount * held.columnCount, true)
  markRows(held, counts, seedOf(rng), marks)
  return marks
}

/** D, too, reads whole rows. */
function selectMarked(held: SparsePattern, counts: MarkCounts, rng: Rng, space: Space): Selection {
  const { rowCount, columnCount } = held
  const marks = markColumns(held, counts, rng, space)
  return {
    asked: 'all',
    shown: (outputs) => {
      const values = space.batchFloats(outputs.length, true)
      showMarked(outputs, marks, values)
      return { rowCount, columnCount, values }
    },
    pull: (outputs, shownGradient, weight) => {
      const squares = pullMarked(outputs, marks, columnCount, 2 * weight, shownGradient)
      return { gradient: shownGradient, squares }
    },
  }
}

/** So many zeros are asked for that G computes everything; D reads the list of what e lets through. */
function selectZerosMarked(
  held: SparsePattern,
  masked: SparsePattern,
  zeroCounts: Int32Array,
  rng: Rng,
  space: Space,
): Selection {
  const { rowCount, columnCount } = held
  const marks = markColumns(held, { shown: new Int32Array(rowCount), zero: zeroCounts }, rng, space)
  const visit = (each: (entry: number, place: number) => void) => {
    for (let row = 0; row < rowCount; row++) {
      const start = row * columnCount
      for (let entry = masked.pointers[row]; entry < masked.pointers[row + 1]; entry++) {
        each(entry, start + masked.columns[entry])
      }
    }
  }
  return {
    asked: 'all',
    shown: (outputs) => {
      const values = space.batchFloats(masked.columns.length)
      visit((entry, place) => (values[entry] = outputs[place]))
      return { pattern: masked, values }
    },
    pull: (outputs, shownGradient, weight) => {
      const gradient = space.batchFloats(outputs.length)
      const squares = pullMarked(outputs, marks, columnCount, 2 * weight, gradient)
      visit((entry, place) => (gradient[place] += shownGradient[entry]))
      return { gradient, squares }
    },
  }
}
