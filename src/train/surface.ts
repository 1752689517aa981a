/**
 * Chooses the model of one surface and judges it: on validation rows against all others, then, on test rows none of
 * them has seen, against popularity and against what is live.
 *
 * A chosen model that falls short of what is live gives way to the live recipe, learnt anew on the newer data.
 */
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import { primaryMetric } from '../evaluate/metrics.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { Fitted } from '../models/model.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { type ContestContext, type ContestResult, hold, type ModelRecipe, recipeFor } from './contest.ts'
import { type Judgement, judge } from './gate.ts'
import type { SurfaceReport } from './generation-report.ts'
import { type LiveContestant, liveAsItStands, liveRecipe, sameRecipe } from './live-model.ts'
import type { Prepared } from './prepare.ts'
import { type SurfaceData, surfaceData } from './surface-data.ts'
import { competing, mainSurface } from './surfaces.ts'
import { foundInUse } from './tuned-settings.ts'

/** Stand beside every chosen model on the test rows. */
const yardsticks = ['popularity', 'ease']
/** Names of what is live on the test board: its model as it stands, and its recipe learnt anew. */
const standing = 'live'
const relearnt = 'live recipe'

export interface ChosenSurface {
  readonly report: SurfaceReport
  /** What the chosen recipe learns from before it goes live. */
  readonly everything: Interactions
  /** Of the main surface: it, as it was asked about times it had not seen, to choose and to judge it. */
  readonly asked: readonly Asked[]
}

/** A model, what it had learnt from, and the time it had not seen. */
export interface Asked {
  readonly fitted: Fitted
  readonly train: Interactions
  readonly fromMs: number
  readonly untilMs: number
}

/** `null` where there is too little to learn from; only the main surface is learnt without being judged. */
export async function chooseForSurface(
  context: ContestContext,
  prepared: Prepared,
  surface: TrainedSurface,
  live: LiveContestant | null,
): Promise<ChosenSurface | null> {
  const data = surfaceData(prepared, surface, context.config)
  if (data.everything.matrix.columns.length === 0 || (data.thin && surface !== mainSurface)) return null
  const { validationMs, testMs, untilMs } = prepared
  const entrants = entrantsOf(surface, context)
  const validation = await hold(context, surface, 'to choose', data.validation, entrants)
  const present = live === null ? null : liveRecipe(live, surface)
  const guests = live === null ? {} : liveGuest(prepared, surface, data, live)
  const ranking = data.thin ? trusted(entrants) : validation.board.lines.map(({ model }) => model)
  // The first that learns from the test split as well: one that diverges there makes room for the next.
  for (const name of ranking) {
    const chosen = validation.recipes[name]
    const compared = comparedWith(chosen, present, surface, context)
    const test = await hold(context, surface, 'to judge', data.test, compared, guests)
    if (!test.evaluations.has(name)) continue
    const decision = decide(context, surface, test, chosen, present)
    const failures = { ...validation.failures, ...test.failures }
    const tuned = foundInUse(context.config, context.tuned[surface])
    const { board, curves, ablations } = validation
    const report = {
      ...decision,
      validation: board,
      test: test.board,
      curves,
      ablations,
      tuned,
      split: data.kind,
      failures,
    }
    const isAsked = surface === mainSurface && data.kind === 'by time'
    const times = [
      {
        fitted: validation.fitted.get(decision.recipe.model),
        train: data.validation.train,
        fromMs: validationMs,
        untilMs: testMs,
      },
      { fitted: test.fitted.get(decision.testedAs), train: data.test.train, fromMs: testMs, untilMs },
    ]
    const asked = isAsked ? times.filter((time): time is Asked => time.fitted !== undefined) : []
    return { everything: data.everything, report, asked }
  }
  const reasons = Object.values(validation.failures).join(' ')
  throw new HaggleError('no-data', `No model could learn for ${surface}. ${reasons}`)
}

/** All models that compete for a surface, popularity always among them. */
export function entrantsOf(surface: TrainedSurface, context: ContestContext): Record<string, ModelRecipe> {
  const names = new Set(['popularity', ...competing(surface, context.config.training.models)])
  return Object.fromEntries([...names].map((model) => [model, recipeFor(model, surface, context)]))
}

/** Where nothing can be compared, the order in which they are named is the order of trust; popularity comes last. */
function trusted(entrants: Readonly<Record<string, ModelRecipe>>): string[] {
  return [...Object.keys(entrants).filter((model) => model !== 'popularity'), 'popularity']
}

function comparedWith(
  chosen: ModelRecipe,
  present: ModelRecipe | null,
  surface: TrainedSurface,
  context: ContestContext,
): Record<string, ModelRecipe> {
  const beside = Object.fromEntries(yardsticks.map((model) => [model, recipeFor(model, surface, context)]))
  const own = { ...beside, [chosen.model]: chosen }
  return present === null || sameRecipe(chosen, present) ? own : { ...own, [relearnt]: present }
}

/** A generation that learnt from what is now asked would be judged on its homework: it is no guest then. */
function liveGuest(
  prepared: Prepared,
  surface: TrainedSurface,
  data: SurfaceData,
  live: LiveContestant,
): Record<string, Fitted> {
  if (data.kind === 'at random' || live.dataUntilMs > prepared.testMs) return {}
  const { scales } = prepared.behavioursAt(prepared.testMs)
  const fitted = liveAsItStands(live, surface, prepared.items, scales)
  return fitted === null ? {} : { [standing]: fitted }
}

function decide(
  { config }: ContestContext,
  surface: TrainedSurface,
  test: ContestResult,
  chosen: ModelRecipe,
  present: ModelRecipe | null,
): { recipe: ModelRecipe; testedAs: string; judgement: Judgement } {
  const { cutoffs, bootstrapRounds, seed } = config.training
  const rows = (name: string) => test.evaluations.get(name)?.perRow[primaryMetric(cutoffs)] ?? null
  const again = present !== null && sameRecipe(chosen, present)
  const live = present === null ? null : (rows(standing) ?? rows(again ? chosen.model : relearnt))
  const judged = (recipe: ModelRecipe, testedAs: string, candidate: Float64Array, same: boolean) => ({
    recipe,
    testedAs,
    judgement: judge(
      { model: recipe.model, candidate, popularity: rows('popularity') ?? candidate, live, sameRecipe: same },
      { rounds: bootstrapRounds, rng: createRng(seed).fork(`gate ${surface}`) },
    ),
  })
  const first = judged(chosen, chosen.model, rows(chosen.model) as Float64Array, again)
  const fallback = rows(relearnt)
  if (first.judgement.verdict !== 'worse-than-live' || present === null || fallback === null) return first
  return judged(present, relearnt, fallback, true)
}
