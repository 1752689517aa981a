/**
 * Learns the order of searches from what shoppers took of earlier ones, stage by stage, and keeps of it what surely helps.
 *
 * The earlier seven tenths of the answers of which something was taken teach; on them, in folds of shoppers, the learner
 * is chosen. The later three tenths judge: mean reciprocal rank among what was shown, each product weighed by its grade
 * and the inverse of how likely its place is looked at, with a paired bootstrap by shopper. A stage whose 95 % interval
 * does not lie above 0 stays out, and its order is the one it was given: with neither, that of the words. What stays is
 * taught again by all answers.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Config } from '../base/config.ts'
import { createRng, type Rng } from '../base/rng.ts'
import type { CatalogueId, UserId } from '../domain/ids.ts'
import { type Interval, meanInterval } from '../evaluate/bootstrap.ts'
import { type Examination, estimateExamination, everyPlaceSeen, inversePropensity } from '../features/examination.ts'
import {
  type SearchOrderState,
  stageColumns,
  stageJudge,
  type StageName,
  type StageState,
} from '../models/search-order.ts'
import { type Learner, learners, teachStage } from '../models/search-stage.ts'
import type { Store } from '../store/store.ts'
import type { Prepared } from './prepare.ts'
import type { SearchReport, StageReport } from './search-report.ts'
import { readSearchLog, replaySearches, type SearchLesson, sightings, telling } from './search-lessons.ts'
import type { Asked } from './surface.ts'

export interface SearchLearning {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly breathe: Breathe
  /** Models that had not seen times, for the shoppers' tastes. */
  readonly times: readonly Asked[]
}

export interface LearntSearch {
  readonly report: SearchReport
  /** `null` where nobody has searched. */
  readonly state: SearchOrderState | null
}

const taughtShare = 0.7
/** Fewer answers, or shoppers, on either side tell nothing. */
const fewestAnswers = 30
const fewestShoppers = 10
const folds = 3
const keptPairs = 50_000

export async function learnSearch(prepared: Prepared, run: SearchLearning): Promise<LearntSearch> {
  const log = await readSearchLog(run.store, run.catalogue, prepared)
  const told = telling(log)
  const cutMs = told[Math.floor(taughtShare * told.length)]?.timeMs ?? 0
  const examination = told.length === 0 ? everyPlaceSeen : estimateExamination(sightings(log, cutMs))
  const about = { answers: log.answers.length, telling: told.length, examination }
  if (log.answers.length === 0) return { report: { ...about, stages: {} }, state: null }
  const { lessons, feedback } = await replaySearches(prepared, log, { ...run, examination })
  const belief = beliefIn(prepared)
  const slates = lessons.map((lesson) => asSlate(lesson, examination, belief))
  const stages: Partial<Record<StageName, StageReport>> = {}
  const states: Record<StageName, StageState | null> = { shop: null, shopper: null }
  const shop = await chooseStage('shop', slates, cutMs, run)
  let given = slates
  if (shop !== null) {
    stages.shop = shop.report
    states.shop = shop.state
    if (shop.report.used) given = slates.map((slate, at) => ({ ...slate, given: shop.unseen[at] }))
  }
  const known = given.flatMap(forShopper)
  const shopper = await chooseStage('shopper', known, cutMs, run)
  if (shopper !== null) {
    stages.shopper = shopper.report
    states.shopper = shopper.state
  }
  return { report: { ...about, stages }, state: { examination, feedback: feedback.keep(keptPairs), stages: states } }
}

interface Slate {
  readonly timeMs: number
  readonly userId: UserId | null
  /** What the stage sees. */
  readonly rows: Float32Array
  /** The order it is given: its first column. */
  readonly given: ArrayLike<number>
  readonly votes: Float64Array
  readonly shopper: Float32Array | null
}

function asSlate(
  { timeMs, userId, shop, shopper, grades, positions }: SearchLesson,
  examination: Examination,
  belief: (userId: UserId | null) => number,
): Slate {
  const width = stageColumns.shop.length
  return {
    timeMs,
    userId,
    rows: shop,
    given: Float64Array.from(grades, (_, at) => shop[at * width]),
    votes: grades.map((grade, at) => grade * belief(userId) * inversePropensity(examination, positions[at])),
    shopper,
  }
}

/** With the order of the shop's stage in front. */
function forShopper(slate: Slate): Slate[] {
  if (slate.shopper === null) return []
  const width = stageColumns.shopper.length
  const rows = slate.shopper.slice()
  for (let at = 0; at < slate.votes.length; at++) rows[at * width] = slate.given[at]
  return [{ ...slate, rows }]
}

function beliefIn(prepared: Prepared): (userId: UserId | null) => number {
  const { log, untilMs } = prepared
  const trust = prepared.trustAt(untilMs)
  if (trust === null) return () => 1
  return (userId) => {
    const user = userId === null ? -1 : log.users.indexOf(userId)
    return user < 0 ? 1 : trust[user]
  }
}

interface ChosenStage {
  readonly report: StageReport
  readonly state: StageState | null
  /** Scores of each slate by nets that have not seen it. */
  readonly unseen: readonly ArrayLike<number>[]
}

