/**
 * The haggle's game with one part taken out at a time, at equal compute: the same base models, the same lessons, the same
 * nets and minibatches in the same order; only what the nets are told differs.
 *
 * For each seed base models are fitted once on everything and once for each part of the lessons; then every variant is
 * taught `seeds` nets on those lessons and ranks the same slates. `mean` has no nets; `mixed` chooses μ on slates held
 * out, as the product does, 0 and no nets at all among the choices. The certificate of the density ratio is its loss on
 * the slates of a fifth of the shoppers whom no net has been taught on, divided by what was chosen there: 2 ln 2 where
 * the discriminator cannot tell the generator from data. It is taken twice, against p_0 and against
 * p_1 ∝ p_0·exp D, each time by a fresh discriminator.
 */
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { topK } from '../src/kernels/top-k.ts'
import type { Split } from '../src/evaluate/split.ts'
import { createTally, type Outcome } from '../src/evaluate/tally.ts'
import { type Base, type HaggleConfig, fitBases, lessonsFor, popularityOf } from '../src/models/haggle.ts'
import { holdOut, rankSlate, teachNets } from '../src/models/haggle-choice.ts'
import { type Net, type Objective, teachNet } from '../src/models/haggle-discriminator.ts'
import { createGenerator, opinionCountOf, sharesOf } from '../src/models/haggle-generator.ts'
import type { Lesson } from '../src/models/haggle-lessons.ts'
import { densityRatioLoss } from '../src/models/haggle-losses.ts'
import { configFor, modelNamed } from '../src/models/index.ts'
import type { FitRun } from '../src/models/model.ts'
import { openSignals, rowQuery } from '../src/models/row-query.ts'

export interface Variant {
  readonly objective: Objective
  /** μ; `chosen` on held-out slates. `null`: no nets. */
  readonly adversarialWeight: number | 'chosen' | null
  /** Whether it is shown the shop's signals. */
  readonly signals: boolean
}

interface Taught {
  readonly nets: readonly Net[]
  readonly objective: Objective
  readonly signals: boolean
}

/** What one seed gave. */
export interface Played {
  readonly outcomes: Readonly<Record<string, Outcome>>
  /** The μ that was chosen; `null` for no nets. Absent where nothing is chosen. */
  readonly chosen: Readonly<Record<string, number | null>>
  /** L_D / |M| of a fresh discriminator on shoppers never taught on: against p_0, and against p_1. */
  readonly certificate: readonly [before: number, after: number]
  readonly lessons: number
}

export const variantsOf = (signals: boolean): Readonly<Record<string, Variant>> => ({
  mean: { objective: 'choice', adversarialWeight: null, signals },
  listwise: { objective: 'choice', adversarialWeight: 0, signals },
  '(a) density ratio': { objective: 'density ratio', adversarialWeight: 0, signals },
  '(b) hard negatives': { objective: 'hard negatives', adversarialWeight: 1, signals },
  'mixed, μ chosen': { objective: 'choice', adversarialWeight: 'chosen', signals },
})

export interface GameOptions {
  readonly cutoffs: readonly number[]
  readonly kinds?: readonly Int32Array[]
  readonly say: (note: string) => void
}

/** @param variants label → who plays; all see the same slates */
export async function play(
  split: Split,
  settings: Readonly<Record<string, unknown>>,
  variants: Readonly<Record<string, Variant>>,
  seed: string,
  { cutoffs, kinds, say }: GameOptions,
): Promise<Played> {
  const config = configFor(modelNamed('haggle'), settings) as HaggleConfig
  const bases = basesOf(config)
  const run = runOf(seed, say)
  const { slates, signals } = await lessonsFor(split.train, config, bases, run)
  const width = signals.length
  const blind = width === 0 ? slates : slates.map((slate) => ({ ...slate, features: without(slate, width) }))
  const taught: Record<string, Taught> = {}
  const chosen: Record<string, number | null> = {}
  for (const [label, variant] of Object.entries(variants)) {
    const lessons = variant.signals ? slates : blind
    const { nets, weight } = await teach(lessons, variant, sharesOf(bases), config, run)
    taught[label] = { nets, objective: variant.objective, signals: variant.signals }
    if (variant.adversarialWeight === 'chosen') chosen[label] = weight
    say(`${label} taught`)
  }
  const certificate = await certify(blind, sharesOf(bases), config, run)
  const whole = await fitBases(split.train, bases, run, 'everything')
  const generator = createGenerator(whole, popularityOf(split.train), { ...config, signals })
  const tallies = Object.fromEntries(
    Object.keys(taught).map((label) => [label, createTally(split, split.rows, cutoffs, kinds)]),
  )
  const known = width === 0 ? undefined : await openSignals(split.asked)
  const masked = split.masked ?? split.asked.matrix
  for (const row of split.rows) {
    const slate = generator.propose(rowQuery(split.asked, row, known))
    const own = Float32Array.from(slate.items, (item) => slate.mean[item])
    const never = new Set(masked.columns.subarray(masked.pointers[row], masked.pointers[row + 1]))
    const skipped = Uint8Array.from(slate.items, (item) => (never.has(item) ? 1 : 0))
    const reduced = without({ ...slate, generator: own }, width)
    for (const [label, { nets, objective, signals: shown }] of Object.entries(taught)) {
      const ranked = rankSlate(nets, objective, { features: shown ? slate.features : reduced, generator: own })
      tallies[label].add(topK(ranked, Math.max(...cutoffs), skipped).map((at) => slate.items[at]))
    }
    await run.breathe()
  }
  const outcomes = Object.fromEntries(Object.entries(tallies).map(([label, tally]) => [label, tally.outcome()]))
  return { outcomes, chosen, certificate, lessons: slates.length }
}

