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
 * outputs somebody looks at, D reads only what the mask lets through.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import type { Csr } from '../kernels/csr.ts'
import type { Floats } from '../kernels/vector.ts'
import { createDenseLayer } from '../nn/dense-layer.ts'
import type { SparseBatch } from '../nn/gather-layer.ts'
import { addSquaredError, binaryCrossEntropy } from '../nn/losses.ts'
import { createAdam } from '../nn/optimiser.ts'
import type { Matrix } from '../nn/parameter.ts'
import { createSampledLayer, type SampledLayer } from '../nn/sampled-layer.ts'
import type { SparsePattern } from '../kernels/sparse-rows.ts'
import { createTrunk, type Trunk } from '../nn/trunk.ts'

export interface GameConfig {
  /** Zero-reconstruction, partial masking, or both. */
  readonly scheme: 'ZR' | 'PM' | 'ZP'
  /** Widths of the hidden layers, first to last. */
  readonly generatorLayers: readonly number[]
  readonly discriminatorLayers: readonly number[]
  readonly learningRate: number
  /** Rows a step; fewer where the data is so small that an epoch would have under 16 steps. */
  readonly batchSize: number
  /** L2 penalty on the weights of both networks. */
  readonly ridge: number
  /** Share of its condition that G does not get to see while it learns, so that it must foresee and cannot copy. */
  readonly dropout: number
  /** Weight of L_D in L. Under Adam the scale of a loss does not change its step, so λ scales D's step itself. */
  readonly lambda: number
  readonly zeroReconstruction: number
  /** |Z| of every row, in entries of a mean row. */
  readonly zeroRatio: number
  /** Missing entries the mask lets through in every row, in entries of a mean row. */
  readonly maskRatio: number
}

/** What the networks are conditioned on, a row each. */
export interface Conditions {
  /** Only that an entry is there counts; its value does not. */
  readonly matrix: Csr
  /** rowCount × featureCount, row-major. */
  readonly features: Float32Array | null
  readonly featureCount: number
}

/** Means over the rows of an epoch. */
export interface GameLosses extends Readonly<Record<string, number>> {
  readonly generator: number
  readonly discriminator: number
  readonly total: number
}

export interface Game {
  readonly generator: Generator
  playEpoch(breathe: Breathe): Promise<GameLosses>
  /**
   * How much G's proposals differ from row to row: the standard deviation of an output over up to 64 rows, mean over up
   * to 64 columns. Close to 0 after a collapse; infinite where the rows themselves are alike and nothing can differ.
   */
  spread(): number
}

export interface Generator {
  readonly trunk: Trunk
  readonly output: SampledLayer
}

export function createGame(conditions: Conditions, config: GameConfig, rng: Rng): Game {
  const columns = conditions.matrix.columnCount
  const inputs = columns + conditions.featureCount
  const generator = createGenerator(inputs, columns, config, rng.fork('generator'))
  const discriminator = createDiscriminator(inputs + columns, config, rng.fork('discriminator'))
  const learnGenerator = createGeneratorStep(generator, config)
  const rows = filledRows(conditions.matrix)
  const batchSize = Math.max(1, Math.min(config.batchSize, Math.ceil(rows.length / 16)))
  const drawing = rng.fork('batches')
  const drawBatch = createBatches(conditions, config, drawing)

  /** One step of each network on one minibatch; the sums of both losses over its rows. */
  const play = (batch: Batch): { generator: number; discriminator: number } => {
    const trace = generator.trunk.forward(batch.dropped)
    const proposal = generator.output.forward(trace[trace.length - 1], batch.masked)
    const seen = shifted(batch.masked, inputs)
    const fake = joined(batch.condition, { pattern: seen, values: proposal })
    const real = joined(batch.condition, { ...batch.profile, pattern: shifted(batch.profile.pattern, inputs) })
    const objection = discriminator.learn(real, fake)
    const advice = discriminator.advise(fake, seen)
    return { generator: advice.loss + learnGenerator(batch, trace, advice.gradient), discriminator: objection }
  }

  return {
    generator,
    playEpoch: async (breathe) => {
      drawing.shuffle(rows)
      let generatorLoss = 0
      let discriminatorLoss = 0
      for (let start = 0; start < rows.length; start += batchSize) {
        const losses = play(drawBatch(rows.subarray(start, start + batchSize)))
        generatorLoss += losses.generator / rows.length
        discriminatorLoss += losses.discriminator / rows.length
        await breathe()
      }
      const total = generatorLoss + config.lambda * discriminatorLoss
      return { generator: generatorLoss, discriminator: discriminatorLoss, total }
    },
    spread: createProbe(generator, conditions, rows.slice()),
  }
}

