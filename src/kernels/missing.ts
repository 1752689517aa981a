/**
 * Which items a shopper does not have are told to a network as "no": some of them, drawn anew for every minibatch.
 *
 * Every set of as many missing columns is as likely as any other. Every row has streams of random numbers of its own
 * (from a seed and its place in the minibatch), so that what is drawn depends neither on threads nor on backends.
 * Two forms: lists of columns, drawn again where taken already, O(columns drawn); or, where about half of all columns
 * are drawn, a byte of marks for every column of every row, rows × columns: each missing one is marked with the chance
 * that is right on average, then single ones are marked or unmarked at random until their number is right, which favours
 * no column either.
 */
import { sfc32 } from '../base/rng.ts'
import { type Wasm, wasmBackend, workspaceBytes } from './backend.ts'
import type { SparsePattern } from './sparse-rows-pattern.ts'
import { type Floats, isSingle } from './vector.ts'

/** Marks of a column: the mask lets it through; it is asked to be zero; the row holds it. */
export const mark = { shown: 1, zero: 2, held: 4 } as const

/** Below this many numbers the way to the fast kernels costs more than it saves. */
const worthwhile = 500
/** Draws or numbers a piece: some 20 µs of work. */
const grain = 8192

function fastFor(numbers: number): Wasm | null {
  return numbers < worthwhile ? null : wasmBackend()
}

/** Fills the columns of `target`, whose pointers stand: what the row holds if `withHeld`, and behind it drawn ones. */
export function fillRows(held: SparsePattern, withHeld: boolean, seed: number, target: SparsePattern): void {
  const { rowCount, columnCount } = held
  const wasm = columnCount > workspaceBytes ? null : fastFor(target.columns.length)
  if (wasm === null) {
    plainFillRows(held, withHeld, seed, target)
    return
  }
  const rowsAtATime = Math.ceil((rowCount * grain) / target.columns.length)
  wasm.lend([held.pointers, held.columns, target.pointers], [target.columns], (pointers, columns, starts, to) =>
    wasm.run('fillRows', [pointers, columns, columnCount, Number(withHeld), seed, starts, to], rowCount, rowsAtATime),
  )
}

function plainFillRows(held: SparsePattern, withHeld: boolean, seed: number, target: SparsePattern): void {
  const { pointers, columns } = target
  const taken = new Uint8Array(held.columnCount)
  for (let row = 0; row < held.rowCount; row++) {
    const own = held.columns.subarray(held.pointers[row], held.pointers[row + 1])
    if (withHeld) columns.set(own, pointers[row])
    const drawn = columns.subarray(pointers[row] + (withHeld ? own.length : 0), pointers[row + 1])
    const next = sfc32(seed, row, 0)
    for (const column of own) taken[column] = 1
    for (let count = 0; count < drawn.length; ) {
      const column = anyOf(taken.length, next)
      if (taken[column] === 1) continue
      taken[column] = 1
      drawn[count++] = column
    }
    for (const column of own) taken[column] = 0
    for (const column of drawn) taken[column] = 0
  }
}

/** ⌊count · draw / 2³²⌋, without rounding at any count. */
function anyOf(count: number, next: () => number): number {
  const draw = next()
  return Math.floor(((draw >>> 16) * count + Math.floor(((draw & 0xffff) * count) / 0x10000)) / 0x10000)
}

/** How many missing columns of each row are drawn to be shown, and to be asked to be zero. */
export interface MarkCounts {
  readonly shown: Int32Array
  readonly zero: Int32Array
}

/** Writes `marks`, rows × columns. What a row holds is shown. */
export function markRows(held: SparsePattern, counts: MarkCounts, seed: number, marks: Uint8Array): void {
  const { rowCount, columnCount, pointers, columns } = held
  const wasm = fastFor(marks.length)
  if (wasm === null) {
    plainMarkRows(held, counts, seed, marks)
    return
  }
  const rowsAtATime = Math.ceil((8 * grain) / columnCount)
  wasm.lend([pointers, columns, counts.shown, counts.zero], [marks], (starts, of, shown, zero, to) =>
    wasm.run('markRows', [starts, of, columnCount, seed, shown, zero, to], rowCount, rowsAtATime),
  )
}

