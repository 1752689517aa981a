/**
 * Looks for better settings of one model, on rows held out of what it learns from, and says how sure it is.
 *
 * Random settings (models/search-space.ts) beside the standard ones, halved from fold to fold (tuning-rungs.ts) by the
 * metric of the rows held out, everybody's figure being their mean over the folds they were asked in. The last one
 * standing is asked further folds beside the standard; only where the whole 95 % interval of the paired difference there
 * lies above 0 is it recommended. The same seed and fits give the same result, and a tuning that was killed goes on. It
 * sees the folds it is given and nothing else: whoever makes them leaves test rows out.
 * Cost: the fits of the budget, each with at most `maximumRows` questions.
 */
import { isDeepStrictEqual } from 'node:util'
import { createRng } from '../base/rng.ts'
import { type Interval, meanInterval, signed } from '../evaluate/bootstrap.ts'
import { type AnySpace, drawSettings, type Settings } from '../models/search-space.ts'
import { fewestRows } from './gate.ts'
import { describeSettings } from './tuned-settings.ts'
import { type BenchRun, type BenchTask, type Candidate, meanOf, openBench, unitMeans } from './tuning-bench.ts'
import { fewestFits, planRungs, type RungPlan } from './tuning-rungs.ts'

/** How long it may take: at most so many fits, or about so many seconds of fitting and asking. */
export type Budget = { readonly fits: number } | { readonly seconds: number }

export interface TuningTask extends BenchTask {
  readonly space: AnySpace
  /** Tried first, like what an earlier tuning found; laid over the standard ones. */
  readonly hunches: readonly Settings[]
  readonly budget: Budget
  readonly bootstrapRounds: number
}

export interface TuningRun extends BenchRun {
  /** So many fits of all that are planned are done. */
  readonly progress: (done: number, planned: number, note: string) => void
}

/** Plain data: settings that were tried. */
export interface Trial {
  /** Laid over the standard ones; empty for those themselves. */
  readonly settings: Settings
  /** How many of the choosing folds it was asked. */
  readonly folds: number
  /** Mean over those who were asked in these folds, and the same less the standard's. */
  readonly figure: number
  readonly difference: number
  /** Why it could not learn; `null` where it could. */
  readonly failure: string | null
}

/** Plain data: both on the confirming folds. */
export interface Winner {
  readonly settings: Settings
  readonly figure: number
  readonly standard: number
  readonly difference: Interval
  /** How many shoppers, visits or baskets were asked. */
  readonly rows: number
}

/** Plain data. */
export interface Tuning {
  readonly model: string
  readonly metric: string
  /** Those asked in more folds before those asked in fewer, then the best first. */
  readonly trials: readonly Trial[]
  readonly winner: Winner | null
  /** The winner is better than the standard beyond its interval. */
  readonly recommended: boolean
  readonly spent: { readonly fits: number; readonly seconds: number }
  readonly budget: Budget
  /** Why there is no winner; `null` where there is one. */
  readonly problem: string | null
}

/** With seconds as a budget, no more settings than this are drawn. */
const mostSettings = 256

export async function tune(task: TuningTask, run: TuningRun): Promise<Tuning> {
  const { model, metric, folds, budget } = task
  const bench = openBench(task, run)
  const standard = candidate({})
  const end = (candidates: readonly Candidate[], winner: Winner | null, problem: string | null): Tuning => ({
    model: model.name,
    metric,
    trials: trialsOf(candidates, folds.choosing),
    winner,
    recommended: winner !== null && winner.rows >= fewestRows && winner.difference.low > 0,
    spent: { fits: bench.spent.fits, seconds: bench.spent.seconds },
    budget,
    problem,
  })
  if (Object.keys(task.space).length === 0) return end([], null, `${model.name} has no settings to try.`)
  // How many fits seconds carry is known after the first.
  const guess = 'fits' in budget ? budget.fits : fewestFits(folds)
  await bench.ask(standard, 0, (fraction) => run.progress(fraction, guess, ''))
  if (standard.failure !== null) return end([standard], null, standard.failure)
  const perFit = bench.spent.seconds
  const room = 'fits' in budget ? budget.fits : Math.floor(budget.seconds / perFit)
  if (room < fewestFits(folds)) return end([standard], null, tooLittle(task, room))

  const plan = planRungs(room, folds, mostSettings)
  const ask = async (each: Candidate, fold: number, note: string) => {
    if (each.answers[fold] !== undefined || each.failure !== null) return
    const { fits } = bench.spent
    await bench.ask(each, fold, (fraction) => run.progress(fits + fraction, plan.fits, note))
    run.progress(fits + 1, plan.fits, note)
  }
  const inTime = () => {
    if ('fits' in budget) return true
    const { seconds, dearest } = bench.spent
    return seconds + (1 + 2 * folds.confirming) * dearest <= budget.seconds
  }
  const candidates = drawCandidates(task, standard, plan.rungs[0].count)
  const chosen = await choose(candidates, plan, ask, inTime)
  if (chosen === null) return end(candidates, null, 'None of the settings that were drawn could learn.')
  const last = folds.choosing + folds.confirming
  for (let fold = folds.choosing; fold < last; fold++) {
    for (const each of [standard, chosen]) await ask(each, fold, `${JSON.stringify(chosen.settings)} is confirmed`)
  }
  const failure = standard.failure ?? chosen.failure
  if (failure !== null) return end(candidates, null, failure)
  run.progress(plan.fits, plan.fits, 'done')
  return end(candidates, compare(task, standard, chosen), null)
}