function createGenerator(inputs: number, columns: number, config: GameConfig, rng: Rng): Generator {
  const trunk = createTrunk({ inputs, widths: config.generatorLayers, activation: 'sigmoid' }, rng, 'float32')
  return { trunk, output: createSampledLayer(trunk.outputs, columns, rng, 'float32') }
}

/** Hands back the summed zero-reconstruction term. `maskedGradient` is what D says about the masked outputs. */
function createGeneratorStep(
  { trunk, output }: Generator,
  { learningRate, ridge, zeroReconstruction }: GameConfig,
): (batch: Batch, trace: readonly Matrix[], maskedGradient: Floats) => number {
  const optimiser = createAdam([...trunk.parameters, ...output.parameters], { learningRate, ridge })
  return ({ dropped, masked, zeros }, trace, maskedGradient) => {
    const hidden = trace[trace.length - 1]
    const zeroOutputs = output.forward(hidden, zeros)
    const zeroGradient = new Float32Array(zeroOutputs.length)
    const excess = addSquaredError(zeroOutputs, 0, zeroReconstruction / hidden.rowCount, zeroGradient)
    output.addGradient(hidden, masked, maskedGradient)
    output.addGradient(hidden, zeros, zeroGradient)
    const top = output.inputGradient(masked, maskedGradient)
    output.addInputGradient(zeros, zeroGradient, top)
    trunk.addGradient(dropped, trace, top)
    optimiser.step()
    return zeroReconstruction * excess
  }
}

interface Discriminator {
  /** One step towards telling `real` from `fake`; the summed loss before it. */
  learn(real: SparseBatch, fake: SparseBatch): number
  /** The generator's summed loss for `fake`, and its mean's gradient for the entries `seen` of it. */
  advise(fake: SparseBatch, seen: SparsePattern): { readonly loss: number; readonly gradient: Floats }
}

function createDiscriminator(
  inputs: number,
  { discriminatorLayers, learningRate, lambda, ridge }: GameConfig,
  rng: Rng,
): Discriminator {
  const trunk = createTrunk({ inputs, widths: discriminatorLayers, activation: 'sigmoid' }, rng, 'float32')
  const verdict = createDenseLayer(trunk.outputs, 1, rng, 'float32')
  const optimiser = createAdam([...trunk.parameters, ...verdict.parameters], {
    learningRate: learningRate * lambda,
    ridge,
  })
  const judge = (input: SparseBatch, label: 0 | 1) => {
    const trace = trunk.forward(input)
    const hidden = trace[trace.length - 1]
    const logits = verdict.forward(hidden)
    const gradient: Matrix = { ...logits, values: new Float32Array(logits.rowCount) }
    const loss = binaryCrossEntropy(logits.values, label, 1 / logits.rowCount, gradient.values)
    return { trace, hidden, gradient, loss }
  }
  const accumulate = (input: SparseBatch, label: 0 | 1): number => {
    const { trace, hidden, gradient, loss } = judge(input, label)
    verdict.addGradient(hidden, gradient)
    trunk.addGradient(input, trace, verdict.inputGradient(gradient))
    return loss
  }
  return {
    learn: (real, fake) => {
      const loss = accumulate(real, 1) + accumulate(fake, 0)
      optimiser.step()
      return loss
    },
    advise: (fake, seen) => {
      const { trace, gradient, loss } = judge(fake, 1)
      return { loss, gradient: trunk.inputGradient(seen, trace, verdict.inputGradient(gradient)) }
    },
  }
}

/** What one step looks at. */
interface Batch {
  /** Entries at their columns, features behind them. */
  readonly condition: SparseBatch
  /** The same as G gets to see it. */
  readonly dropped: SparseBatch
  /** The entries as ones: the real profile. */
  readonly profile: SparseBatch
  /** Columns e lets through. */
  readonly masked: SparsePattern
  /** The columns of Z. */
  readonly zeros: SparsePattern
}

function createBatches(
  conditions: Conditions,
  { scheme, dropout, zeroRatio, maskRatio }: GameConfig,
  rng: Rng,
): (rows: Int32Array) => Batch {
  const drawMissing = createMissingSampler(conditions.matrix, rng)
  return (rows) => {
    const profile = profileOf(conditions, rows)
    const behaviour = behaviourOf(conditions, rows)
    const thinned = profile.values.map(() => (rng.next() < dropout ? 0 : 1 / (1 - dropout)))
    return {
      condition: joined(profile, behaviour),
      dropped: joined({ ...profile, values: thinned }, behaviour),
      profile,
      masked: pattern(rows, (row) => [
        entriesOf(conditions.matrix, row),
        scheme === 'ZR' ? none : drawMissing(row, maskRatio),
      ]),
      zeros: pattern(rows, (row) => [scheme === 'PM' ? none : drawMissing(row, zeroRatio)]),
    }
  }
}