function plainMarkRows(held: SparsePattern, { shown, zero }: MarkCounts, seed: number, marks: Uint8Array): void {
  const { rowCount, columnCount, pointers, columns } = held
  marks.fill(0)
  for (let row = 0; row < rowCount; row++) {
    const mine = marks.subarray(row * columnCount, (row + 1) * columnCount)
    const [first, end] = [pointers[row], pointers[row + 1]]
    for (let entry = first; entry < end; entry++) mine[columns[entry]] = mark.held | mark.shown
    const streams = (kind: number) => [0, 1, 2, 3, 4].map((stream) => sfc32(seed, row, 8 * kind + stream))
    plainDraw(mine, columnCount - end + first, shown[row], mark.shown, streams(1))
    plainDraw(mine, columnCount - end + first, zero[row], mark.zero, streams(2))
  }
}

/** Four streams mark sixteen columns at a time, a byte each; the fifth says which single ones are marked or unmarked. */
function plainDraw(
  marks: Uint8Array,
  missing: number,
  count: number,
  given: number,
  streams: readonly (() => number)[],
): void {
  if (count === 0) return
  const chance = Math.min(255, Math.floor((256 * count + (missing >> 1)) / missing))
  let drawn = 0
  for (let column = 0; column < marks.length; column += 4) {
    const draw = streams[(column / 4) % 4]()
    for (let byte = 0; byte < Math.min(4, marks.length - column); byte++) {
      if (((draw >>> (8 * byte)) & 255) >= chance || (marks[column + byte] & mark.held) !== 0) continue
      marks[column + byte] |= given
      drawn++
    }
  }
  while (drawn !== count) {
    const column = anyOf(marks.length, streams[4])
    if ((marks[column] & mark.held) !== 0 || drawn < count === ((marks[column] & given) !== 0)) continue
    marks[column] ^= given
    drawn += drawn < count ? 1 : -1
  }
}

/** `target[i] = values[i]` where column i is shown, else 0. */
export function showMarked(values: Floats, marks: Uint8Array, target: Floats): void {
  const wasm = fastFor(values.length)
  if (wasm !== null && isSingle(values) && isSingle(target)) {
    wasm.lend([values, marks], [target], (from, by, to) =>
      wasm.run('showMarked', [from, by, to], values.length, 2 * grain),
    )
    return
  }
  for (let at = 0; at < values.length; at++) target[at] = (marks[at] & mark.shown) === 0 ? 0 : values[at]
}

/**
 * Keeps what `gradient` says of the shown and adds `slope · values` where zeros are asked for; the sum of the squares of
 * the values there.
 */
export function pullMarked(
  values: Floats,
  marks: Uint8Array,
  columnCount: number,
  slope: number,
  gradient: Floats,
): number {
  const rowCount = values.length / columnCount
  const wasm = fastFor(values.length)
  const squares = new Float32Array(rowCount)
  if (wasm !== null && isSingle(values) && isSingle(gradient)) {
    wasm.lend([values, marks], [gradient, squares], (from, by, to, sums) =>
      wasm.run('pullMarked', [from, by, columnCount, slope, to, sums], rowCount, Math.ceil((2 * grain) / columnCount)),
    )
    return squares.reduce((sum, square) => sum + square, 0)
  }
  let sum = 0
  for (let at = 0; at < values.length; at++) {
    const pulled = (marks[at] & mark.zero) === 0 ? 0 : values[at]
    gradient[at] = ((marks[at] & mark.shown) === 0 ? 0 : gradient[at]) + slope * pulled
    sum += pulled * pulled
  }
  return sum
}
