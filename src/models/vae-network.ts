/**
 * The network of the autoencoders: what a shopper has goes in, squeezed through a narrow middle, and a share of the next
 * choice for every item comes out.
 *
 * Input: a row's strengths divided by their length ‖x‖, some of them hidden (dropout). Plain: bent layers of `widths`,
 * then the outputs. Variational: bent layers of `widths`, then mean μ and log-variance of a code, z = μ + σ·ε, the same
 * layers backwards, then the outputs. Loss of a row: −Σ_j x_j·log softmax(y)_j + β·KL(N(μ, σ²) ‖ N(0, 1)).
 * Outputs: all of them, O(rows × items × width); or those a row has and `negatives` others
 * drawn for it, each standing for as many as were not drawn, O((entries + rows × negatives) × width).
 */
import type { Rng } from '../base/rng.ts'
import { activationGradient } from '../kernels/elementwise.ts'
import type { Space } from '../kernels/space.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import { createDenseLayer, type DenseLayer } from '../nn/dense-layer.ts'
import { dropoutMask } from '../nn/dropout.ts'
import type { SparsePart } from '../nn/embedding-bag.ts'
import { batchMatrix, type Matrix, type Parameter } from '../nn/parameter.ts'
import { createSampledLayer } from '../nn/sampled-layer.ts'
import { sampledSoftmaxLoss, softmaxLoss } from '../nn/softmax-losses.ts'
import { createTrunk } from '../nn/trunk.ts'

export interface NetworkShape {
  readonly items: number
  /** Widths of the bent layers from the input on; at least one. */
  readonly widths: readonly number[]
  /** Length of the code; `null` for the plain autoencoder. */
  readonly code: number | null
  readonly dropout: number
  /** Outputs drawn for comparison; `null` computes all. */
  readonly negatives: number | null
}

/** Sums over the rows of a minibatch. */
export interface RowLosses {
  /** −Σ_j x_j·log softmax(y)_j. */
  readonly likelihood: number
  /** KL, before β. */
  readonly divergence: number
}

export interface Autoencoder {
  readonly parameters: readonly Parameter[]
  /** Adds the gradient of `scale` times the loss of a minibatch. */
  learn(rows: SparsePart, beta: number, scale: number): RowLosses
  /** Layer by layer, weights then bias, each inputs × outputs but the last: items × width, one row an item. */
  weights(): Float32Array[]
}

export function createAutoencoder(shape: NetworkShape, rng: Rng, space: Space): Autoencoder {
  const { items, widths, code, dropout } = shape
  const trunk = createTrunk({ inputs: items, widths, activation: 'tanh' }, rng, space)
  const middle = code === null ? null : createMiddle(trunk.outputs, code, rng, space)
  const upwards = code === null ? [] : createUpwards([code, ...widths.toReversed()], rng, space)
  const output = createOutput(widths[code === null ? widths.length - 1 : 0], shape, rng, space)
  const parameters = [trunk, ...(middle === null ? [] : [middle]), ...upwards, output].flatMap(
    (part) => part.parameters,
  )
  return {
    parameters,
    learn: (rows, beta, scale) => {
      const input = [{ ...rows, values: thinned(rows, dropout, rng, space) }]
      const trace = trunk.forward(input)
      const coded = middle?.forward(trace[trace.length - 1])
      const above = [coded?.sample ?? trace[trace.length - 1]]
      for (const layer of upwards) above.push(layer.forward(above[above.length - 1], 'tanh'))
      const { likelihood, gradient } = output.learn(above[above.length - 1], rows, scale)
      const below = descend(upwards, above, gradient)
      if (middle === null || coded === undefined) {
        trunk.addGradient(input, trace, below)
        return { likelihood, divergence: 0 }
      }
      const { divergence, gradient: inner } = middle.learn(trace[trace.length - 1], coded, below, beta * scale)
      trunk.addGradient(input, trace, inner)
      return { likelihood, divergence }
    },
    weights: () => {
      const plain = parameters.map(({ values }) => Float32Array.from(values))
      return output.byRows ? plain : [...plain.slice(0, -2), turned(plain[plain.length - 2], items), ...plain.slice(-1)]
    },
  }
}

/** x / ‖x‖, with dropout. */
function thinned({ pattern, values }: SparsePart, dropout: number, rng: Rng, space: Space): SparsePart['values'] {
  const { rowCount, pointers } = pattern
  const thin = dropoutMask(values.length, dropout, rng, space)
  for (let row = 0; row < rowCount; row++) {
    const [start, end] = [pointers[row], pointers[row + 1]]
    const length = lengthOf(values.subarray(start, end))
    for (let at = start; at < end; at++) thin[at] *= values[at] / length
  }
  return thin
}

/** ‖x‖; 1 where that is 0. */
export function lengthOf(values: SparsePart['values']): number {
  let squares = 0
  for (const value of values) squares += value * value
  return squares > 0 ? Math.sqrt(squares) : 1
}

function createUpwards(widths: readonly number[], rng: Rng, space: Space): DenseLayer[] {
  return widths.slice(1).map((width, at) => createDenseLayer(widths[at], width, rng, space))
}

/** Down through the layers above the middle: the gradient of what they were given. */
function descend(layers: readonly DenseLayer[], trace: readonly Matrix[], gradient: Matrix): Matrix {
  let below = gradient
  for (let at = layers.length - 1; at >= 0; at--) {
    activationGradient('tanh', trace[at + 1].values, below.values)
    layers[at].addGradient(trace[at], below)
    below = layers[at].inputGradient(below)
  }
  return below
}

/** What the middle made of a minibatch. */
interface Coded {
  /** rows × 2·code: μ, then log σ². */
  readonly moments: Matrix
  /** ε. */
  readonly noise: SparsePart['values']
  /** z. */
  readonly sample: Matrix
}