function basesOf(config: HaggleConfig): Base[] {
  return Object.entries(config.bases).map(([label, { model, config: own, weight = 1 }]) => ({
    label,
    model: modelNamed(model),
    config: configFor(modelNamed(model), own),
    weight,
  }))
}

function runOf(seed: string, say: GameOptions['say']): FitRun {
  let told = 0
  return {
    rng: createRng(seed),
    breathe: createBreathe(),
    progress: (fraction, note) => {
      if (performance.now() - told < 10_000) return
      told = performance.now()
      say(`${(100 * fraction).toFixed(0)} % ${note ?? ''}`)
    },
    epoch: () => undefined,
  }
}

/** The features of a slate but for the last `width` of each item. */
function without({ features, generator }: Pick<Lesson, 'features' | 'generator'>, width: number): Float32Array {
  if (width === 0) return features
  const full = features.length / generator.length
  return features.filter((_, at) => at % full < full - width)
}

async function teach(
  lessons: readonly Lesson[],
  { objective, adversarialWeight }: Variant,
  shares: readonly number[],
  config: HaggleConfig,
  run: FitRun,
): Promise<{ nets: readonly Net[]; weight: number | null }> {
  if (adversarialWeight === null) return { nets: [], weight: null }
  if (adversarialWeight === 'chosen') {
    const { nets, validation } = await teachNets(lessons, shares, { ...config, objective }, run)
    return { nets, weight: validation.adversarialWeight }
  }
  const nets: Net[] = []
  for (let seed = 0; seed < config.seeds; seed++) {
    // The streams of the product: what is drawn and where a net starts is the same for all.
    nets.push(await oneNet(lessons, objective, adversarialWeight, shares, config, run, `net ${seed}`))
  }
  return { nets, weight: adversarialWeight }
}

function oneNet(
  lessons: readonly Lesson[],
  objective: Objective,
  adversarialWeight: number,
  shares: readonly number[],
  config: HaggleConfig,
  run: FitRun,
  stream: string,
): Promise<Net> {
  const start = objective === 'density ratio' ? [] : shares
  const task = { objective, adversarialWeight, start, opinions: opinionCountOf(shares.length) }
  return teachNet(lessons, config, task, run.rng.fork(stream), { breathe: run.breathe, onLosses: () => undefined })
}

async function certify(
  lessons: readonly Lesson[],
  shares: readonly number[],
  config: HaggleConfig,
  run: FitRun,
): Promise<[number, number]> {
  const { taught, held } = holdOut(lessons, run.rng.fork('certificate'))
  const tell = (slates: readonly Lesson[], round: number) =>
    oneNet(slates, 'density ratio', 0, shares, config, run, `certificate ${round}`)
  const first = [await tell(taught, 0)]
  const moved = (slates: readonly Lesson[]) =>
    slates.map((slate) => ({ ...slate, generator: rankSlate(first, 'density ratio', slate) }))
  const second = [await tell(moved(taught), 1)]
  return [lossOf(held, first), lossOf(moved(held), second)]
}

/** Mean over slates with the weights of the loss; the logits of the ratio are what it adds to the generator. */
function lossOf(lessons: readonly Lesson[], nets: readonly Net[]): number {
  let [loss, total] = [0, 0]
  for (const lesson of lessons) {
    const logits = rankSlate(nets, 'density ratio', lesson).map((value, at) => value - lesson.generator[at])
    const count = lesson.chosen.reduce((sum, own) => sum + own, 0)
    loss += densityRatioLoss(logits, lesson.chosen, count ** -0.5, new Float32Array(logits.length), lesson.generator)
    total += count ** 0.5
  }
  return loss / total
}
