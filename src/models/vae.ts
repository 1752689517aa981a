/**
 * Learns to restore a shopper's history from a part of it, and so to see what else belongs there.
 *
 * Mult-VAE and Mult-DAE of Liang et al., "Variational autoencoders for collaborative filtering", WWW 2018: a network
 * (vae-network.ts) trained by the multinomial likelihood of a row under dropout of its input; `variational` puts a code
 * with noise in the middle, whose divergence from a standard normal weighs `klWeight`, reached in a straight line over
 * `annealEpochs`. score = the outputs for the whole history, the code at its mean. Strengths are `binarise`d or not as
 * everywhere.
 *
 * Epochs: with `validationFraction` > 0 a share of each row's entries is held out, NDCG@20 on them watched, and the number
 * of epochs that served best is learnt anew on all entries. Who has no history gets popularity.
 * Fit: epochs · rows · items · width multiply-adds times about 6, or those of drawn outputs above `wholeUpTo` items;
 * score history × width + width² + items × width; state 2·items·width floats.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import type { Csr } from '../kernels/csr.ts'
import { activate } from '../kernels/elementwise.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { openSpace, type Space } from '../kernels/space.ts'
import type { SparsePart } from '../nn/embedding-bag.ts'
import { createAdam } from '../nn/optimiser.ts'
import type { Epoch, Fitted, FitRun, MemoryPlan, Model, ModelState } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, queryStrengths, type StrengthConfig, trainingMatrix } from './training-matrix.ts'
import { type Autoencoder, createAutoencoder, lengthOf, type NetworkShape } from './vae-network.ts'
import { createValidationFold } from './validation-fold.ts'

export interface VaeConfig extends StrengthConfig {
  readonly variational: boolean
  /** Widths of the bent layers from the input on; the variational one goes back up through the same. */
  readonly hiddenLayers: readonly number[]
  /** Length of the code; variational only. */
  readonly factors: number
  /** At most this many where a validation fold chooses. */
  readonly epochs: number
  /** Share of each row's entries held out to choose the number of epochs; 0 learns exactly `epochs`. */
  readonly validationFraction: number
  readonly learningRate: number
  /** Rows a minibatch. */
  readonly batchSize: number
  readonly ridge: number
  readonly dropout: number
  /** β, once it is reached; variational only. */
  readonly klWeight: number
  readonly annealEpochs: number
  /** With more items than this, outputs are drawn. */
  readonly wholeUpTo: number
  /** How many are drawn a row. */
  readonly negatives: number
}

const name = 'vae'
const version = 1
/** How often the validation fold is asked, at most. */
const checks = 20

