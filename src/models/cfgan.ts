/**
 * Lets one network propose what a shopper would buy and another object until it can no longer tell it from the truth.
 *
 * The classical adversarial recommender (Chae et al., "CFGAN", CIKM 2018); the game itself is in cfgan-game.ts. The game
 * knows facts only, neither strengths nor ages: the discriminator's truth is a profile of ones.
 *
 * `mode: 'users'`: a row is a shopper, G(c) scores the catalogue. One forward pass answers anybody: a sparse first
 * layer, then items × width.
 * `mode: 'items'`: a row is an item, its condition the shoppers who have it and the mean of their behaviour features.
 * G(c)_u = w_u·h(c) has an output unit w_u for each known shopper, hence nothing to say to a new one, and a model is not
 * told who asks. So serving keeps of the game only the body h it has taught, and replaces the unit by one fitted to the
 * history of who asks, in closed form, as the best reply to a frozen body:
 *   w = argmin Σ_i (w·h_i − x_i)² + foldInRidge·‖w‖² = (HᵀH + foldInRidge·I)⁻¹ Σ_{i in history} x_i·h_i
 * where H (items × (width + 1)) holds h_i and a constant 1, and x_i is 1, halved every `halfLifeDays` where ages are
 * known. Known shoppers are answered in the same way, so that an event counts at once for everybody. What comes from
 * the game and what from this regression is measured in docs/models.md: a body that never played ranks a third (Ciao)
 * and a fifth (MovieLens) lower, the played body with its own output units 5 to 6 % lower. Score:
 * history × width + width² + items × width.
 *
 * Epochs: with `validationFraction` > 0 a share of each shopper's entries is held out, NDCG@20 on them watched, and the
 * number of epochs that served best is played anew on all entries. Shoppers without history get popularity.
 */
import type { Breathe } from '../base/breathe.ts'
import { HaggleError } from '../domain/errors.ts'
import { choleskyFactor, choleskyInverse } from '../kernels/cholesky.ts'
import { type Csr, transpose } from '../kernels/csr.ts'
import { activate } from '../kernels/elementwise.ts'
import { gemm } from '../kernels/gemm.ts'
import { createItemTable } from '../kernels/item-table.ts'
import { openSpace, type Space } from '../kernels/space.ts'
import { addScaled, dot } from '../kernels/vector.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import type { Conditions } from './cfgan-batches.ts'
import { createGame, type Game, type GameConfig, type Generator } from './cfgan-game.ts'
import { linearParts } from './explain.ts'
import type { Epoch, Fitted, FitRun, MemoryPlan, Model, ModelState, Query } from './model.ts'
import { type OpenState, openState } from './state.ts'
import { popularityPrior, queryStrengths, trainingMatrix } from './training-matrix.ts'
import { createValidationFold } from './validation-fold.ts'

export interface CfganConfig extends GameConfig {
  /** What a row is: a shopper, or an item. */
  readonly mode: 'users' | 'items'
  /** At most this many where a validation fold chooses. */
  readonly epochs: number
  /** Share of each shopper's entries held out to choose the number of epochs; 0 plays exactly `epochs`. */
  readonly validationFraction: number
  /** Items mode only. */
  readonly foldInRidge: number
  /** Items mode only: how fast an entry of the history of who asks fades while their output unit is fitted. */
  readonly halfLifeDays: number
}

const name = 'cfgan'
const version = 1
/** How often the validation fold is asked, at most. */
const checks = 20
/** Proposals that differ less than this from row to row, for this many epochs on end, are a collapse. */
const collapsedBelow = 1e-4
const collapsedEpochs = 5

