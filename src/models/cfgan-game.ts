/**
 * Two networks that haggle: one proposes what a row would hold, the other objects until it cannot tell.
 *
 * For a row's condition c (its entries, and its features if any), real profile x, proposal x̂ = G(c) and mask e:
 *   L_D = E softplus(−D(c, x)) + E softplus(D(c, x̂⊙e))
 *   L_G = E softplus(−D(c, x̂⊙e)) + zeroReconstruction · E Σ_{j∈Z} x̂_j²
 *   L = L_G + λ · L_D
 * e lets through the row's entries and, with partial masking (PM), sampled missing ones; Z are missing ones sampled for
 * zero-reconstruction (ZR); ZP does both. L_G is the non-saturating form of log(1 − D).
 * Source: Chae et al., "CFGAN: a generic collaborative filtering framework based on generative adversarial networks",
 * CIKM 2018. An epoch costs O(entries · (1 + maskRatio + zeroRatio) · width), not rows × columns: G computes only the
 * outputs somebody looks at, D reads only what the mask lets through (but see cfgan-selection.ts where that is half).
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import type { Csr } from '../kernels/csr.ts'
import { heapSpace, type Space } from '../kernels/space.ts'
import type { Floats } from '../kernels/vector.ts'
import { createDenseLayer } from '../nn/dense-layer.ts'
import type { SparseBatch, SparsePart } from '../nn/embedding-bag.ts'
import { binaryCrossEntropy } from '../nn/losses.ts'
import { createAdam } from '../nn/optimiser.ts'
import { batchMatrix, type Matrix } from '../nn/parameter.ts'
import { createSampledLayer, type SampledLayer } from '../nn/sampled-layer.ts'
import { createTrunk, type Trunk } from '../nn/trunk.ts'
import { type Batch, conditionOf, type Conditions, createBatches, type Sampling } from './cfgan-batches.ts'

export interface GameConfig extends Sampling {
  /** Widths of the hidden layers, first to last. */
  readonly generatorLayers: readonly number[]
  readonly discriminatorLayers: readonly number[]
  readonly learningRate: number
  /** Rows a step; fewer where the data is so small that an epoch would have under 16 steps. */
  readonly batchSize: number
  /** L2 penalty on the weights of both networks. */
  readonly ridge: number
  /** Weight of L_D in L. Under Adam the scale of a loss does not change its step, so λ scales D's step itself. */
  readonly lambda: number
  readonly zeroReconstruction: number
}

/** Means over the rows of an epoch. */
export interface GameLosses extends Readonly<Record<string, number>> {
  readonly generator: number
  readonly discriminator: number
  readonly total: number
}

export interface Game {
  readonly generator: Generator
  /** Rows an epoch. */
  readonly examples: number
  /** `watch` is told the mean losses of every step. */
  readonly playEpoch: (breathe: Breathe, watch?: (losses: GameLosses) => void) => Promise<GameLosses>
  /**
   * How much G's proposals differ from row to row: the standard deviation of an output over up to 64 rows, mean over up
   * to 64 columns. Close to 0 after a collapse; infinite where the rows themselves are alike and nothing can differ.
   */
  spread(): number
}

/** Its numbers live in the space of its game. */
export interface Generator {
  readonly trunk: Trunk
  readonly output: SampledLayer
  /** The body's view of every row, rowCount × trunk.outputs. */
  viewsOf(conditions: Conditions): Float32Array
}