export const vae: Model<VaeConfig> = {
  name,
  defaults: {
    variational: false,
    hiddenLayers: [200],
    factors: 64,
    epochs: 100,
    validationFraction: 0.2,
    learningRate: 0.001,
    batchSize: 64,
    ridge: 0.001,
    dropout: 0.5,
    klWeight: 0.2,
    annealEpochs: 20,
    wholeUpTo: 8192,
    negatives: 500,
    binarise: true,
    halfLifeDays: 90,
  },
  space: {
    variational: { among: [false, true] },
    hiddenLayers: { among: [[100], [200], [400]] },
    learningRate: { from: 0.0003, to: 0.003, scale: 'log' },
    dropout: { from: 0.2, to: 0.7, scale: 'linear' },
    klWeight: { from: 0.05, to: 1, scale: 'log' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan: ({ matrix }, config) => plan(matrix, config),
  fit: async (data, config, run) => {
    check(config)
    const matrix = trainingMatrix(name, data, config)
    const choosing = config.validationFraction > 0
    let epochs = config.epochs
    if (choosing) {
      const fold = createValidationFold({ ...data, matrix }, config.validationFraction, run.rng.fork('validation'))
      epochs = await chooseEpochs(fold, config, run)
    }
    return inSpace(async (space) => {
      const network = createAutoencoder(shapeOf(matrix, config), run.rng.fork('network'), space)
      for await (const epoch of learn(network, matrix, config, epochs, run, space)) {
        run.epoch(epoch)
        const done = epoch.epoch / epochs
        run.progress(choosing ? 0.5 + 0.5 * done : done, `epoch ${epoch.epoch} of ${epochs}`)
      }
      return fitted(freeze(network, matrix, config))
    })
  },
  load: fitted,
}

/** The weights, what they are to be moved by and two moments; of outputs drawn, no gradient; a minibatch. */
function plan({ columnCount, columns, rowCount }: Csr, config: VaeConfig): MemoryPlan {
  const { hiddenLayers, batchSize, negatives, wholeUpTo } = config
  const [first] = hiddenLayers
  const last = config.variational ? first : hiddenLayers[hiddenLayers.length - 1]
  const whole = columnCount <= wholeUpTo
  const rows = Math.min(batchSize, rowCount)
  const outputs = whole ? 8 * columnCount : 20 * (negatives + columns.length / rowCount)
  return {
    kernels: 4 * columnCount * (3 * first + (whole ? 4 : 3) * last) + rows * outputs,
    heap: 12 * columns.length + 8 * columnCount * (first + last),
  }
}

function check({ hiddenLayers, dropout, validationFraction }: VaeConfig): void {
  const wrong = [
    !(hiddenLayers.length > 0 && hiddenLayers.every((width) => Number.isInteger(width) && width > 0)) &&
      `"hiddenLayers" must list at least one width, whole numbers from 1`,
    !(dropout < 1) && `"dropout" must be below 1`,
    !(validationFraction < 1) && `"validationFraction" must be below 1`,
  ].filter((problem) => problem !== false)
  if (wrong.length > 0) throw new HaggleError('bad-config', `${name}: ${wrong.join('; ')}.`)
}

function shapeOf({ columnCount }: Csr, config: VaeConfig): NetworkShape {
  return {
    items: columnCount,
    widths: config.hiddenLayers,
    code: config.variational ? config.factors : null,
    dropout: config.dropout,
    negatives: columnCount <= config.wholeUpTo ? null : config.negatives,
  }
}

/** The memory of one network. */
async function inSpace<Result>(work: (space: Space) => Promise<Result>): Promise<Result> {
  const space = openSpace()
  try {
    return await work(space)
  } finally {
    space.release()
  }
}

/** @throws `diverged` as soon as a loss is no number. */
async function* learn(
  network: Autoencoder,
  matrix: Csr,
  config: VaeConfig,
  epochs: number,
  { rng, breathe }: { readonly rng: Rng; readonly breathe: Breathe },
  space: Space,
): AsyncGenerator<Epoch> {
  const optimiser = createAdam(network.parameters, config, space)
  const order = filledRows(matrix)
  const shuffler = rng.fork('order')
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffler.shuffle(order)
    const sums = { likelihood: 0, divergence: 0 }
    for (let start = 0; start < order.length; start += config.batchSize) {
      const done = epoch - 1 + start / order.length
      const beta = config.klWeight * Math.min(1, done / Math.max(config.annealEpochs, 1e-9))
      const rows = order.subarray(start, start + config.batchSize)
      const losses = network.learn(rowsOf(matrix, rows, space), beta, 1 / rows.length)
      optimiser.step()
      space.nextBatch()
      sums.likelihood += losses.likelihood / order.length
      sums.divergence += losses.divergence / order.length
      await breathe()
    }
    const total = sums.likelihood + (config.variational ? config.klWeight : 0) * sums.divergence
    if (!Number.isFinite(total)) {
      throw new HaggleError(
        'diverged',
        `${name}: stopped in epoch ${epoch}, a loss is not a number any more. Lower learningRate.`,
      )
    }
    yield { epoch, losses: { ...sums, total }, examples: order.length }
  }
}

function filledRows({ rowCount, pointers }: Csr): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row).filter((row) => pointers[row + 1] > pointers[row])
}

function rowsOf({ pointers: starts, columns, values, columnCount }: Csr, rows: Int32Array, space: Space): SparsePart {
  const pointers = space.batchIntegers(rows.length + 1)
  rows.forEach((row, at) => (pointers[at + 1] = pointers[at] + starts[row + 1] - starts[row]))
  const part = {
    pattern: { rowCount: rows.length, columnCount, pointers, columns: space.batchIntegers(pointers[rows.length]) },
    values: space.batchFloats(pointers[rows.length]),
  }
  rows.forEach((row, at) => {
    part.pattern.columns.set(columns.subarray(starts[row], starts[row + 1]), pointers[at])
    part.values.set(values.subarray(starts[row], starts[row + 1]), pointers[at])
  })
  return part
}