export const cfgan: Model<CfganConfig> = {
  name,
  defaults: {
    mode: 'items',
    scheme: 'ZP',
    generatorLayers: [128],
    discriminatorLayers: [64],
    epochs: 100,
    validationFraction: 0.2,
    learningRate: 0.001,
    batchSize: 64,
    ridge: 0.001,
    dropout: 0,
    lambda: 1,
    zeroReconstruction: 0.1,
    zeroRatio: 5,
    maskRatio: 2,
    foldInRidge: 300,
    halfLifeDays: 90,
  },
  space: {
    scheme: { among: ['ZR', 'PM', 'ZP'] },
    generatorLayers: { among: [[64], [128], [256]] },
    learningRate: { from: 0.0003, to: 0.003, scale: 'log' },
    zeroRatio: { from: 1, to: 15, scale: 'linear' },
    maskRatio: { from: 0.5, to: 5, scale: 'linear' },
    foldInRidge: { from: 10, to: 1000, scale: 'log' },
    halfLifeDays: { from: 10, to: 365, scale: 'log' },
  },
  plan,
  fit: async (data, config, run) => {
    check(config)
    const binary = { ...data, matrix: trainingMatrix(name, data, { binarise: true, halfLifeDays: Infinity }) }
    const choosing = config.validationFraction > 0
    const epochs = choosing ? await chooseEpochs(binary, config, run) : config.epochs
    return inSpace(async (space) => {
      const game = createGame(conditionsOf(binary, config), config, run.rng.fork('game'), space)
      for await (const epoch of play(game, epochs, run.breathe)) {
        run.epoch(epoch)
        const done = epoch.epoch / epochs
        run.progress(choosing ? 0.5 + 0.5 * done : done, `epoch ${epoch.epoch} of ${epochs}`)
      }
      return fitted(freeze(game.generator, binary, config))
    })
  },
  load: fitted,
}

/** Two networks of float32, each weight with two moments, and about as much again of the largest layers' gradients. */
function plan({ matrix, featureNames }: Interactions, config: CfganConfig): MemoryPlan {
  const columns = config.mode === 'users' ? matrix.columnCount : matrix.rowCount
  const inputs = columns + featureNames.length
  const weights = (widths: readonly number[]) =>
    widths.slice(1).reduce((sum, width, at) => sum + (widths[at] + 1) * width, 0)
  const generator = weights([inputs, ...config.generatorLayers, columns])
  const discriminator = weights([inputs + columns, ...config.discriminatorLayers, 1])
  const width = Math.max(config.generatorLayers.at(-1) ?? 0, 1)
  return {
    kernels: 14 * (generator + discriminator),
    heap: 24 * matrix.columns.length + 4 * matrix.columnCount * (width + 1),
  }
}

function check({ mode, scheme, generatorLayers, discriminatorLayers, dropout, validationFraction }: CfganConfig): void {
  const layers = [generatorLayers, discriminatorLayers]
  const wrong = [
    mode !== 'users' && mode !== 'items' && `"mode" must be users or items`,
    !['ZR', 'PM', 'ZP'].includes(scheme) && `"scheme" must be ZR, PM or ZP`,
    !layers.every((widths) => widths.length > 0 && widths.every((width) => Number.isInteger(width) && width > 0)) &&
      `"generatorLayers" and "discriminatorLayers" must list at least one width each, whole numbers from 1`,
    !(dropout < 1) && `"dropout" must be below 1`,
    !(validationFraction < 1) && `"validationFraction" must be below 1`,
  ].filter((problem) => problem !== false)
  if (wrong.length > 0) throw new HaggleError('bad-config', `${name}: ${wrong.join('; ')}.`)
}

/** The memory of one game. */
async function inSpace<Result>(work: (space: Space) => Promise<Result>): Promise<Result> {
  const space = openSpace()
  try {
    return await work(space)
  } finally {
    space.release()
  }
}

/** @throws `diverged` as soon as a loss is no number, or proposals have been the same for every row for a while. */
async function* play(game: Game, epochs: number, breathe: Breathe): AsyncGenerator<Epoch> {
  let collapsedFor = 0
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const losses = await game.playEpoch(breathe)
    const spread = game.spread()
    if (!Number.isFinite(losses.total) || Number.isNaN(spread)) throw diverged(epoch, 'a loss is not a number any more')
    collapsedFor = spread < collapsedBelow ? collapsedFor + 1 : 0
    if (collapsedFor >= collapsedEpochs)
      throw diverged(epoch, 'the generator proposes the same to every row (collapse)')
    yield { epoch, losses, examples: game.examples }
  }
}

function diverged(epoch: number, why: string): HaggleError {
  const advice = 'Lower learningRate or ridge, or change lambda and zeroReconstruction.'
  return new HaggleError('diverged', `${name}: stopped in epoch ${epoch}, ${why}. ${advice}`)
}

