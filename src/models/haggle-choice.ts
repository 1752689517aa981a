/**
 * Settles whether there is a discriminator and how much the adversary may say, by what served best those held out, and
 * teaches the nets that will serve.
 *
 * The slates of a fifth of the rows are held out, a net taught on the rest for each μ, and their NDCG@20 compared with one
 * another and with the generator's own order (what was hidden and not proposed counts as missed; equal ones go to the
 * generator, then to the smaller μ); then `seeds` nets are taught with that μ on all slates, or none where the generator
 * is best. Cost: (choices + seeds) nets, see haggle-discriminator.ts.
 */
import type { Rng } from '../base/rng.ts'
import { type DiscriminatorConfig, type Net, type Objective, type Task, teachNet } from './haggle-discriminator.ts'
import { opinionCountOf } from './haggle-generator.ts'
import { createJudge, type Judge } from './haggle-judge.ts'
import type { Lesson } from './haggle-lessons.ts'
import type { Ablation, FitRun, Gain } from './model.ts'

export interface ChoiceConfig extends DiscriminatorConfig {
  readonly objective: Objective
  /** The μ among which held-out slates choose. Without meaning for the other objectives. */
  readonly adversarialWeights: readonly number[]
  /** Nets that are averaged. */
  readonly seeds: number
}

/** What validation found, kept with the state. */
export interface Validation {
  /** The μ that was chosen; `null` where the generator's own order was best, or there were too few slates. */
  readonly adversarialWeight: number | null
  /** μ, or `generator` → NDCG@20 on the slates held out; empty where there were too few. */
  readonly accuracy: Readonly<Record<string, number>>
  /** μ → what it gained there above the generator's own order, paired by row. Absent in states older than that. */
  readonly gain?: Readonly<Record<string, Gain>>
  readonly slates: number
}

/** With fewer there is no discriminator. */
const fewestSlates = 40
const heldOutShare = 0.2
const cutoff = 20

/** How the items of a slate are ordered. Without a judge, as the generator has them. */
export function rankSlate(
  judge: Judge | null,
  objective: Objective,
  { features, generator }: Pick<Lesson, 'features' | 'generator'>,
): Float32Array {
  if (judge === null || generator.length === 0) return generator
  const logits = judge(features)
  // A density ratio is log p_data − log p: what shoppers choose by is the generator's log p with the ratio added.
  return objective !== 'density ratio' ? logits : logits.map((logit, at) => logit + generator[at])
}

/** @param shares of the first features of a slate in the generator's mean */
export async function teachNets(
  lessons: readonly Lesson[],
  shares: readonly number[],
  config: ChoiceConfig,
  run: FitRun,
): Promise<{ nets: readonly Net[]; validation: Validation }> {
  const slates = lessons.length
  if (slates < fewestSlates)
    return { nets: [], validation: { adversarialWeight: null, accuracy: {}, gain: {}, slates } }
  // μ weighs the adversary against the likelihood: where there is but one of them, there is no choice.
  const choices = { choice: config.adversarialWeights, 'hard negatives': [1], 'density ratio': [0] }[config.objective]
  const teach = teacher(shares, config, choices.length + config.seeds, run)
  const { taught, held } = holdOut(lessons, run.rng.fork('held out'))
  const own = accuraciesOn(held, null, config.objective)
  const accuracy: Record<string, number> = { generator: mean(own) }
  const gain: Record<string, Gain> = {}
  let best: { readonly weight: number | null; readonly accuracy: number } = {
    weight: null,
    accuracy: accuracy.generator,
  }
  for (const weight of [...choices].sort((a, b) => a - b)) {
    const net = await teach(taught, weight, run.rng.fork('choice'))
    const judged = accuraciesOn(held, createJudge([net]), config.objective)
    accuracy[weight] = mean(judged)
    gain[weight] = gainByRow(held, judged, own)
    if (accuracy[weight] > best.accuracy) best = { weight, accuracy: accuracy[weight] }
  }
  const nets: Net[] = []
  for (let seed = 0; best.weight !== null && seed < config.seeds; seed++) {
    nets.push(await teach(lessons, best.weight, run.rng.fork(`net ${seed}`), seed === 0))
  }
  return { nets, validation: { adversarialWeight: best.weight, accuracy, gain, slates } }
}