/** The number of epochs after which a network without the validation fold foresees it best. */
async function chooseEpochs(
  fold: ReturnType<typeof createValidationFold>,
  config: VaeConfig,
  run: FitRun,
): Promise<number> {
  const every = Math.ceil(config.epochs / checks)
  const { matrix } = fold.rest
  let best = { epoch: config.epochs, accuracy: 0 }
  await inSpace(async (space) => {
    const network = createAutoencoder(shapeOf(matrix, config), run.rng.fork('network'), space)
    for await (const { epoch } of learn(network, matrix, config, config.epochs, run, space)) {
      if (epoch % every > 0) continue
      const accuracy = await fold.accuracy(fitted(freeze(network, matrix, config)), run.breathe)
      if (accuracy > best.accuracy) best = { epoch, accuracy }
      run.progress((0.5 * epoch) / config.epochs, `epoch ${epoch} validation NDCG@20 ${accuracy.toFixed(4)}`)
      if (epoch >= 2 * best.epoch + 5 * every) break
    }
  })
  return best.epoch
}

function freeze(network: Autoencoder, matrix: Csr, config: VaeConfig): ModelState {
  const weights = network.weights().map((values, at) => [`parameter${at}`, values] as const)
  const arrays = { ...Object.fromEntries(weights), prior: popularityPrior(matrix) }
  return { model: name, version, config, itemCount: matrix.columnCount, arrays }
}

/** A layer as it answers: one row an input. */
interface Layer {
  readonly inputs: number
  readonly outputs: number
  /** As stored; of the code's layer, the means alone are used. */
  readonly stored: number
  readonly bent: boolean
}

function layersOf(itemCount: number, { hiddenLayers, variational, factors }: VaeConfig): Layer[] {
  const inputs = [itemCount, ...hiddenLayers]
  const down = hiddenLayers.map((outputs, at) => ({ inputs: inputs[at], outputs, stored: outputs, bent: true }))
  if (!variational) return down
  const code = { inputs: inputs[inputs.length - 1], outputs: factors, stored: 2 * factors, bent: false }
  const back = [factors, ...hiddenLayers.toReversed()]
  const up = back.slice(1).map((outputs, at) => ({ inputs: back[at], outputs, stored: outputs, bent: true }))
  return [...down, code, ...up]
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const opened = openState(state, name, version)
  const config = state.config as VaeConfig
  const layers = layersOf(itemCount, config).map(({ inputs, outputs, stored, bent }, at) => ({
    weights: createItemTable(opened.floats(`parameter${2 * at}`, inputs * stored), inputs, stored),
    bias: opened.floats(`parameter${2 * at + 1}`, stored).slice(),
    units: Int32Array.from({ length: outputs }, (_, unit) => unit),
    bent,
  }))
  const width = layers[layers.length - 1].units.length
  const outputs = opened.floats(`parameter${2 * layers.length}`, itemCount * width)
  const bias = opened.floats(`parameter${2 * layers.length + 1}`, itemCount).slice()
  const items = createItemTable(outputs, itemCount, width, { bias })
  const prior = opened.floats('prior', itemCount).slice()
  return {
    itemCount,
    score: (query, scores) => {
      const strengths = queryStrengths(query, config)
      const length = lengthOf(strengths)
      let input = { rows: query.items, strengths: strengths.map((strength) => strength / length) }
      for (const { weights, bias: start, units, bent } of layers) {
        const sums = start.slice()
        weights.combine(input.rows, input.strengths, sums)
        if (bent) activate('tanh', sums)
        input = { rows: units, strengths: sums.subarray(0, units.length) }
      }
      if (query.items.length === 0) scores.set(prior)
      else items.dots(input.strengths, scores)
    },
    serialise: () => {
      const kept = [...layers.flatMap((layer) => [layer.weights.values(), layer.bias]), items.values(), bias]
      const arrays = Object.fromEntries(kept.map((values, at) => [`parameter${at}`, values]))
      return { model: name, version, config, itemCount, arrays: { ...arrays, prior } }
    },
  }
}
