/**
 * Teaches a small memory to name the next item of many visits at once, click by click.
 *
 * For sequences i_1 … i_n of a minibatch: h_t = GRU(E[i_t], h_(t−1)), h_0 = 0; L = −Σ log softmax(E·h_t + b)[i_(t+1)],
 * the gradient through all steps of a sequence. E is items × factors, the same on the way in and out (Hidasi and
 * Karatzoglou, CIKM 2018). Where that is less than the catalogue, the softmax runs over the minibatch's own targets and
 * `samples` items drawn evenly, shared by all positions: what is in with probability q counts 1/q times (y − log q; a
 * position's own target once), so that the sum is right in the mean. Cost of a minibatch of N positions:
 * 6·N·candidates·factors + 36·N·factors².
 */
import type { Rng } from '../base/rng.ts'
import { activate, addColumnSums } from '../kernels/elementwise.ts'
import { gemm } from '../kernels/gemm.ts'
import type { Space } from '../kernels/space.ts'
import { gatherSum } from '../kernels/sparse-rows.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import { applyMask, dropoutMask } from '../nn/dropout.ts'
import { createGruCell, type GruCell, type GruTrace } from '../nn/gru-cell.ts'
import {
  batchMatrix,
  createTable,
  glorotUniform,
  type Matrix,
  type Parameter,
  type TableParameter,
} from '../nn/parameter.ts'
import { softmaxLoss } from '../nn/softmax-losses.ts'

export interface GruNetworkOptions {
  readonly factors: number
  /** Share of what goes in and comes out of the memory that is hidden while it learns. */
  readonly dropout: number
  readonly samples: number
}

export interface GruNetwork {
  /** E, b, then the cell's input weights and bias, recurrent weights and bias. */
  readonly parameters: readonly Parameter[]
  /** Adds the gradient of a position's mean loss; hands back the losses' sum. At least two items a sequence. */
  learn(sequences: readonly Int32Array[]): { readonly loss: number; readonly positions: number }
}

/** @param popularity how many rows hold each item: how often each is expected among a minibatch's targets */
export function createGruNetwork(
  popularity: Float64Array,
  { factors, dropout, samples }: GruNetworkOptions,
  rng: Rng,
  space: Space,
): GruNetwork {
  const embedding = glorotUniform(createTable(popularity.length, factors, space), factors, factors, rng)
  const bias = createTable(popularity.length, 1, space)
  const cell = createGruCell(factors, factors, rng, space)
  const candidatesOf = createCandidates(popularity, samples, rng)
  return {
    parameters: [embedding, bias, ...cell.parameters],
    learn: (sequences) => {
      const steps = stepsOf(sequences, popularity.length, space)
      const inputs = steps.map(({ pattern }) => lookUp(embedding, pattern, space))
      const inputMasks = inputs.map((input) => hide(input, dropout, rng, space))
      const traces = remember(cell, inputs, space)
      const outputs = stacked(traces, factors, space)
      const outputMask = hide(outputs, dropout, rng, space)
      const candidates = candidatesOf(steps.flatMap(({ targets }) => [...targets]))
      const { loss, gradient } = judge(embedding, bias, outputs, candidates, space)
      if (outputMask !== null) applyMask(outputMask, gradient.values)
      recall(cell, traces, gradient).forEach((input, at) => {
        const mask = inputMasks[at]
        if (mask !== null) applyMask(mask, input.values)
        const { pattern } = steps[at]
        embedding.parts.push({ pattern, firstRow: 0, coefficients: ones(pattern.rowCount, space), left: input.values })
      })
      return { loss, positions: outputs.rowCount }
    },
  }
}

/** What every sequence that is not yet over sees at one step, and what it should name. */
interface Step {
  readonly pattern: SparsePattern
  readonly targets: Int32Array
}

/** The longest sequence first, so that those that go on are the first rows of the step before. */
function stepsOf(sequences: readonly Int32Array[], itemCount: number, space: Space): Step[] {
  const sorted = sequences.toSorted((a, b) => b.length - a.length)
  return Array.from({ length: sorted[0].length - 1 }, (_, step) => {
    const going = sorted.filter(({ length }) => length > step + 1)
    return {
      pattern: oneEach(
        going.map((sequence) => sequence[step]),
        itemCount,
        space,
      ),
      targets: Int32Array.from(going, (sequence) => sequence[step + 1]),
    }
  })
}

/** A batch in which row r has the one column `columns[r]`. */
function oneEach(columns: ArrayLike<number>, columnCount: number, space: Space): SparsePattern {
  const pointers = space.batchIntegers(columns.length + 1)
  const copied = space.batchIntegers(columns.length)
  copied.set(columns)
  for (let row = 0; row <= columns.length; row++) pointers[row] = row
  return { rowCount: columns.length, columnCount, pointers, columns: copied }
}

function ones(length: number, space: Space): Floats {
  return space.batchFloats(length).fill(1)
}

function lookUp({ values, columnCount }: TableParameter, pattern: SparsePattern, space: Space): Matrix {
  const rows = batchMatrix(pattern.rowCount, columnCount, space)
  gatherSum(pattern, ones(pattern.rowCount, space), values, columnCount, rows.values)
  return rows
}

