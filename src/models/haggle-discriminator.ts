/**
 * Objects: looks at what the generator proposed and learns what shoppers really choose from such a slate.
 *
 * D(f) = w·f + v·tanh(W₂·tanh(W₁·f)) over features on one scale, 0 where one is not known (NaN); v starts at 0 and w,
 * for the choice, as the generator's own mean times what makes it as sure as it may be, so that an untaught discriminator
 * has the generator's order. Loss over
 * slates with weights |M|^(−1/2): listwise + μ·hard negatives, or the density ratio (haggle-losses.ts); Adam with a rate
 * that falls to 0 in a straight line. Nets from several seeds are averaged where they judge (haggle-judge.ts). Cost:
 * 6·slate·(features + hidden)·hidden operations a slate to learn from; memory: a minibatch's features and activations,
 * about 4·slates·slate·(features + 4·hidden) bytes.
 */
import type { Rng } from '../base/rng.ts'
import { activationGradient } from '../kernels/elementwise.ts'
import { openSpace, type Space } from '../kernels/space.ts'
import { createDenseLayer, type DenseLayer } from '../nn/dense-layer.ts'
import { createAdam } from '../nn/optimiser.ts'
import { batchMatrix, type Matrix } from '../nn/parameter.ts'
import type { Lesson } from './haggle-lessons.ts'
import { densityRatioLoss, fittedSharpness, hardNegativeLoss, listwiseLoss } from './haggle-losses.ts'
import type { FitRun } from './model.ts'

export interface DiscriminatorConfig {
  /** Width of both hidden layers. */
  readonly hidden: number
  /** Minibatches. */
  readonly steps: number
  /** Slates a minibatch. */
  readonly batchSize: number
  readonly learningRate: number
  readonly ridge: number
}

/**
 * What the nets are taught: the choice (listwise + μ·adversary), the adversary alone (for comparing), or the density
 * ratio of choice and generator.
 */
export const objectives = ['choice', 'hard negatives', 'density ratio'] as const
export type Objective = (typeof objectives)[number]

export interface Task {
  readonly objective: Objective
  /** μ. */
  readonly adversarialWeight: number
  /** Weights of the first features that the net starts with, up to a factor that the lessons settle; none: it starts at 0. */
  readonly start: readonly number[]
  /** So many of the first features are on one scale already, the base models' opinions; the others are standardised. */
  readonly opinions: number
}

/** The numbers of one net. Features are centred and scaled first. */
export interface Net {
  readonly centre: Float32Array
  readonly scale: Float32Array
  /** Layer by layer, weights then bias: features → 1 (straight), features → hidden, hidden → hidden, hidden → 1. */
  readonly parameters: readonly Float32Array[]
}

/** Means over a stretch of steps, a slate. For the choice, `generator` is μ·hard negatives: the adversary's share. */
export interface LessonLosses extends Readonly<Record<string, number>> {
  readonly generator: number
  readonly discriminator: number
  readonly total: number
}

/** What is not known stands at the centre. */
export function standard(value: number, centre: number, scale: number): number {
  return Number.isNaN(value) ? 0 : (value - centre) * scale
}

/** Losses are reported fifty times a net. */
const reports = 50

/** Teaches one net. At least one lesson. */
export async function teachNet(
  lessons: readonly Lesson[],
  config: DiscriminatorConfig,
  task: Task,
  rng: Rng,
  run: Pick<FitRun, 'breathe'> & { readonly onLosses: (step: number, losses: LessonLosses) => void },
): Promise<Net> {
  const space = openSpace()
  try {
    const standard = scaleOf(lessons, task.opinions)
    const sharpness = task.start.length === 0 ? 1 : fittedSharpness(lessons)
    const start = task.start.map((weight) => sharpness * weight)
    const layers = createLayers(config.hidden, start, standard.scale, rng, space)
    const parameters = layers.flatMap((layer) => layer.parameters)
    const rate = { learningRate: config.learningRate, ridge: config.ridge }
    const optimiser = createAdam(parameters, rate, space)
    const every = Math.max(1, Math.floor(config.steps / reports))
    let sums = { adversary: 0, likelihood: 0 }
    for (let step = 0; step < config.steps; step++) {
      rate.learningRate = config.learningRate * (1 - step / config.steps)
      const batch = Array.from({ length: config.batchSize }, () => lessons[rng.int(lessons.length)])
      const { adversary, likelihood } = learn(batch, standard, layers, task, space)
      optimiser.step()
      space.nextBatch()
      sums = { adversary: sums.adversary + adversary / every, likelihood: sums.likelihood + likelihood / every }
      if ((step + 1) % every === 0) {
        const total = sums.adversary + sums.likelihood
        run.onLosses(step + 1, { generator: sums.adversary, discriminator: sums.likelihood, total })
        sums = { adversary: 0, likelihood: 0 }
      }
      await run.breathe()
    }
    return { ...standard, parameters: parameters.map(({ values }) => Float32Array.from(values)) }
  } finally {
    space.release()
  }
}