export function createGame(conditions: Conditions, config: GameConfig, rng: Rng, space: Space): Game {
  const columns = conditions.matrix.columnCount
  const inputs = columns + conditions.featureCount
  const generator = createGenerator(inputs, columns, config, rng.fork('generator'), space)
  const discriminator = createDiscriminator(inputs + columns, config, rng.fork('discriminator'), space)
  const learnGenerator = createGeneratorStep(generator, config, space)
  const rows = filledRows(conditions.matrix)
  const batchSize = Math.max(1, Math.min(config.batchSize, Math.ceil(rows.length / 16)))
  const drawing = rng.fork('batches')
  const drawBatch = createBatches(conditions, config, drawing, space)
  const probe = createProbe(generator, conditions, rows.slice())

  /** One step of each network on one minibatch; the sums of both losses over its rows. */
  const play = (batch: Batch): { generator: number; discriminator: number } => {
    const { condition, selection } = batch
    const trace = generator.trunk.forward(batch.dropped)
    const outputs = generator.output.forward(trace[trace.length - 1], selection.asked)
    const shown = selection.shown(outputs)
    const objection = discriminator.learn(condition, batch.profile, shown)
    const advice = discriminator.advise([...condition, shown])
    return { generator: advice.loss + learnGenerator(batch, trace, outputs, advice.gradient), discriminator: objection }
  }
  const means = (generatorLoss: number, discriminatorLoss: number, count: number): GameLosses => {
    const [g, d] = [generatorLoss / count, discriminatorLoss / count]
    return { generator: g, discriminator: d, total: g + config.lambda * d }
  }

  return {
    generator,
    examples: rows.length,
    playEpoch: async (breathe, watch) => {
      drawing.shuffle(rows)
      let generatorLoss = 0
      let discriminatorLoss = 0
      for (let start = 0; start < rows.length; start += batchSize) {
        space.nextBatch()
        const chosen = rows.subarray(start, start + batchSize)
        const losses = play(drawBatch(chosen))
        watch?.(means(losses.generator, losses.discriminator, chosen.length))
        generatorLoss += losses.generator
        discriminatorLoss += losses.discriminator
        await breathe()
      }
      return means(generatorLoss, discriminatorLoss, rows.length)
    },
    spread: () => {
      space.nextBatch()
      return probe()
    },
  }
}

const rowsAtATime = 256

function createGenerator(inputs: number, columns: number, config: GameConfig, rng: Rng, space: Space): Generator {
  const trunk = createTrunk({ inputs, widths: config.generatorLayers, activation: 'sigmoid' }, rng, space)
  return {
    trunk,
    output: createSampledLayer(trunk.outputs, columns, rng, space),
    viewsOf: (conditions) => {
      const all = Int32Array.from({ length: conditions.matrix.rowCount }, (_, row) => row)
      const views = new Float32Array(all.length * trunk.outputs)
      for (let start = 0; start < all.length; start += rowsAtATime) {
        space.nextBatch()
        const trace = trunk.forward(conditionOf(conditions, all.subarray(start, start + rowsAtATime), space))
        views.set(trace[trace.length - 1].values, start * trunk.outputs)
      }
      return views
    },
  }
}

/** Hands back the summed zero-reconstruction term. `shownGradient` is what D says about what it was shown. */
function createGeneratorStep(
  { trunk, output }: Generator,
  { learningRate, ridge, zeroReconstruction }: GameConfig,
  space: Space,
): (batch: Batch, trace: readonly Matrix[], outputs: Floats, shownGradient: Floats) => number {
  const optimiser = createAdam([...trunk.parameters, ...output.parameters], { learningRate, ridge }, space)
  return ({ rowCount, dropped, selection }, trace, outputs, shownGradient) => {
    const { gradient, squares } = selection.pull(outputs, shownGradient, zeroReconstruction / rowCount)
    output.addGradient(trace[trace.length - 1], selection.asked, gradient)
    trunk.addGradient(dropped, trace, output.inputGradient(selection.asked, gradient))
    optimiser.step()
    return zeroReconstruction * squares
  }
}

/** Reads the condition's parts and, last, a profile. */
interface Discriminator {
  /** One step towards telling a `real` profile from a `fake` one; the summed loss before it. */
  learn(condition: SparseBatch, real: SparseBatch[number], fake: SparseBatch[number]): number
  /** The generator's summed loss for `fake`, and its mean's gradient for the entries of the profile. */
  advise(fake: SparseBatch): { readonly loss: number; readonly gradient: Floats }
}

