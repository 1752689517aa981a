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
import { judgeOf } from '../src/models/haggle-judge.ts'
import { createBreathe } from '../src/base/breathe.ts'
import { createRng, type Rng } from '../src/base/rng.ts'
import { topK } from '../src/kernels/top-k.ts'
import { createTally, type Outcome } from '../src/evaluate/tally.ts'
import { basesOf, type HaggleConfig, fitBases, lessonsFor, popularityOf, settledBases } from '../src/models/haggle.ts'
import { holdOut, rankSlate, taskFor, teachNets } from '../src/models/haggle-choice.ts'
import { type Net, type Objective, teachNet } from '../src/models/haggle-discriminator.ts'
import { createGenerator, opinionCountOf, sharesOf } from '../src/models/haggle-generator.ts'
import type { Lesson } from '../src/models/haggle-lessons.ts'
import { densityRatioLoss, listwiseLoss } from '../src/models/haggle-losses.ts'
import { configFor, modelNamed } from '../src/models/index.ts'
import type { FitRun } from '../src/models/model.ts'
import { openSignals, rowQuery } from '../src/models/row-query.ts'
import type { RecipeSplit } from './recipe.ts'

export interface Variant {
  readonly objective: Objective
  /** μ; `chosen` on held-out slates. `null`: no nets. */
  readonly adversarialWeight: number | 'chosen' | null
  /** Whether it is shown the shop's signals. */
  readonly signals: boolean
  /** How lessons are weighed: by what was likely shown, or by an adversary who says what was. All alike where absent. */
  readonly propensities?: 'inverse' | 'worst case'
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

/** For logs of what was shown: unclicked is not disliked, and what was shown often is clicked often. */
export const exposureVariants: Readonly<Record<string, Variant>> = {
  'inverse propensities': { objective: 'choice', adversarialWeight: 0, signals: false, propensities: 'inverse' },
  'worst-case propensities': { objective: 'choice', adversarialWeight: 0, signals: false, propensities: 'worst case' },
}

export interface GameOptions {
  readonly cutoffs: readonly number[]
  readonly say: (note: string) => void
}

/** @param variants label → who plays; all see the same slates */
export async function play(
  split: RecipeSplit,
  settings: Readonly<Record<string, unknown>>,
  variants: Readonly<Record<string, Variant>>,
  seed: string,
  { cutoffs, say }: GameOptions,
): Promise<Played> {
  const config = configFor(modelNamed('haggle'), settings) as HaggleConfig
  const bases = settledBases(basesOf(config, modelNamed, configFor), split.train)
  const run = runOf(seed, say)
  const { slates, signals } = await lessonsFor(split.train, config, bases, run)
  const width = signals.length
  const blind = width === 0 ? slates : slates.map((slate) => ({ ...slate, features: without(slate, width) }))
  const taught: Record<string, Taught> = {}
  const chosen: Record<string, number | null> = {}
  const teach = createTeacher(sharesOf(bases), config, run)
  for (const [label, variant] of Object.entries(variants)) {
    const lessons = variant.signals ? slates : blind
    const { nets, weight } = await teach(lessons, variant)
    taught[label] = { nets, objective: variant.objective, signals: variant.signals }
    if (variant.adversarialWeight === 'chosen') chosen[label] = weight
    say(`${label} taught`)
  }
  const certificate = await certify(blind, sharesOf(bases), config, run)
  const whole = await fitBases(split.train, bases, run, 'everything')
  const generator = createGenerator(whole, popularityOf(split.train), { ...config, signals })
  const tallies = Object.fromEntries(
    Object.keys(taught).map((label) => [label, createTally(split, split.rows, cutoffs, split.kinds)]),
  )
  const judges = Object.entries(taught).map(([label, each]) => [label, { ...each, judge: judgeOf(each.nets) }] as const)
  const known = width === 0 ? undefined : await openSignals(split.asked)
  const masked = split.masked ?? split.asked.matrix
  for (const row of split.rows) {
    const slate = generator.propose(rowQuery(split.asked, row, known))
    const own = Float32Array.from(slate.items, (item) => slate.mean[item])
    const never = new Set(masked.columns.subarray(masked.pointers[row], masked.pointers[row + 1]))
    const skipped = Uint8Array.from(slate.items, (item) => (never.has(item) ? 1 : 0))
    const reduced = without({ ...slate, generator: own }, width)
    for (const [label, { judge, objective, signals: shown }] of judges) {
      const ranked = rankSlate(judge, objective, { features: shown ? slate.features : reduced, generator: own })
      tallies[label].add(topK(ranked, Math.max(...cutoffs), skipped).map((at) => slate.items[at]))
    }
    await run.breathe()
  }
  const outcomes = Object.fromEntries(Object.entries(tallies).map(([label, tally]) => [label, tally.outcome()]))
  return { outcomes, chosen, certificate, lessons: slates.length }
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

/** Nets that are asked for again are not taught again: a variant whose chosen μ is another's has that one's nets. */
function createTeacher(shares: readonly number[], config: HaggleConfig, run: FitRun) {
  const known = new Map<string, readonly Net[]>()
  const netsOf = async (lessons: readonly Lesson[], variant: Variant, weight: number): Promise<readonly Net[]> => {
    const { objective, signals, propensities } = variant
    const key = JSON.stringify([objective, signals, propensities, weight])
    const before = known.get(key)
    if (before !== undefined) return before
    const nets: Net[] = []
    for (let seed = 0; seed < config.seeds; seed++) {
      const chance = run.rng.fork(`weigh ${seed}`)
      const weighed = propensities === undefined ? lessons : reweigh(lessons, propensities, nets, shares.length, chance)
      // The streams of the product: what is drawn and where a net starts is the same for all.
      nets.push(await oneNet(weighed, objective, weight, shares, config, run, `net ${seed}`))
    }
    known.set(key, nets)
    return nets
  }
  return async (lessons: readonly Lesson[], variant: Variant) => {
    const { objective, adversarialWeight } = variant
    const weight =
      adversarialWeight === 'chosen'
        ? (await teachNets(lessons, shares, { ...config, objective, seeds: 0 }, run)).validation.adversarialWeight
        : adversarialWeight
    return { nets: weight === null ? [] : await netsOf(lessons, variant, weight), weight }
  }
}

const propensityGroups = 10
/** How far the adversary's lessons may be from those that were drawn, in nats. */
const budget = 0.2

/**
 * Lessons drawn anew. `inverse`: by 1/√popularity of what was chosen, the usual guess. `worst case`: lessons fall into
 * tenths by that popularity, and the adversary picks the weights of the tenths that the nets so far, together, are worst
 * at: w_g ∝ |g|·exp(η·loss_g), η such that KL(w ‖ |g|/n) = budget. Net after net this is multiplicative weights, and the
 * mean of the nets plays against the worst of all popularity-dependent propensities within the budget.
 */
function reweigh(
  lessons: readonly Lesson[],
  kind: 'inverse' | 'worst case',
  nets: readonly Net[],
  baseCount: number,
  rng: Rng,
): Lesson[] {
  if (kind === 'worst case' && nets.length === 0) return [...lessons]
  const popularity = lessons.map((lesson) => popularityOfChosen(lesson, baseCount))
  const weights = kind === 'inverse' ? popularity.map((log) => Math.exp(-log / 2)) : worst(lessons, popularity, nets)
  const sums = new Float64Array(lessons.length)
  weights.reduce((sum, weight, at) => (sums[at] = sum + weight), 0)
  const find = (value: number) => {
    let [low, high] = [0, lessons.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] < value) low = middle + 1
      else high = middle
    }
    return low
  }
  return lessons.map(() => lessons[find(rng.next() * sums[sums.length - 1])])
}