async function chooseStage(
  name: StageName,
  all: readonly Slate[],
  cutMs: number,
  { config, breathe }: SearchLearning,
): Promise<ChosenStage | null> {
  const slates = all.filter(({ votes }) => votes.some((vote) => vote > 0))
  const early = slates.filter(({ timeMs }) => timeMs < cutMs)
  const late = slates.filter(({ timeMs }) => timeMs >= cutMs)
  if (![early, late].every((part) => part.length >= fewestAnswers && shoppersOf(part) >= fewestShoppers)) return null
  const rng = createRng(config.training.seed).fork(`search ${name}`)
  const teach = (learner: Learner, part: readonly Slate[], seed: string) =>
    teachStage(name, learner, part, rng.fork(seed), breathe)
  let best: { learner: Learner; worth: number; scores: readonly ArrayLike<number>[] } | null = null
  for (const learner of learners) {
    const scores = await crossFitted(
      name,
      early,
      rng,
      (part, fold) => teach(learner, part, `${learner} ${fold}`),
      breathe,
    )
    const worth = meanWorth(early, scores)
    if (best === null || worth > best.worth) best = { learner, worth, scores }
  }
  if (best === null) return null
  const { learner } = best
  const taught = await teach(learner, early, 'to judge')
  const judged = scoresOf(name, taught, late)
  const difference = gain(late, judged, { rounds: config.training.bootstrapRounds, rng: rng.fork('bootstrap') })
  const used = difference.low > 0
  const given = meanWorth(
    late,
    late.map((slate) => slate.given),
  )
  const report = {
    ...{ learner, taughtBy: early.length, judgedOn: late.length, given },
    ...{ learnt: meanWorth(late, judged), difference, used },
  }
  const byRow = new Map<Slate, ArrayLike<number>>()
  early.forEach((slate, at) => byRow.set(slate, best.scores[at]))
  late.forEach((slate, at) => byRow.set(slate, judged[at]))
  const unseen = all.map((slate) => byRow.get(slate) ?? slate.given)
  return { report, unseen, state: used ? await teach(learner, slates, 'to go live') : null }
}

function shoppersOf(slates: readonly Slate[]): number {
  return new Set(slates.map(unitOf)).size
}

/** Whose answer it is; a stranger's stands for itself. */
function unitOf({ userId }: Slate, at: number): string {
  return userId ?? `stranger ${at}`
}

/** Scores of each slate by what the other shoppers taught. */
async function crossFitted(
  name: StageName,
  slates: readonly Slate[],
  rng: Rng,
  teach: (part: readonly Slate[], fold: number) => Promise<StageState>,
  breathe: Breathe,
): Promise<ArrayLike<number>[]> {
  const units = rng.fork('folds').shuffle([...new Set(slates.map(unitOf))])
  const foldOf = new Map(units.map((unit, at) => [unit, at % folds]))
  const scores: ArrayLike<number>[] = slates.map(({ given }) => given)
  for (let fold = 0; fold < folds; fold++) {
    const isHeld = (slate: Slate, at: number) => foldOf.get(unitOf(slate, at)) === fold
    const state = await teach(
      slates.filter((slate, at) => !isHeld(slate, at)),
      fold,
    )
    const held = slates.flatMap((slate, at) => (isHeld(slate, at) ? [at] : []))
    scoresOf(
      name,
      state,
      held.map((at) => slates[at]),
    ).forEach((own, place) => (scores[held[place]] = own))
    await breathe()
  }
  return scores
}

function scoresOf(name: StageName, state: StageState, slates: readonly Slate[]): ArrayLike<number>[] {
  const judge = stageJudge(name, state)
  return slates.map(({ rows, given }) => (judge === null ? given : judge(rows)))
}

/** Σ votes / rank over Σ votes; equals share their places. */
function worthOf({ votes }: Slate, scores: ArrayLike<number>): number {
  let [worth, all] = [0, 0]
  votes.forEach((vote, at) => {
    if (vote === 0) return
    let [above, equal] = [0, 0]
    for (let other = 0; other < votes.length; other++) {
      if (scores[other] > scores[at]) above++
      else if (other !== at && scores[other] === scores[at]) equal++
    }
    worth += vote / (1 + above + equal / 2)
    all += vote
  })
  return worth / all
}

function weightsOf(slates: readonly Slate[]): number[] {
  const own = slates.map(({ votes }) => votes.reduce((sum, vote) => sum + vote, 0))
  const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length
  return own.map((weight) => weight / mean)
}

function meanWorth(slates: readonly Slate[], scores: readonly ArrayLike<number>[]): number {
  const weights = weightsOf(slates)
  return slates.reduce((sum, slate, at) => sum + weights[at] * worthOf(slate, scores[at]), 0) / slates.length
}

/** What the scores gain over the order given, an answer, with shoppers drawn whole. */
function gain(
  slates: readonly Slate[],
  scores: readonly ArrayLike<number>[],
  options: { rounds: number; rng: Rng },
): Interval {
  const weights = weightsOf(slates)
  const units = new Map<string, number>()
  slates.forEach((slate, at) => {
    const own = weights[at] * (worthOf(slate, scores[at]) - worthOf(slate, slate.given))
    units.set(unitOf(slate, at), (units.get(unitOf(slate, at)) ?? 0) + own)
  })
  const { mean, low, high } = meanInterval([...units.values()], options)
  const scale = units.size / slates.length
  return { mean: mean * scale, low: low * scale, high: high * scale }
}
