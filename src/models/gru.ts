/**
 * Follows a visit click by click with a small memory, and names what comes next.
 *
 * h_t = GRU(E[i_t], h_(t−1)) over the latest `maximumLength` items of the history, score = E·h + b; how it learns is in
 * gru-network.ts. Rows of more items are cut into pieces of that length; the order within one moment (a basket, a table
 * without times) is drawn anew in every epoch. Strengths and half-lives play no part.
 * Source: GRU4Rec, Hidasi and Karatzoglou, "Recurrent neural networks with top-k gains for session-based
 * recommendations", CIKM 2018, here with the sampled softmax and the whole way back through time. Fit: epochs ·
 * interactions · 6·factors·(candidates + 6·factors); memory 12·items·factors bytes and a minibatch's logits; state
 * 4·items·factors bytes; score history · 12·factors² + 2·items·factors.
 */
import { HaggleError } from '../domain/errors.ts'
import type { Rng } from '../base/rng.ts'
import { columnSums } from '../kernels/csr.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { openSpace } from '../kernels/space.ts'
import { sigmoid } from '../nn/losses.ts'
import { createAdam } from '../nn/optimiser.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { entryOrder } from './entry-order.ts'
import { createGruNetwork, type GruNetwork, type GruNetworkOptions } from './gru-network.ts'
import type { Fitted, FitRun, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, trainingMatrix } from './training-matrix.ts'

export interface GruConfig extends GruNetworkOptions {
  readonly epochs: number
  /** Sequences a minibatch. */
  readonly batchSize: number
  readonly learningRate: number
  readonly ridge: number
  readonly maximumLength: number
}

const name = 'gru'
const version = 1

export const gru: Model<GruConfig> = {
  name,
  defaults: {
    factors: 64,
    epochs: 15,
    batchSize: 128,
    learningRate: 0.006,
    ridge: 0,
    dropout: 0.5,
    samples: 1000,
    maximumLength: 30,
  },
  space: {
    factors: { among: [32, 64, 128] },
    epochs: { among: [8, 15, 25] },
    learningRate: { from: 0.002, to: 0.02, scale: 'log' },
    dropout: { from: 0.1, to: 0.7, scale: 'linear' },
    samples: { among: [500, 1000, 2000] },
  },
  plan: ({ matrix }, config) => {
    const positions = config.batchSize * Math.min(config.maximumLength, matrix.columns.length / matrix.rowCount + 1)
    const candidates = Math.min(matrix.columnCount, config.samples + positions)
    const table = 4 * matrix.columnCount * config.factors
    return {
      // Logits and their slopes, the ends of chunks included; what the steps of the cell leave for the way back.
      kernels: 3 * table + 12 * positions * candidates + 4 * config.factors * (22 * positions + 4 * candidates),
      heap: 2 * table + 24 * matrix.columns.length,
    }
  },
  fit: async (data, config, run) => {
    await run.breathe()
    const matrix = trainingMatrix(name, data, { binarise: false, halfLifeDays: 1 })
    const space = openSpace()
    try {
      const network = createGruNetwork(columnSums(matrix, 0), config, run.rng.fork('network'), space)
      const optimiser = createAdam(network.parameters, config, space)
      const drawSequences = createSequences(data, config.maximumLength, run.rng.fork('order'))
      for (let epoch = 1; epoch <= config.epochs; epoch++) {
        const sequences = drawSequences()
        const batches = batchesOf(sequences, config.batchSize)
        const loss = await playEpoch(network, batches, run, () => {
          optimiser.step()
          space.nextBatch()
        })
        if (!Number.isFinite(loss)) {
          throw new HaggleError('diverged', `${name}: the loss is no number in epoch ${epoch}: lower learningRate.`)
        }
        run.epoch({ epoch, losses: { total: loss }, examples: sequences.length })
        run.progress(epoch / config.epochs, `loss ${loss.toFixed(3)}`)
      }
      return fitted({
        model: name,
        version,
        config,
        itemCount: matrix.columnCount,
        arrays: { ...frozen(network), prior: popularityPrior({ ...matrix, values: matrix.values.map(() => 1) }) },
      })
    } finally {
      space.release()
    }
  },
  load: fitted,
}

/** The mean loss of a position; 0 where no row has two items. */
async function playEpoch(
  network: GruNetwork,
  batches: readonly (readonly Int32Array[])[],
  { breathe }: FitRun,
  step: () => void,
): Promise<number> {
  let [sum, count] = [0, 0]
  for (const batch of batches) {
    const { loss, positions } = network.learn(batch)
    step()
    sum += loss
    count += positions
    await breathe()
  }
  return sum / Math.max(1, count)
}

