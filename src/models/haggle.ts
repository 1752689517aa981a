/**
 * Lets a generator propose and a discriminator object, over every result: the engine's own model.
 *
 * The generator is an ensemble of fast models (haggle-generator.ts), each of which may be wrong in its own way; the
 * discriminator a small network that re-ranks its N best (haggle-discriminator.ts), taught on slates of models that
 * had not seen the answer (haggle-lessons.ts) by maximum likelihood of the choice plus μ times an adversary that
 * answers with the hardest negatives. μ is chosen on slates the nets were not taught with, 0 allowed
 * (haggle-choice.ts). With too few slates there is no discriminator, and the generator's order stands.
 * Fit: folds + 1 times what the base models cost, and steps·batchSize·N·(features + hidden)·hidden·(seeds + choices);
 * score: what the base models cost, and N·(features + hidden·seeds)·hidden·seeds. features = 3·bases + 4 + signals.
 */
import { HaggleError } from '../domain/errors.ts'
import { columnSums } from '../kernels/csr.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { linearParts } from './explain.ts'
import { ablationOf, type ChoiceConfig, rankSlate, teachNets, type Validation } from './haggle-choice.ts'
import { objectives } from './haggle-discriminator.ts'
import {
  createGenerator,
  featureCountOf,
  type Generator,
  type GeneratorOptions,
  type OpinionScale,
  sharesOf,
  type WeightedBase,
} from './haggle-generator.ts'
import { collectBasketLessons } from './haggle-basket-lessons.ts'
import { type Judge, judgeOf } from './haggle-judge.ts'
import { explainProposal } from './haggle-reasons.ts'
import { isOfHistory } from './haggle-history.ts'
import { collectLessons, type LessonOptions, type Lessons } from './haggle-lessons.ts'
import { collectStepLessons } from './haggle-step-lessons.ts'
import { packBases, type PackedBase, packNets, unpackBases, unpackNets } from './haggle-state.ts'
import type { Fitted, FitRun, MemoryPlan, Model, ModelState, Query } from './model.ts'
import { openState } from './state.ts'
import { popularityPrior, trainingMatrix } from './training-matrix.ts'

export interface HaggleConfig extends ChoiceConfig, LessonOptions {
  /** Who proposes, under a name of its own: a model and its settings where they differ from the defaults. */
  readonly bases: Readonly<Record<string, BaseConfig>>
  /** How many the generator proposes. */
  readonly candidates: number
  /** Proposes what the shopper has already, too, and learns from whole baskets: for what is bought again. */
  readonly repeats: boolean
  /** How what bases say is made comparable. */
  readonly scale: OpinionScale
}

interface BaseConfig {
  readonly model: string
  readonly config?: Readonly<Record<string, unknown>>
  /** Its part in what is proposed; 1 where absent, 0 for one that is only asked what it thinks of the others' proposals. */
  readonly weight?: number
}

/** The settings as they are stored: with what was learnt that is no array. */
interface LearntConfig extends HaggleConfig {
  readonly learnt: {
    readonly bases: readonly PackedBase[]
    readonly nets: number
    readonly signals: readonly string[]
    readonly validation: Validation
  }
}

const name = 'haggle'
const version = 1

const defaults: HaggleConfig = {
  bases: {
    ease: { model: 'ease' },
    'user-ease': { model: 'ease', config: { diagonalExponent: 0 } },
    rp3beta: { model: 'rp3beta' },
    ials: { model: 'ials' },
    'item-knn': { model: 'item-knn' },
    'user-knn': { model: 'user-knn' },
  },
  candidates: 150,
  repeats: false,
  scale: 'deviation',
  hide: 'auto',
  hideAtLeast: 0,
  folds: 4,
  slice: 0.05,
  pauseMinutes: 30,
  maximumSlates: 12_000,
  hidden: 16,
  steps: 150,
  batchSize: 128,
  learningRate: 0.01,
  ridge: 0.001,
  adversarialWeights: [0, 0.3, 1],
  seeds: 3,
  objective: 'choice',
}

/** A base model with its settings read. */
export interface Base {
  readonly label: string
  readonly model: Model
  readonly config: unknown
  readonly weight: number
}

/**
 * @param known the models it may be made of
 * @param configFor reads a base model's settings
 */