/** The layer that gives a mean and a variance, and draws from them. */
function createMiddle(inputs: number, code: number, rng: Rng, space: Space) {
  const layer = createDenseLayer(inputs, 2 * code, rng, space)
  return {
    parameters: layer.parameters,
    forward: (input: Matrix): Coded => {
      const moments = layer.forward(input)
      const sample = batchMatrix(input.rowCount, code, space)
      const noise = space.batchFloats(sample.values.length)
      for (let at = 0; at < noise.length; at++) {
        const mean = placeOf(at, code)
        noise[at] = rng.normal()
        sample.values[at] = moments.values[mean] + Math.exp(moments.values[mean + code] / 2) * noise[at]
      }
      return { moments, noise, sample }
    },
    /** @param sampleGradient of the loss in z */
    learn: (input: Matrix, { moments, noise }: Coded, sampleGradient: Matrix, weight: number) => {
      const gradient = batchMatrix(moments.rowCount, 2 * code, space)
      let divergence = 0
      for (let at = 0; at < noise.length; at++) {
        const place = placeOf(at, code)
        const [mean, logVariance] = [moments.values[place], moments.values[place + code]]
        const variance = Math.exp(logVariance)
        divergence += (variance + mean * mean - 1 - logVariance) / 2
        const slope = sampleGradient.values[at]
        gradient.values[place] = slope + weight * mean
        gradient.values[place + code] = (slope * noise[at] * Math.sqrt(variance) + weight * (variance - 1)) / 2
      }
      layer.addGradient(input, gradient)
      return { divergence, gradient: layer.inputGradient(gradient) }
    },
  }
}

/** Where the mean of the code's number `at` stands; its log-variance stands `code` behind. */
function placeOf(at: number, code: number): number {
  return at + code * Math.floor(at / code)
}

interface Output {
  readonly parameters: readonly Parameter[]
  /** Whether the weights are kept one row an item. */
  readonly byRows: boolean
  /** The loss, and `scale` times its gradient in `input`; adds that of the weights. */
  learn(input: Matrix, rows: SparsePart, scale: number): { likelihood: number; gradient: Matrix }
}

function createOutput(width: number, { items, negatives }: NetworkShape, rng: Rng, space: Space): Output {
  return negatives === null
    ? createWholeOutput(width, items, rng, space)
    : createDrawnOutput(width, items, Math.min(negatives, items), rng, space)
}

function createWholeOutput(width: number, items: number, rng: Rng, space: Space): Output {
  const layer = createDenseLayer(width, items, rng, space)
  return {
    parameters: layer.parameters,
    byRows: false,
    learn: (input, rows, scale) => {
      const logits = layer.forward(input)
      const slopes = batchMatrix(input.rowCount, items, space)
      const likelihood = softmaxLoss(logits, rows, scale, slopes.values)
      layer.addGradient(input, slopes)
      return { likelihood, gradient: layer.inputGradient(slopes) }
    },
  }
}

function createDrawnOutput(width: number, items: number, negatives: number, rng: Rng, space: Space): Output {
  const layer = createSampledLayer(width, items, rng, space)
  const draw = createDrawer(items, negatives, rng, space)
  return {
    parameters: layer.parameters,
    byRows: true,
    learn: (input, rows, scale) => {
      const { pattern, taken, logChances } = draw(rows)
      const logits = layer.forward(input, pattern)
      const slopes = space.batchFloats(logits.length)
      const likelihood = sampledSoftmaxLoss(pattern, logits, taken, logChances, scale, slopes)
      layer.addGradient(input, pattern, slopes)
      return { likelihood, gradient: layer.inputGradient(pattern, slopes) }
    },
  }
}

/** For each row what it has, and behind that items it has not, drawn with equal chances. */
function createDrawer(items: number, negatives: number, rng: Rng, space: Space) {
  const takenIn = new Int32Array(items)
  let drawn = 0
  const drawInto = (target: Int32Array, held: Int32Array) => {
    drawn++
    for (const item of held) takenIn[item] = drawn
    for (let count = 0; count < target.length; ) {
      const item = rng.index(items)
      if (takenIn[item] === drawn) continue
      takenIn[item] = drawn
      target[count++] = item
    }
  }
  return ({ pattern: { rowCount, pointers: starts, columns: held }, values }: SparsePart) => {
    const countOf = (row: number) => Math.min(negatives, Math.floor((items - starts[row + 1] + starts[row]) / 2))
    const pointers = space.batchIntegers(rowCount + 1)
    for (let row = 0; row < rowCount; row++) {
      pointers[row + 1] = pointers[row] + starts[row + 1] - starts[row] + countOf(row)
    }
    const columns = space.batchIntegers(pointers[rowCount])
    const taken = space.batchFloats(columns.length)
    const logChances = space.batchFloats(columns.length)
    for (let row = 0; row < rowCount; row++) {
      const own = held.subarray(starts[row], starts[row + 1])
      const [first, others, end] = [pointers[row], pointers[row] + own.length, pointers[row + 1]]
      columns.set(own, first)
      taken.set(values.subarray(starts[row], starts[row + 1]), first)
      drawInto(columns.subarray(others, end), own)
      logChances.fill(Math.log((end - others) / (items - own.length)), others, end)
    }
    const pattern: SparsePattern = { rowCount, columnCount: items, pointers, columns }
    return { pattern, taken, logChances }
  }
}

/** Rows become columns. */
function turned(table: Float32Array, columnCount: number): Float32Array {
  const rowCount = table.length / columnCount
  return table.map((_, at) => table[(at % rowCount) * columnCount + Math.floor(at / rowCount)])
}