type Layers = readonly [straight: DenseLayer, first: DenseLayer, second: DenseLayer, last: DenseLayer]

function createLayers(hidden: number, start: readonly number[], scale: Float32Array, rng: Rng, space: Space): Layers {
  const straight = createDenseLayer(scale.length, 1, rng, space)
  straight.parameters[0].values.fill(0)
  // The mean of the raw z, seen through the standardisation.
  start.forEach((weight, column) => (straight.parameters[0].values[column] = weight / scale[column]))
  const last = createDenseLayer(hidden, 1, rng, space)
  last.parameters[0].values.fill(0)
  const first = createDenseLayer(scale.length, hidden, rng, space)
  return [straight, first, createDenseLayer(hidden, hidden, rng, space), last]
}

/** Adds the gradients of one minibatch. */
function learn(
  batch: readonly Lesson[],
  standard: Pick<Net, 'centre' | 'scale'>,
  [straight, first, second, last]: Layers,
  task: Task,
  space: Space,
): { adversary: number; likelihood: number } {
  const input = gather(batch, standard, space)
  const one = first.forward(input, 'tanh')
  const two = second.forward(one, 'tanh')
  const logits = last.forward(two)
  const direct = straight.forward(input)
  for (let row = 0; row < logits.rowCount; row++) logits.values[row] += direct.values[row]
  const gradient = batchMatrix(logits.rowCount, 1, space)
  const losses = lossesOf(batch, logits, task, gradient)
  straight.addGradient(input, gradient)
  last.addGradient(two, gradient)
  const below = last.inputGradient(gradient)
  activationGradient('tanh', two.values, below.values)
  second.addGradient(one, below)
  const lowest = second.inputGradient(below)
  activationGradient('tanh', one.values, lowest.values)
  first.addGradient(input, lowest)
  return losses
}

/** The slates of a minibatch one below the other, features standardised. */
function gather(batch: readonly Lesson[], { centre, scale }: Pick<Net, 'centre' | 'scale'>, space: Space): Matrix {
  const width = centre.length
  const rowCount = batch.reduce((sum, { chosen }) => sum + chosen.length, 0)
  const input = batchMatrix(rowCount, width, space)
  const { values } = input
  let to = 0
  for (const { features } of batch) {
    for (let from = 0; from < features.length; from += width) {
      for (let column = 0; column < width; column++, to++) {
        values[to] = standard(features[from + column], centre[column], scale[column])
      }
    }
  }
  return input
}

function lossesOf(
  batch: readonly Lesson[],
  logits: Matrix,
  { objective, adversarialWeight }: Task,
  gradient: Matrix,
): { adversary: number; likelihood: number } {
  let likelihood = 0
  let adversary = 0
  let start = 0
  for (const { chosen, generator, weight: worth = 1 } of batch) {
    const end = start + chosen.length
    const weight = (worth * chosen.reduce((sum, own) => sum + own, 0) ** -0.5) / batch.length
    const [scores, slope] = [logits.values.subarray(start, end), gradient.values.subarray(start, end)]
    if (objective === 'density ratio') likelihood += densityRatioLoss(scores, chosen, weight, slope, generator)
    else {
      if (objective === 'choice') likelihood += listwiseLoss(scores, chosen, weight, slope)
      if (adversarialWeight > 0) adversary += hardNegativeLoss(scores, chosen, weight * adversarialWeight, slope)
    }
    start = end
  }
  return { adversary, likelihood }
}

/** Beyond this deviation an opinion is shrunk: a z may have a long tail, and tanh would see only its sign. */
const mostSpread = 3

/**
 * Opinions stay as they are, for where a z is 0 means something; standardising them cost .001 of NDCG@20 on Ciao's
 * validation folds. Of the others, one that is always the same becomes 0.
 */
function scaleOf(lessons: readonly Lesson[], opinions: number): Pick<Net, 'centre' | 'scale'> {
  const width = lessons[0].features.length / lessons[0].chosen.length
  const sums = new Float64Array(width)
  const squares = new Float64Array(width)
  const counts = new Float64Array(width)
  for (const { features } of lessons) {
    for (let at = 0; at < features.length; at++) {
      if (Number.isNaN(features[at])) continue
      counts[at % width]++
      sums[at % width] += features[at]
      squares[at % width] += features[at] ** 2
    }
  }
  const means = sums.map((sum, column) => sum / Math.max(1, counts[column]))
  const scale = Float32Array.from(squares, (square, column) => {
    const count = Math.max(1, counts[column])
    const deviation = Math.sqrt(Math.max(0, square / count - means[column] ** 2))
    if (column < opinions) return 1 / Math.max(1, deviation / mostSpread)
    return deviation > 1e-6 ? 1 / deviation : 1
  })
  return { centre: Float32Array.from(means, (mean, column) => (column < opinions ? 0 : mean)), scale }
}
