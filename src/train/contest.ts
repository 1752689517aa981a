/**
 * Lets models compete for a surface: each learns from the same table and is asked the same rows.
 *
 * A model that cannot learn from this data (too large, diverged) drops out with its reason, and where it was too large a
 * lighter one of its kind takes its place; the others go on.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Config } from '../base/config.ts'
import type { Progress } from '../base/progress.ts'
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import { type Evaluation, evaluate } from '../evaluate/evaluate.ts'
import { type Contestant, type Leaderboard, rankContestants } from '../evaluate/leaderboard.ts'
import type { Split } from '../evaluate/split.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import { modelNamed } from '../models/index.ts'
import type { Ablation, Epoch, Fitted, FitRun } from '../models/model.ts'
import type { SlateKnobs } from '../retrieve/slate.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import type { Checkpoint, FittedModel } from './checkpoint.ts'
import { refuseTooLarge } from './memory-room.ts'
import { withUsual } from './surfaces.ts'
import { settingsOf, type TunedSettings } from './tuned-settings.ts'

/** What is trained and how: enough to do it again. */
export interface ModelRecipe {
  readonly model: string
  /** Complete, defaults included. */
  readonly config: unknown
}

export interface ContestContext {
  readonly config: Config
  readonly tuned: TunedSettings
  readonly progress: Progress
  readonly breathe: Breathe
  readonly checkpoint: Checkpoint
  /** Of the items of the tables, where the catalogue knows categories. */
  readonly kinds?: readonly Int32Array[]
  readonly onEpoch?: (surface: TrainedSurface, model: string, epoch: Epoch) => void
}

export interface ContestResult {
  readonly board: Leaderboard
  readonly fitted: ReadonlyMap<string, Fitted>
  readonly evaluations: ReadonlyMap<string, Evaluation>
  readonly curves: Readonly<Record<string, readonly Epoch[]>>
  /** Of those that chose among variants of themselves. */
  readonly ablations: Readonly<Record<string, Ablation>>
  /** Who learnt what: the entrants, and who took the place of one that was too large. */
  readonly recipes: Readonly<Record<string, ModelRecipe>>
  /** Model → why it could not compete. */
  readonly failures: Readonly<Record<string, string>>
}

/** The parts of a training, by what their models are for; also the names of its checkpoints. */
export type Stage = 'to choose' | 'to judge' | 'to go live'

/** As the person who waits reads it. */
export function stageName(surface: TrainedSurface, stage: Stage): string {
  switch (stage) {
    case 'to choose':
      return `models compete for ${surface}`
    case 'to judge':
      return `models are judged for ${surface}`
    case 'to go live':
      return `${surface} learns from everything`
  }
}

/** Of the time a model takes in a contest, about so much goes into learning. */
const learningShare = 0.9

/** The recipe that the surface's settings, what tuning found for it and the shop's own settings give for a model. */
export function recipeFor(model: string, surface: TrainedSurface, { config, tuned }: ContestContext): ModelRecipe {
  return { model, config: settingsOf(model, config, withUsual(surface, tuned[surface])) }
}

/**
 * @param stage names the table, so that a resumed training knows which models it has finished
 * @param entrants name → what learns from the table
 * @param guests name → what is only asked, as it stands
 */