/** The number of epochs after which a game without the validation fold foresees it best. */
async function chooseEpochs(data: Interactions, config: CfganConfig, run: FitRun): Promise<number> {
  const fold = createValidationFold(data, config.validationFraction, run.rng.fork('validation'))
  const every = Math.ceil(config.epochs / checks)
  let best = { epoch: config.epochs, accuracy: 0 }
  await inSpace(async (space) => {
    const game = createGame(conditionsOf(fold.rest, config), config, run.rng.fork('game'), space)
    for await (const { epoch } of play(game, config.epochs, run.breathe)) {
      if (epoch % every > 0) continue
      const accuracy = await fold.accuracy(fitted(freeze(game.generator, fold.rest, config)), run.breathe)
      if (accuracy > best.accuracy) best = { epoch, accuracy }
      run.progress((0.5 * epoch) / config.epochs, `epoch ${epoch} validation NDCG@20 ${accuracy.toFixed(4)}`)
      if (epoch >= 2 * best.epoch + 5 * every) break
    }
  })
  return best.epoch
}

function conditionsOf({ matrix, rowFeatures, featureNames }: Interactions, { mode }: CfganConfig): Conditions {
  const featureCount = featureNames.length
  if (mode === 'users') return { matrix, features: rowFeatures, featureCount }
  const shoppers = transpose(matrix)
  return { matrix: shoppers, features: rowFeatures && meanFeatures(shoppers, rowFeatures, featureCount), featureCount }
}

/** For each item the mean of its shoppers' features. */
function meanFeatures(shoppers: Csr, rowFeatures: Float32Array, featureCount: number): Float32Array {
  const { rowCount, pointers, columns } = shoppers
  const means = new Float32Array(rowCount * featureCount)
  for (let item = 0; item < rowCount; item++) {
    const part = 1 / (pointers[item + 1] - pointers[item])
    for (let at = pointers[item]; at < pointers[item + 1]; at++) {
      addScaled(means, item * featureCount, rowFeatures, columns[at] * featureCount, featureCount, part)
    }
  }
  return means
}

/** What serving needs of the generator: all of it for rows of shoppers, its view of each item for rows of items. */
function freeze(generator: Generator, data: Interactions, config: CfganConfig): ModelState {
  const arrays = config.mode === 'users' ? frozenNetwork(generator) : frozenItems(generator, data, config)
  const prior = popularityPrior(data.matrix)
  return { model: name, version, config, itemCount: data.matrix.columnCount, arrays: { ...arrays, prior } }
}

function frozenNetwork({ trunk, output }: Generator): Record<string, Float32Array> {
  const parameters = [...trunk.parameters, ...output.parameters]
  return Object.fromEntries(parameters.map(({ values }, at) => [`parameter${at}`, Float32Array.from(values)]))
}

/** H, and (HᵀH + foldInRidge·I)⁻¹. */
function frozenItems(generator: Generator, data: Interactions, config: CfganConfig): Record<string, Float32Array> {
  const conditions = conditionsOf(data, config)
  const itemCount = conditions.matrix.rowCount
  const width = generator.trunk.outputs + 1
  const items = new Float32Array(itemCount * width).fill(1)
  const views = generator.viewsOf(conditions)
  for (let item = 0; item < itemCount; item++) {
    items.set(views.subarray(item * (width - 1), (item + 1) * (width - 1)), item * width)
  }
  const gram = new Float64Array(width * width)
  gemm(width, width, itemCount, items, items, gram, { transposeA: true })
  for (let at = 0; at < width; at++) gram[at * width + at] += config.foldInRidge
  if (!choleskyFactor(gram, width)) {
    throw new HaggleError(
      'diverged',
      `${name}: shoppers cannot be folded in; raise foldInRidge (${config.foldInRidge}).`,
    )
  }
  return { items, inverse: Float32Array.from(choleskyInverse(gram, width)) }
}