/** In place; the mask is for the way back. */
function hide({ values }: Matrix, dropout: number, rng: Rng, space: Space): Floats | null {
  if (dropout === 0) return null
  const mask = dropoutMask(values.length, dropout, rng, space)
  applyMask(mask, values)
  return mask
}

function firstRows({ columnCount, values }: Matrix, rowCount: number): Matrix {
  return { rowCount, columnCount, values: values.subarray(0, rowCount * columnCount) }
}

function remember(cell: GruCell, inputs: readonly Matrix[], space: Space): GruTrace[] {
  const traces: GruTrace[] = []
  let hidden = batchMatrix(inputs[0].rowCount, inputs[0].columnCount, space)
  for (const input of inputs) {
    const trace = cell.forward(input, firstRows(hidden, input.rowCount))
    traces.push(trace)
    hidden = trace.next
  }
  return traces
}

/** The hidden states of all steps, one below the other. */
function stacked(traces: readonly GruTrace[], width: number, space: Space): Matrix {
  const all = batchMatrix(
    traces.reduce((sum, { next }) => sum + next.rowCount, 0),
    width,
    space,
  )
  let filled = 0
  for (const { next } of traces) {
    all.values.set(next.values, filled)
    filled += next.values.length
  }
  return all
}

/** The way back through time; hands back the gradient of each step's input. */
function recall(cell: GruCell, traces: readonly GruTrace[], gradient: Matrix): Matrix[] {
  const inputs: Matrix[] = []
  let end = gradient.values.length
  let later: Floats = gradient.values.subarray(end)
  for (const trace of traces.toReversed()) {
    const values = gradient.values.subarray(end - trace.next.values.length, end)
    end -= values.length
    for (let at = 0; at < later.length; at++) values[at] += later[at]
    const { input, hidden } = cell.backward(trace, { ...trace.next, values })
    inputs.push(input)
    later = hidden.values
  }
  return inputs.reverse()
}

interface Candidates {
  readonly items: Int32Array
  /** log q of each. */
  readonly logChances: Float64Array
  /** Where among `items` each position's target stands. */
  readonly places: Int32Array
}

function createCandidates(popularity: Float64Array, samples: number, rng: Rng) {
  const itemCount = popularity.length
  const total = popularity.reduce((sum, count) => sum + count, 0)
  const placeOf = new Int32Array(itemCount).fill(-1)
  return (targets: readonly number[]): Candidates => {
    const items: number[] = []
    const add = (item: number) => {
      if (placeOf[item] < 0) placeOf[item] = items.push(item) - 1
    }
    targets.forEach(add)
    const all = items.length + samples >= itemCount
    for (let at = 0; at < (all ? itemCount : samples); at++) add(all ? at : rng.index(itemCount))
    const places = Int32Array.from(targets, (item) => placeOf[item])
    for (const item of items) placeOf[item] = -1
    const neverDrawn = (1 - 1 / itemCount) ** samples
    const chance = (item: number) => 1 - neverDrawn * (1 - popularity[item] / total) ** targets.length
    return {
      items: Int32Array.from(items),
      logChances: Float64Array.from(items, (item) => (all ? 0 : Math.log(chance(item)))),
      places,
    }
  }
}

/** The loss over the candidates and the gradient of the outputs; those of E and b are added. */
function judge(
  embedding: TableParameter,
  bias: TableParameter,
  outputs: Matrix,
  { items, logChances, places }: Candidates,
  space: Space,
): { readonly loss: number; readonly gradient: Matrix } {
  const { rowCount: positions, columnCount: factors } = outputs
  const count = items.length
  const chosen = oneEach(items, embedding.rowCount, space)
  const rows = lookUp(embedding, chosen, space)
  const logits = batchMatrix(positions, count, space)
  gemm(positions, count, factors, outputs.values, rows.values, logits.values, { transposeB: true })
  const shift = space.batchFloats(count)
  items.forEach((item, at) => (shift[at] = bias.values[item] - logChances[at]))
  activate('none', logits.values, shift)
  places.forEach((place, position) => (logits.values[position * count + place] += logChances[place]))
  const slopes = batchMatrix(positions, count, space)
  const taken = { pattern: oneEach(places, count, space), values: ones(positions, space) }
  const loss = softmaxLoss(logits, taken, 1 / positions, slopes.values)
  const gradient = batchMatrix(positions, factors, space)
  gemm(positions, factors, count, slopes.values, rows.values, gradient.values)
  const rowGradient = batchMatrix(count, factors, space)
  gemm(count, factors, positions, slopes.values, outputs.values, rowGradient.values, { transposeA: true })
  const biasGradient = space.batchFloats(count)
  addColumnSums(slopes.values, biasGradient)
  embedding.parts.push({ pattern: chosen, firstRow: 0, coefficients: ones(count, space), left: rowGradient.values })
  bias.parts.push({ pattern: chosen, firstRow: 0, coefficients: biasGradient, left: null })
  return { loss, gradient }
}