/** log(1 + rows that hold it), the mean over what was chosen. */
function popularityOfChosen({ features, chosen }: Lesson, baseCount: number): number {
  const width = features.length / chosen.length
  const column = opinionCountOf(baseCount)
  const values = Array.from(chosen.keys()).flatMap((at) => (chosen[at] === 0 ? [] : [features[at * width + column]]))
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function worst(lessons: readonly Lesson[], popularity: readonly number[], nets: readonly Net[]): number[] {
  const order = Array.from(popularity.keys()).sort((a, b) => popularity[a] - popularity[b])
  const groupOf = new Int32Array(lessons.length)
  order.forEach((lesson, at) => (groupOf[lesson] = Math.floor((propensityGroups * at) / lessons.length)))
  const [losses, counts] = [new Float64Array(propensityGroups), new Float64Array(propensityGroups)]
  const judge = judgeOf(nets)
  lessons.forEach((lesson, at) => {
    const count = lesson.chosen.reduce((sum, own) => sum + own, 0)
    const logits = rankSlate(judge, 'choice', lesson)
    losses[groupOf[at]] += listwiseLoss(logits, lesson.chosen, 1 / count, new Float32Array(logits.length))
    counts[groupOf[at]]++
  })
  const means = losses.map((loss, group) => loss / counts[group])
  const shares = (eta: number) => {
    const raw = means.map((loss, group) => counts[group] * Math.exp(eta * (loss - Math.max(...means))))
    const total = raw.reduce((sum, value) => sum + value, 0)
    return raw.map((value) => value / total)
  }
  const divergence = (eta: number) =>
    shares(eta).reduce((sum, share, group) => sum + share * Math.log((share * lessons.length) / counts[group]), 0)
  let [low, high] = [0, 100]
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2
    if (divergence(middle) < budget) low = middle
    else high = middle
  }
  const found = shares(low)
  return Array.from(groupOf, (group) => found[group] / counts[group])
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
  const task = taskFor(shares, objective, adversarialWeight)
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
  const told = judgeOf(first)
  const moved = (slates: readonly Lesson[]) =>
    slates.map((slate) => ({ ...slate, generator: rankSlate(told, 'density ratio', slate) }))
  const second = [await tell(moved(taught), 1)]
  return [lossOf(held, first), lossOf(moved(held), second)]
}

/** Mean over slates with the weights of the loss; the logits of the ratio are what it adds to the generator. */
function lossOf(lessons: readonly Lesson[], nets: readonly Net[]): number {
  let [loss, total] = [0, 0]
  const judge = judgeOf(nets)
  for (const lesson of lessons) {
    const logits = rankSlate(judge, 'density ratio', lesson).map((value, at) => value - lesson.generator[at])
    const count = lesson.chosen.reduce((sum, own) => sum + own, 0)
    loss += densityRatioLoss(logits, lesson.chosen, count ** -0.5, new Float32Array(logits.length), lesson.generator)
    total += count ** 0.5
  }
  return loss / total
}