export function createHaggle(
  known: Readonly<Record<string, Model>>,
  configFor: (model: Model, overrides: unknown) => unknown,
): Model<HaggleConfig> {
  const modelOf = (model: string): Model => {
    if (Object.hasOwn(known, model)) return known[model]
    const there = Object.keys(known).join(', ')
    throw new HaggleError('bad-config', `${name}: there is no base model "${model}"; there are ${there}.`)
  }
  const checked = (config: HaggleConfig): Base[] => {
    check(config)
    return basesOf(config, modelOf, configFor)
  }
  const load = (state: ModelState) => fitted(state, modelOf)
  return {
    name,
    defaults,
    space: {
      candidates: { among: [75, 150, 300] },
      hidden: { among: [8, 16, 32] },
      steps: { among: [75, 150, 300] },
      ridge: { from: 0.0001, to: 0.03, scale: 'log' },
    },
    // Settings of its own say that a base is meant to differ from its model.
    ensemble: {
      parts: ({ bases }) => Object.values(bases).flatMap((base) => (base.config === undefined ? [base.model] : [])),
      withFound: (config, found) => {
        const bases = Object.entries(config.bases).map(([label, { config: own, ...base }]) => {
          const settings = own ?? found[base.model]
          return [label, settings === undefined ? base : { ...base, config: settings }]
        })
        return { ...config, bases: Object.fromEntries(bases) as HaggleConfig['bases'] }
      },
    },
    plan: (data, config) => plan(data, config, checked(config)),
    fit: async (data, config, run) => load(await learn(data, config, checked(config), run)),
    load,
  }
}

/** Who proposes by these settings, each with settings of its own read. */
export function basesOf(
  { bases }: HaggleConfig,
  modelOf: (model: string) => Model,
  configFor: (model: Model, overrides: unknown) => unknown,
): Base[] {
  return Object.entries(bases).map(([label, { model: named, config, weight = 1 }]) => {
    const model = modelOf(named)
    return { label, model, config: configFor(model, config ?? {}), weight }
  })
}

/** As the whole table wants them, so that those the discriminator learns from are held as the ones that serve. */
export function settledBases(bases: readonly Base[], data: Interactions): Base[] {
  return bases.map((base) => ({ ...base, config: base.model.settle?.(data, base.config) ?? base.config }))
}

function check({ bases, objective, scale }: HaggleConfig): void {
  if (Object.keys(bases ?? {}).length === 0) {
    throw new HaggleError('bad-config', `${name}: "bases" must name at least one model.`)
  }
  const weights = Object.values(bases).map(({ weight = 1 }) => weight)
  if (!weights.every((weight) => weight >= 0 && Number.isFinite(weight)) || weights.every((weight) => weight === 0)) {
    throw new HaggleError(
      'bad-config',
      `${name}: the weights of "bases" must be numbers from 0, one at least above it.`,
    )
  }
  if (scale !== 'deviation' && scale !== 'top') {
    throw new HaggleError('bad-config', `${name}: "scale" must be "deviation" or "top".`)
  }
  if (!objectives.includes(objective)) {
    throw new HaggleError('bad-config', `${name}: "objective" must be one of "${objectives.join('", "')}".`)
  }
}

/** The largest of the base models while it learns, beside the others learnt; the slates, and a minibatch of them. */
function plan(data: Interactions, config: HaggleConfig, bases: readonly Base[]): MemoryPlan {
  const { matrix } = data
  const plans = bases.map((base) => base.model.plan?.(data, base.config) ?? { kernels: 0, heap: 0 })
  const features = featureCountOf(bases.length, data.signals?.names.length ?? 0)
  const candidates = Math.min(config.candidates, matrix.columnCount)
  const slates = Math.min(config.maximumSlates, config.folds * matrix.rowCount, matrix.columns.length)
  const batch = 4 * config.batchSize * candidates * (features + 4 * config.hidden + 3)
  return {
    kernels: Math.max(batch, ...plans.map(({ kernels }) => kernels)),
    heap:
      plans.reduce((sum, { heap }) => sum + heap, 0) +
      slates * candidates * (4 * features + 5) +
      12 * matrix.columns.length +
      4 * matrix.columnCount * (bases.length + 4),
  }
}

async function learn(
  data: Interactions,
  config: HaggleConfig,
  wanted: readonly Base[],
  run: FitRun,
): Promise<ModelState> {
  const matrix = trainingMatrix(name, data, { binarise: true, halfLifeDays: Infinity })
  const bases = settledBases(wanted, data)
  const stage = stagesOf(config, run)
  const { slates, signals } = await lessonsFor(data, config, bases, run)
  const { nets, validation } = await teachNets(slates, sharesOf(bases), config, stage(config.folds))
  const whole = await fitBases(data, bases, stage(config.folds + 1), 'everything')
  const packed = packBases(whole.map((base) => base.fitted.serialise()))
  const learnt = { bases: packed.bases, nets: nets.length, signals, validation }
  return {
    model: name,
    version,
    config: { ...config, learnt } satisfies LearntConfig,
    itemCount: matrix.columnCount,
    arrays: { popularity: popularityOf(data), prior: popularityPrior(matrix), ...packed.arrays, ...packNets(nets) },
  }
}

