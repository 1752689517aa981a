/**
 * How far the numbers of a network go against their gradient: by Adam (Kingma and Ba 2015), or by plain descent.
 *
 *   slope = gradient + ridge·w;  m ← .9·m + .1·slope;  v ← .999·v + .001·slope²;  w ← w − rate·m / (√v + 1e-8)
 * and without moments w ← w − rate·slope. `rate` carries the bias corrections of both moments. Of a table with a row an
 * item only the rows with entries move, and their moments with them ("lazy", SparseAdam's rule): an item nobody met keeps
 * still. Such a row's gradient is added up and used up at once, so that no table of gradients exists.
 * `stepWhole` is O(numbers), `stepRows` O((entries + rows met) · width).
 */
import { type Wasm, wasmBackend } from './backend.ts'
import type { Space } from './space.ts'
import type { Contribution, GroupedEntries } from './sparse-rows-grouped.ts'
import { type Floats, isSingle } from './vector.ts'

export interface Step {
  readonly rate: number
  readonly ridge: number
}

/** Adam's memory of the gradients, as long as what moves; zeros at first. */
export interface Moments {
  readonly first: Floats
  readonly second: Floats
}

const firstDecay = 0.9
const secondDecay = 0.999
const epsilon = 1e-8

/** The rate of Adam's step number `steps` (from 1). */
export function adamRate(learningRate: number, steps: number): number {
  return (learningRate * Math.sqrt(1 - secondDecay ** steps)) / (1 - firstDecay ** steps)
}

/** Below this many numbers the way to the fast kernels costs more than it saves. */
const worthwhile = 500

export function stepWhole(values: Floats, gradient: Floats, moments: Moments | null, step: Step): void {
  const wasm = values.length < worthwhile ? null : wasmBackend()
  const outputs = [values, ...(moments === null ? [] : [moments.first, moments.second])]
  if (wasm === null || !isSingle(gradient) || !outputs.every(isSingle)) {
    for (let at = 0; at < values.length; at++) moveOne(values, at, gradient[at], moments, step)
    return
  }
  wasm.lend([gradient], outputs, (from, to, first = 0, second = 0) =>
    wasm.run('stepWhole', [to, from, first, second, step.rate, step.ridge], values.length, 16_384),
  )
}

function moveOne(values: Floats, at: number, gradient: number, moments: Moments | null, { rate, ridge }: Step): void {
  const slope = gradient + ridge * values[at]
  if (moments === null) {
    values[at] -= rate * slope
    return
  }
  const mean = firstDecay * moments.first[at] + (1 - firstDecay) * slope
  const square = secondDecay * moments.second[at] + (1 - secondDecay) * slope * slope
  moments.first[at] = mean
  moments.second[at] = square
  values[at] -= (rate * mean) / (Math.sqrt(square) + epsilon)
}

/** A table with one row of `width` numbers an item, and what moves with it. */
export interface MovingTable {
  readonly values: Floats
  readonly width: number
  readonly moments: Moments | null
}

/** Moves the rows that `grouped` (the same `parts`, sorted) names. */
export function stepRows(
  table: MovingTable,
  parts: readonly Contribution[],
  grouped: GroupedEntries,
  step: Step,
  space: Space,
): void {
  const wasm = grouped.leftRows.length * table.width < worthwhile ? null : wasmBackend()
  const lefts = parts.flatMap(({ left }) => (left === null ? [] : [left]))
  const floats = [...lefts, grouped.coefficients, ...outputsOf(table)]
  if (wasm === null || !floats.every(isSingle)) plainStepRows(table, parts, grouped, step)
  else {
    const addresses = space.batchIntegers(
      lefts.length === 0 ? 0 : parts.reduce((sum, { pattern }) => sum + pattern.rowCount, 0),
    )
    wasm.lend(lefts as Float32Array[], [], (...starts) => {
      let filled = 0
      lefts.forEach(({ length }, at) => {
        for (let offset = 0; offset < length; offset += table.width) addresses[filled++] = starts[at] + 4 * offset
      })
      runStepRows(wasm, table, grouped, addresses, step)
    })
  }
}

function outputsOf({ values, moments }: MovingTable): Floats[] {
  return [values, ...(moments === null ? [] : [moments.first, moments.second])]
}

/** `addresses` holds where each row of the left matrices lies; none stand for a column of ones. */
function runStepRows(wasm: Wasm, table: MovingTable, grouped: GroupedEntries, addresses: Int32Array, step: Step): void {
  const { rows, starts, leftRows, coefficients } = grouped
  const inputs = [rows, starts, leftRows, coefficients as Float32Array, addresses]
  // Some 200,000 multiply-adds a piece, 30 µs; moving a number costs about eight.
  const grain = Math.ceil((200_000 * rows.length) / (table.width * (leftRows.length + 8 * rows.length)))
  wasm.lend(inputs, outputsOf(table) as Float32Array[], (r, s, l, c, a, values, first = 0, second = 0) => {
    const sums = [r, s, l, c, addresses.length === 0 ? 0 : a, table.width]
    wasm.run('stepRows', [...sums, values, first, second, step.rate, step.ridge], rows.length, grain)
  })
}

function plainStepRows(
  { values, width, moments }: MovingTable,
  parts: readonly Contribution[],
  { rows, starts, coefficients, leftRows }: GroupedEntries,
  step: Step,
): void {
  const where = parts.flatMap(({ pattern, left }) =>
    Array.from({ length: pattern.rowCount }, (_, row) => ({ left, start: row * width })),
  )
  const gradient = new Float64Array(width)
  for (let index = 0; index < rows.length; index++) {
    gradient.fill(0)
    for (let entry = starts[index]; entry < starts[index + 1]; entry++) {
      const { left, start } = where[leftRows[entry]]
      const by = coefficients[entry]
      for (let at = 0; at < width; at++) gradient[at] += by * (left === null ? 1 : left[start + at])
    }
    for (let at = 0; at < width; at++) moveOne(values, rows[index] * width + at, gradient[at], moments, step)
  }
}