/** What was found, for a person; `undefined` where there was nothing to choose. */
export function ablationOf(
  { adversarialWeight, accuracy, gain }: Validation,
  objective: Objective,
): Ablation | undefined {
  if (gain === undefined || accuracy.generator === undefined) return undefined
  const nameOf = (weight: number) =>
    objective !== 'choice' ? objective : weight === 0 ? 'listwise' : `mixed, μ ${weight}`
  const generator = { name: 'ensemble mean', accuracy: accuracy.generator, gain: null }
  const judged = Object.keys(gain)
    .map(Number)
    .sort((a, b) => a - b)
    .map((weight) => ({ name: nameOf(weight), accuracy: accuracy[weight], gain: gain[weight] }))
  const chosen = adversarialWeight === null ? generator.name : nameOf(adversarialWeight)
  return { metric: `G@${cutoff}`, chosen, variants: [generator, ...judged] }
}

/** Every slate of a row on the same side. */
export function holdOut(lessons: readonly Lesson[], rng: Rng): { taught: Lesson[]; held: Lesson[] } {
  const rows = rng.shuffle([...new Set(lessons.map(({ row }) => row))])
  const out = new Set(rows.slice(0, Math.ceil(heldOutShare * rows.length)))
  return { taught: lessons.filter(({ row }) => !out.has(row)), held: lessons.filter(({ row }) => out.has(row)) }
}

/** What a net is told. @param shares see `teachNets` */
export function taskFor(shares: readonly number[], objective: Objective, adversarialWeight: number): Task {
  // The density ratio starts where data and generator cannot be told apart: at 0.
  const start = objective === 'density ratio' ? [] : shares
  return { objective, adversarialWeight, start, opinions: opinionCountOf(shares.length) }
}

/** Teaches one net after another, and tells how far all of them are. */
function teacher(shares: readonly number[], config: ChoiceConfig, netCount: number, run: FitRun) {
  let done = 0
  return async (lessons: readonly Lesson[], adversarialWeight: number, rng: Rng, isReported = false): Promise<Net> => {
    let epoch = 0
    let last = 0
    const task = taskFor(shares, config.objective, adversarialWeight)
    const net = await teachNet(lessons, config, task, rng, {
      breathe: run.breathe,
      onLosses: (step, losses) => {
        run.progress((done + step / config.steps) / netCount, `the discriminator learns, step ${step}`)
        if (isReported) run.epoch({ epoch: ++epoch, losses, examples: (step - last) * config.batchSize })
        last = step
      },
    })
    done++
    return net
  }
}

function accuraciesOn(lessons: readonly Lesson[], judge: Judge | null, objective: Objective): number[] {
  return lessons.map((lesson) => ndcg(lesson, rankSlate(judge, objective, lesson)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** By the normal distribution. Slates of a row say much the same: rows are what is counted. */
function gainByRow(lessons: readonly Lesson[], judged: readonly number[], own: readonly number[]): Gain {
  const byRow = new Map<number, number>()
  lessons.forEach(({ row }, at) => {
    byRow.set(row, (byRow.get(row) ?? 0) + judged[at] - own[at])
  })
  // Each row's part of the mean over slates.
  const parts = [...byRow.values()].map((sum) => (sum * byRow.size) / lessons.length)
  const middle = mean(parts)
  const variance = parts.reduce((sum, part) => sum + (part - middle) ** 2, 0) / Math.max(1, parts.length - 1)
  const half = 1.96 * Math.sqrt(variance / parts.length)
  return { mean: middle, low: middle - half, high: middle + half }
}

function ndcg({ chosen, hidden }: Lesson, scores: Float32Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a])
  const discount = (at: number) => 1 / Math.log2(at + 2)
  const gain = order.slice(0, cutoff).reduce((sum, row, at) => sum + chosen[row] * discount(at), 0)
  return gain / Array.from({ length: Math.min(cutoff, hidden) }, (_, at) => discount(at)).reduce((a, b) => a + b, 0)
}