/** The condition of some rows, as G reads it. */
export function conditionOf(conditions: Conditions, rows: Int32Array): SparseBatch {
  return joined(profileOf(conditions, rows), behaviourOf(conditions, rows))
}

function profileOf({ matrix }: Conditions, rows: Int32Array): SparseBatch {
  const entries = pattern(rows, (row) => [entriesOf(matrix, row)])
  return { pattern: entries, values: new Float32Array(entries.columns.length).fill(1) }
}

function behaviourOf({ matrix, features, featureCount }: Conditions, rows: Int32Array): SparseBatch {
  const columns = Int32Array.from({ length: featureCount }, (_, feature) => matrix.columnCount + feature)
  const values = new Float32Array(rows.length * featureCount)
  if (features !== null) {
    rows.forEach((row, at) =>
      values.set(features.subarray(row * featureCount, (row + 1) * featureCount), at * featureCount),
    )
  }
  return { pattern: pattern(rows, () => [columns]), values }
}

function entriesOf({ pointers, columns }: Csr, row: number): Int32Array {
  return columns.subarray(pointers[row], pointers[row + 1])
}

const none = new Int32Array(0)

/**
 * Draws `ratio` times as many missing columns as a mean row has entries, each once, at most half of those that are
 * missing. Every row gets as many, as in the paper (a share of what is missing): drawn in proportion to a row's own
 * entries, rare items would be told "no" as seldom as "yes", and what is popular would be forgotten (docs/log.md).
 */
function createMissingSampler(
  { pointers, columns, rowCount, columnCount }: Csr,
  rng: Rng,
): (row: number, ratio: number) => Int32Array {
  const takenIn = new Int32Array(columnCount)
  const meanEntries = columns.length / rowCount
  let draw = 0
  return (row, ratio) => {
    draw++
    const entries = pointers[row + 1] - pointers[row]
    for (let at = pointers[row]; at < pointers[row + 1]; at++) takenIn[columns[at]] = draw
    const drawn = new Int32Array(Math.min(Math.round(ratio * meanEntries), Math.ceil((columnCount - entries) / 2)))
    for (let count = 0; count < drawn.length; ) {
      const column = rng.int(columnCount)
      if (takenIn[column] === draw) continue
      takenIn[column] = draw
      drawn[count++] = column
    }
    return drawn
  }
}

/** Rows side by side, each the concatenation of its parts. */
function pattern(rows: Int32Array, parts: (row: number) => readonly Int32Array[]): SparsePattern {
  const all = Array.from(rows, parts)
  const pointers = new Int32Array(rows.length + 1)
  all.forEach((row, at) => (pointers[at + 1] = row.reduce((sum, part) => sum + part.length, pointers[at])))
  const columns = new Int32Array(pointers[rows.length])
  let filled = 0
  for (const part of all.flat()) {
    columns.set(part, filled)
    filled += part.length
  }
  return { rowCount: rows.length, pointers, columns }
}

function shifted(of: SparsePattern, by: number): SparsePattern {
  return { ...of, columns: of.columns.map((column) => column + by) }
}

/** The rows of both, side by side. */
function joined(left: SparseBatch, right: SparseBatch): SparseBatch {
  const { rowCount } = left.pattern
  const pointers = left.pattern.pointers.map((pointer, row) => pointer + right.pattern.pointers[row])
  const columns = new Int32Array(pointers[rowCount])
  const values = new Float32Array(pointers[rowCount])
  let filled = 0
  for (let row = 0; row < rowCount; row++) {
    for (const { pattern: from, values: what } of [left, right]) {
      columns.set(from.columns.subarray(from.pointers[row], from.pointers[row + 1]), filled)
      values.set(what.subarray(from.pointers[row], from.pointers[row + 1]), filled)
      filled += from.pointers[row + 1] - from.pointers[row]
    }
  }
  return { pattern: { rowCount, pointers, columns }, values }
}

function filledRows({ rowCount, pointers }: Csr): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row).filter((row) => pointers[row + 1] > pointers[row])
}

const probeSize = 64

function createProbe({ trunk, output }: Generator, conditions: Conditions, filled: Int32Array): () => number {
  const rows = spaced(filled)
  const columns = spaced(Int32Array.from({ length: conditions.matrix.columnCount }, (_, column) => column))
  const condition = conditionOf(conditions, rows)
  const asked = pattern(rows, () => [columns])
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
function areAlike({ pattern: { rowCount, pointers, columns }, values }: SparseBatch): boolean {
  const rows = Array.from({ length: rowCount }, (_, row) =>
    [columns, values].map((part) => part.subarray(pointers[row], pointers[row + 1]).join()).join(';'),
  )
  return new Set(rows).size <= 1
}