/** What the discriminator is to learn from: slates of generators fitted without what they had to find. */
export function lessonsFor(
  data: Interactions,
  config: HaggleConfig,
  bases: readonly Base[],
  run: FitRun,
): Promise<Lessons> {
  const stage = stagesOf(config, run)
  const teach = async (rest: Interactions, part: number, signals: readonly string[]): Promise<Generator> => {
    const partly = await fitBases(rest, bases, stage(part), `part ${part + 1} of ${config.folds}`)
    return createGenerator(partly, popularityOf(rest), optionsOf(config, signals))
  }
  return collectorFor(data, config)(data, config, teach, run)
}

/** Where things are met again, lessons are the steps to them, or whole baskets. */
function collectorFor({ steps }: Interactions, { repeats, hide }: HaggleConfig) {
  if (!repeats) return collectLessons
  return steps !== undefined && (hide === 'steps' || hide === 'visit') ? collectStepLessons : collectBasketLessons
}

/** Each part, the discriminator, and everything take about as long. */
function stagesOf({ folds }: HaggleConfig, run: FitRun): (at: number) => FitRun {
  return (at) => ({
    ...run,
    progress: (fraction, note) => run.progress(Math.min(1, (at + fraction) / (folds + 2)), note),
  })
}

function optionsOf({ candidates, repeats, scale }: HaggleConfig, signals: readonly string[]): GeneratorOptions {
  return { candidates, repeats, scale, signals }
}

export async function fitBases(
  data: Interactions,
  bases: readonly Base[],
  run: FitRun,
  stage: string,
): Promise<WeightedBase[]> {
  const all: WeightedBase[] = []
  for (const [at, { label, model, config, weight }] of bases.entries()) {
    const fitted = await model.fit(data, config, {
      rng: run.rng.fork(`${stage} ${label}`),
      breathe: run.breathe,
      progress: (fraction) => run.progress((at + fraction) / bases.length, `${stage}: ${label}`),
      // The curves shown are the discriminator's.
      epoch: () => undefined,
    })
    all.push({ fitted, weight })
  }
  return all
}

/** How many rows hold each item. */
export function popularityOf({ matrix }: Interactions): Float32Array {
  return Float32Array.from(columnSums(matrix, 0))
}

function fitted(state: ModelState, modelOf: (model: string) => Model): Fitted {
  const { itemCount } = state
  const opened = openState(state, name, version)
  const { learnt, ...config } = state.config as LearntConfig
  const prior = opened.floats('prior', itemCount)
  const weights = Object.values(config.bases).map(({ weight = 1 }) => weight)
  const bases = unpackBases(state, learnt.bases).map((base, at) => ({
    fitted: modelOf(base.model).load(base),
    weight: weights[at],
  }))
  const { signals } = learnt
  const nets = unpackNets(state, learnt.nets, featureCountOf(bases.length, signals.length), config.hidden)
  const judge = judgeOf(nets)
  const generator = createGenerator(bases, opened.floats('popularity', itemCount), optionsOf(config, signals))
  return {
    itemCount,
    readsSignals: !signals.every(isOfHistory),
    ablation: ablationOf(learnt.validation, config.objective),
    score: (query, scores) => {
      if (query.items.length === 0) scores.set(prior)
      else rank(generator, judge, config, query, scores)
    },
    explain: (query, item) => {
      if (query.items.length === 0) return linearParts(query, prior[item], () => 0)
      const named = bases.map((base, at) => ({ ...base, name: Object.keys(config.bases)[at] }))
      const judges = { nets, judge, objective: config.objective, signals }
      return explainProposal(generator.propose(query), named, judges, query, item)
    },
    serialise: () => state,
  }
}

/** Candidates first, in the discriminator's order; the others behind them in the generator's. */
function rank(
  generator: Generator,
  judge: Judge | null,
  { objective }: HaggleConfig,
  query: Query,
  scores: Float32Array,
): void {
  const { items, features, mean } = generator.propose(query)
  scores.set(mean)
  const ranked = rankSlate(judge, objective, { features, generator: Float32Array.from(items, (item) => mean[item]) })
  // Nothing is above the first candidate but what the shopper has already.
  const above = Math.max(...[...items.subarray(0, 1), ...query.items].map((item) => mean[item])) + 1
  const least = ranked.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY)
  for (let at = 0; at < items.length; at++) scores[items[at]] = above + ranked[at] - least
}