/** Each call draws a new order of sequences, and of what happened at once; rows of one item teach nothing. */
function createSequences(data: Interactions, maximumLength: number, rng: Rng): () => Int32Array[] {
  const { pointers, items, moments } = stepsOf(data)
  return () => {
    const sequences: Int32Array[] = []
    for (let row = 0; row < data.matrix.rowCount; row++) {
      const [start, end] = [pointers[row], pointers[row + 1]]
      for (let from = start; from < end; ) {
        let to = from + 1
        while (to < end && moments !== null && moments[to] === moments[from]) to++
        if (to - from > 1) rng.shuffle(items.subarray(from, to))
        from = to
      }
      // From the latest back, so that the latest piece is whole; one item of the next piece is this one's last target.
      for (let last = end; last - start > 1; last -= maximumLength) {
        sequences.push(items.slice(Math.max(start, last - maximumLength - 1), last))
      }
    }
    return rng.shuffle(sequences)
  }
}

/** Each row's items, oldest first; each once unless the table kept all steps. `moments` tells what happened at once. */
function stepsOf(data: Interactions): { pointers: Int32Array; items: Int32Array; moments: Int32Array | null } {
  if (data.steps !== undefined) return { pointers: data.steps.pointers, items: data.steps.columns, moments: null }
  const { entries, moments } = entryOrder(data)
  return { pointers: data.matrix.pointers, items: entries.map((entry) => data.matrix.columns[entry]), moments }
}

function batchesOf(sequences: readonly Int32Array[], batchSize: number): Int32Array[][] {
  return Array.from({ length: Math.ceil(sequences.length / batchSize) }, (_, at) =>
    sequences.slice(at * batchSize, (at + 1) * batchSize),
  )
}

const arrayNames = ['items', 'bias', 'inputWeights', 'inputBias', 'recurrentWeights', 'recurrentBias']

function frozen({ parameters }: GruNetwork): Record<string, Float32Array> {
  return Object.fromEntries(parameters.map(({ values }, at) => [arrayNames[at], Float32Array.from(values)]))
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const { factors, maximumLength } = state.config as GruConfig
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount)
  const vectors = opened.floats('items', itemCount * factors)
  const items = createItemTable(vectors, itemCount, factors, { bias: opened.floats('bias', itemCount) })
  const step = createStep(
    {
      inputWeights: opened.floats('inputWeights', 3 * factors * factors),
      inputBias: opened.floats('inputBias', 3 * factors),
      recurrentWeights: opened.floats('recurrentWeights', 3 * factors * factors),
      recurrentBias: opened.floats('recurrentBias', 3 * factors),
    },
    factors,
  )
  const hidden = new Float32Array(factors)
  return {
    itemCount,
    score: (query, scores) => {
      if (query.items.length === 0) {
        scores.set(prior)
        return
      }
      hidden.fill(0)
      for (const item of query.items.slice(-maximumLength)) {
        step(vectors.subarray(item * factors, (item + 1) * factors), hidden)
      }
      items.dots(hidden, scores)
    },
    serialise: () => state,
  }
}

interface CellWeights {
  readonly inputWeights: Float32Array
  readonly inputBias: Float32Array
  readonly recurrentWeights: Float32Array
  readonly recurrentBias: Float32Array
}

/** One step of nn/gru-cell.ts for one visit; `hidden` moves on in place. */
function createStep(weights: CellWeights, width: number): (input: Float32Array, hidden: Float32Array) => void {
  const heard = new Float32Array(3 * width)
  const remembered = new Float32Array(3 * width)
  return (input, hidden) => {
    product(input, weights.inputWeights, weights.inputBias, heard)
    product(hidden, weights.recurrentWeights, weights.recurrentBias, remembered)
    for (let at = 0; at < width; at++) {
      const reset = sigmoid(heard[at] + remembered[at])
      const keep = sigmoid(heard[width + at] + remembered[width + at])
      const candidate = Math.tanh(heard[2 * width + at] + reset * remembered[2 * width + at])
      hidden[at] = (1 - keep) * candidate + keep * hidden[at]
    }
  }
}

/** output = input·W + b. */
function product(input: Float32Array, weights: Float32Array, bias: Float32Array, output: Float32Array): void {
  const width = output.length
  output.set(bias)
  for (let from = 0; from < input.length; from++) {
    const value = input[from]
    for (let to = 0; to < width; to++) output[to] += value * weights[from * width + to]
  }
}