function candidate(settings: Settings): Candidate {
  return { settings, answers: [], failure: null }
}

function tooLittle({ folds, model, budget }: TuningTask, room: number): string {
  const carries =
    'fits' in budget ? `${budget.fits} fits are` : `${budget.seconds.toFixed(0)} s carry about ${room} fits,`
  return `${carries} too little for ${model.name}: to tell two settings apart takes ${fewestFits(folds)}.`
}

/** The standard first. Every second draw leaves about half of the settings as they are. */
function drawCandidates({ space, standard, hunches, seed }: TuningTask, first: Candidate, count: number): Candidate[] {
  const candidates = [first]
  const known = new Set(['{}'])
  const rng = createRng(seed).fork('settings')
  // A space of few points runs out.
  for (let draw = 0; candidates.length < count && draw < 20 * count; draw++) {
    const drawn = hunches[draw] ?? drawSettings(space, standard, draw % 2 === 0 ? 1 : 0.5, rng)
    const settings = differing(drawn, standard)
    const point = JSON.stringify(settings)
    if (!known.has(point)) candidates.push(candidate(settings))
    known.add(point)
  }
  return candidates
}

function differing(settings: Settings, standard: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key, value]) => !isDeepStrictEqual(value, standard[key])))
}

/** The best but the standard, which is the first of `candidates` and stays to the end. */
async function choose(
  candidates: readonly Candidate[],
  { rungs }: RungPlan,
  ask: (each: Candidate, fold: number, note: string) => Promise<void>,
  inTime: () => boolean,
): Promise<Candidate | null> {
  const [standard, ...others] = candidates
  let standing = others
  let note = ''
  for (const { count, from, to } of rungs) {
    standing = standing.slice(0, count - 1)
    for (let fold = from; fold < to; fold++) {
      for (const each of [standard, ...standing]) {
        if (inTime()) await ask(each, fold, note)
      }
    }
    // Where time ran out in the middle of a rung, the one before it decides.
    const asked = standing.filter(({ answers }) => answers[to - 1] !== undefined)
    const isWhole = asked.length === standing.filter(({ failure }) => failure === null).length
    if (!isWhole && from > 0) break
    standing = byFigure(asked, to)
    if (!isWhole || standing.length === 0) break
    note = `the best so far ${JSON.stringify(standing[0].settings)}`
  }
  return standing.find(({ failure }) => failure === null) ?? null
}

function byFigure(candidates: readonly Candidate[], folds: number): Candidate[] {
  const figures = new Map(candidates.map((each) => [each, meanOf(unitMeans(each, 0, folds).values())]))
  return [...candidates].sort((a, b) => (figures.get(b) ?? 0) - (figures.get(a) ?? 0))
}

function compare({ folds, seed, bootstrapRounds }: TuningTask, standard: Candidate, chosen: Candidate): Winner {
  const range = [folds.choosing, folds.choosing + folds.confirming] as const
  const before = unitMeans(standard, ...range)
  const after = unitMeans(chosen, ...range)
  const differences = Float64Array.from([...after], ([unit, value]) => value - (before.get(unit) ?? 0))
  return {
    settings: chosen.settings,
    figure: meanOf(after.values()),
    standard: meanOf(before.values()),
    difference: meanInterval(differences, { rounds: bootstrapRounds, rng: createRng(seed).fork('confirm') }),
    rows: differences.length,
  }
}

function trialsOf(candidates: readonly Candidate[], choosing: number): Trial[] {
  const trials = candidates.map((each): Trial => {
    const gap = Array.from({ length: choosing }, (_, fold) => fold).find((fold) => each.answers[fold] === undefined)
    const folds = gap ?? choosing
    const mean = (of: Candidate) => meanOf(unitMeans(of, 0, folds).values())
    const figure = mean(each)
    return { settings: each.settings, folds, figure, difference: figure - mean(candidates[0]), failure: each.failure }
  })
  return trials.sort((a, b) => b.folds - a.folds || b.figure - a.figure)
}

/** What came of it, in one sentence or two. */
export function describeTuning({ winner, recommended, metric, spent, problem }: Tuning): string {
  const cost = `${spent.fits} fits, ${spent.seconds.toFixed(0)} s`
  if (winner === null) return `${problem ?? ''} (${cost})`
  const { settings, figure, standard, difference, rows } = winner
  const { mean, low, high } = difference
  const verdict = recommended ? 'better' : 'not surely better'
  return (
    `${describeSettings(settings)}: ${metric} ${figure.toFixed(4)} against ${standard.toFixed(4)} without tuning, ` +
    `${signed(mean)} (95 % ${signed(low)} … ${signed(high)}, ${rows} asked), ${verdict}. Spent ${cost}.`
  )
}