function fitted(state: ModelState): Fitted {
  const { itemCount } = state
  const opened = openState(state, name, version)
  const prior = opened.floats('prior', itemCount).slice()
  const config = state.config as CfganConfig
  const { reply, part, arrays } =
    config.mode === 'users' ? networkReply(state, config, opened) : foldedReply(state, config, opened)
  return {
    itemCount,
    score: (query, scores) => {
      if (query.items.length === 0) scores.set(prior)
      else reply(query, scores)
    },
    ...(part && {
      explain: (query: Query, item: number) =>
        query.items.length === 0 ? linearParts(query, prior[item], () => 0) : linearParts(query, 0, part(query, item)),
    }),
    serialise: () => ({ model: name, version, config, itemCount, arrays: { ...arrays(), prior } }),
  }
}

/** How known and new shoppers are answered, and what that needs. */
interface Replier {
  readonly reply: (query: Query, scores: Float32Array) => void
  /** What the entry at a place of the history adds to an item's score, where that is a sum. */
  readonly part?: (query: Query, item: number) => (place: number) => number
  readonly arrays: () => Record<string, Float32Array>
}

/** One forward pass. */
function networkReply({ arrays, itemCount }: ModelState, { generatorLayers }: CfganConfig, opened: OpenState): Replier {
  const [first] = generatorLayers
  const featureCount = Math.max(0, Math.floor((arrays.parameter0?.length ?? 0) / first) - itemCount)
  const inputs = [itemCount + featureCount, ...generatorLayers]
  const layers = generatorLayers.map((width, at) => ({
    weights: createItemTable(opened.floats(`parameter${2 * at}`, inputs[at] * width), inputs[at], width),
    bias: opened.floats(`parameter${2 * at + 1}`, width).slice(),
    units: Int32Array.from({ length: width }, (_, unit) => unit),
  }))
  const last = generatorLayers[generatorLayers.length - 1]
  const outputs = opened.floats(`parameter${2 * layers.length}`, itemCount * last)
  const bias = opened.floats(`parameter${2 * layers.length + 1}`, itemCount).slice()
  const items = createItemTable(outputs, itemCount, last, { bias })
  return {
    reply: (query, scores) => {
      let input = conditionRows(query, itemCount, featureCount)
      for (const { weights, bias: start, units } of layers) {
        const sums = start.slice()
        weights.combine(input.rows, input.strengths, sums)
        activate('sigmoid', sums)
        input = { rows: units, strengths: sums }
      }
      items.dots(input.strengths, scores)
    },
    arrays: () => {
      const kept = [...layers.flatMap((layer) => [layer.weights.values(), layer.bias]), items.values(), bias]
      return Object.fromEntries(kept.map((values, at) => [`parameter${at}`, values]))
    },
  }
}

/** Which rows of the first layer a shopper brings in: an item counts 1, a feature its value. */
function conditionRows({ items, features }: Query, itemCount: number, featureCount: number) {
  const used = features === null ? 0 : featureCount
  const rows = new Int32Array(items.length + used).map((_, at) => itemCount + at - items.length)
  rows.set(items)
  const strengths = new Float32Array(rows.length).fill(1)
  if (features !== null) strengths.set(features.subarray(0, used), items.length)
  return { rows, strengths }
}

/** The shopper's output unit, then its reply to every item. */
function foldedReply({ itemCount }: ModelState, config: CfganConfig, opened: OpenState): Replier {
  const { generatorLayers, halfLifeDays } = config
  const width = generatorLayers[generatorLayers.length - 1] + 1
  const items = createItemTable(opened.floats('items', itemCount * width), itemCount, width)
  const inverse = createItemTable(opened.floats('inverse', width * width), width, width)
  const strengthsOf = (query: Query) => queryStrengths(query, { binarise: true, halfLifeDays })
  return {
    part: (query, item) => {
      const reach = new Float32Array(width)
      inverse.dots(items.rows(Int32Array.of(item)), reach)
      const [met, strengths] = [items.rows(query.items), strengthsOf(query)]
      return (place) => strengths[place] * dot(reach, 0, met, place * width, width)
    },
    reply: (query, scores) => {
      const sums = new Float32Array(width)
      items.combine(query.items, strengthsOf(query), sums)
      const unit = new Float32Array(width)
      inverse.dots(sums, unit)
      items.dots(unit, scores)
    },
    arrays: () => ({ items: items.values(), inverse: inverse.values() }),
  }
}