function createDiscriminator(
  inputs: number,
  { discriminatorLayers, learningRate, lambda, ridge }: GameConfig,
  rng: Rng,
  space: Space,
): Discriminator {
  const trunk = createTrunk({ inputs, widths: discriminatorLayers, activation: 'sigmoid' }, rng, space)
  const verdict = createDenseLayer(trunk.outputs, 1, rng, space)
  const parameters = [...trunk.parameters, ...verdict.parameters]
  const optimiser = createAdam(parameters, { learningRate: learningRate * lambda, ridge }, space)
  const judge = (input: SparseBatch, label: 0 | 1, known?: Matrix) => {
    const trace = trunk.forward(input, known)
    const hidden = trace[trace.length - 1]
    const logits = verdict.forward(hidden)
    const gradient = batchMatrix(logits.rowCount, 1, space)
    const loss = binaryCrossEntropy(logits.values, label, 1 / logits.rowCount, gradient.values)
    return { trace, hidden, gradient, loss }
  }
  const accumulate = (input: SparseBatch, label: 0 | 1, known: Matrix): number => {
    const { trace, hidden, gradient, loss } = judge(input, label, known)
    verdict.addGradient(hidden, gradient)
    trunk.addGradient(input, trace, verdict.inputGradient(gradient))
    return loss
  }
  return {
    learn: (condition, real, fake) => {
      const known = trunk.begin(condition)
      const loss = accumulate([...condition, real], 1, known) + accumulate([...condition, fake], 0, known)
      optimiser.step()
      return loss
    },
    advise: (fake) => {
      const { trace, gradient, loss } = judge(fake, 1)
      return { loss, gradient: trunk.inputGradient(fake, fake.length - 1, trace, verdict.inputGradient(gradient)) }
    },
  }
}

function filledRows({ rowCount, pointers }: Csr): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row).filter((row) => pointers[row + 1] > pointers[row])
}

const probeSize = 64

function createProbe({ trunk, output }: Generator, conditions: Conditions, filled: Int32Array): () => number {
  const rows = spaced(filled)
  const columns = spaced(Int32Array.from({ length: conditions.matrix.columnCount }, (_, column) => column))
  // Outlives the minibatches.
  const condition = conditionOf(conditions, rows, heapSpace('float32'))
  const asked = {
    rowCount: rows.length,
    columnCount: conditions.matrix.columnCount,
    pointers: Int32Array.from({ length: rows.length + 1 }, (_, row) => row * columns.length),
    columns: Int32Array.from({ length: rows.length * columns.length }, (_, at) => columns[at % columns.length]),
  }
  if (areAlike(condition)) return () => Infinity
  return () => {
    const trace = trunk.forward(condition)
    const outputs = output.forward(trace[trace.length - 1], asked)
    let spread = 0
    for (let column = 0; column < columns.length; column++) {
      const values = Float64Array.from(rows, (_, at) => outputs[at * columns.length + column])
      const mean = values.reduce((sum, value) => sum + value, 0) / rows.length
      spread += Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length)
    }
    return spread / columns.length
  }
}

function spaced(all: Int32Array): Int32Array {
  const step = Math.ceil(all.length / probeSize)
  return all.filter((_, at) => at % step === 0)
}

/** Whether every row of the batch holds the same. */
function areAlike(batch: readonly SparsePart[]): boolean {
  const held = ({ pattern: { pointers, columns }, values }: SparsePart, row: number) =>
    [columns, values].map((part) => part.subarray(pointers[row], pointers[row + 1]).join()).join(';')
  const rows = Array.from({ length: batch[0].pattern.rowCount }, (_, row) =>
    batch.map((part) => held(part, row)).join(),
  )
  return new Set(rows).size <= 1
}