export async function hold(
  context: ContestContext,
  surface: TrainedSurface,
  stage: Stage,
  split: Split,
  entrants: Readonly<Record<string, ModelRecipe>>,
  guests: Readonly<Record<string, Fitted>> = {},
): Promise<ContestResult> {
  const contestants: Contestant[] = []
  const fitted = new Map(Object.entries(guests))
  const curves: Record<string, readonly Epoch[]> = {}
  const ablations: Record<string, Ablation> = {}
  const failures: Record<string, string> = {}
  const queue = Object.entries(entrants)
  const names = [...Object.keys(entrants), ...Object.keys(guests)]
  const report = (name: string, fraction: number, note: string) =>
    context.progress.report(stageName(surface, stage), names.indexOf(name) + fraction, names.length, `${name} ${note}`)
  const ask = async (name: string, model: Fitted, fitSeconds: number) => {
    const progress = (fraction: number) => report(name, learningShare + (1 - learningShare) * fraction, 'is asked')
    contestants.push({
      model: name,
      fitSeconds,
      evaluation: await examine(context, surface, split, model, progress),
    })
  }
  for (const [name, recipe] of queue) {
    try {
      const progress = (fraction: number, note = '') => report(name, learningShare * fraction, `learns ${note}`)
      const learnt = await learn(context, surface, `${stage} ${name}`, split.train, recipe, progress)
      await ask(name, learnt.fitted, learnt.seconds)
      fitted.set(name, learnt.fitted)
      if (learnt.curve.length > 0) curves[name] = learnt.curve
      if (learnt.fitted.ablation !== undefined) ablations[name] = learnt.fitted.ablation
    } catch (error) {
      failures[name] = failureReason(error)
      const { lighter } = modelNamed(recipe.model)
      if (lighter === undefined || !isTooLarge(error) || names.includes(lighter)) continue
      queue.push([lighter, recipeFor(lighter, surface, context)])
      names.push(lighter)
    }
  }
  for (const [name, guest] of Object.entries(guests)) await ask(name, guest, 0)
  const { cutoffs, bootstrapRounds, seed } = context.config.training
  const rng = createRng(seed).fork('leaderboard')
  return {
    board: rankContestants(contestants, { cutoffs, rounds: bootstrapRounds, rng }),
    evaluations: new Map(contestants.map(({ model, evaluation }) => [model, evaluation])),
    fitted,
    curves,
    ablations,
    recipes: Object.fromEntries(queue),
    failures,
  }
}

/**
 * Fits one model, or takes it from the checkpoint.
 * @param name of this fit among all of the surface
 */
export async function learn(
  { config, breathe, checkpoint, onEpoch }: ContestContext,
  surface: TrainedSurface,
  name: string,
  data: Interactions,
  recipe: ModelRecipe,
  progress: FitRun['progress'],
): Promise<FittedModel> {
  const key = `${surface} ${name}`
  const finished = await checkpoint.load(key)
  if (finished !== null) return finished
  const model = modelNamed(recipe.model)
  refuseTooLarge(recipe.model, model.plan?.(data, recipe.config), config.training.memoryMiB)
  const curve: Epoch[] = []
  const started = performance.now()
  progress(0)
  const fitted = await model.fit(data, recipe.config, {
    rng: createRng(config.training.seed).fork(key),
    breathe,
    progress,
    epoch: (epoch) => {
      curve.push(epoch)
      onEpoch?.(surface, recipe.model, epoch)
    },
  })
  const learnt = { model: recipe.model, fitted, curve, seconds: (performance.now() - started) / 1000 }
  await checkpoint.save(key, learnt)
  progress(1, 'and has learnt')
  return learnt
}

/**
 * Asks every model the same rows, also where there are more of them than the settings allow.
 * @param slate composes the lists, as when they are served
 */
export function examine(
  { config, breathe, kinds }: ContestContext,
  surface: TrainedSurface,
  split: Split,
  fitted: Fitted,
  progress?: (fraction: number) => void,
  slate?: SlateKnobs,
): Promise<Evaluation> {
  const { cutoffs, maximumTestUsers, seed } = config.training
  return evaluate(fitted, split, {
    cutoffs,
    kinds,
    slate,
    maximumRows: maximumTestUsers,
    rng: createRng(seed).fork(`rows ${surface}`),
    breathe,
    progress,
  })
}

function isTooLarge(error: unknown): boolean {
  return error instanceof HaggleError && error.code === 'too-little-memory'
}

/** Why a model cannot learn. Only what says something about model and data; a defect or a person's wish to stop ends the training. */
export function failureReason(error: unknown): string {
  if (error instanceof HaggleError && ['diverged', 'too-little-memory', 'no-data'].includes(error.code)) {
    return error.message
  }
  throw error
}
