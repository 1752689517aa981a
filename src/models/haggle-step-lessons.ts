/**
 * What the discriminator learns from where one goes back to things: what came next, met before or not.
 *
 * `steps`: a share of the rows at a time is hidden whole, and asked after each of their steps for the one after: visits of
 * strangers. `visit`: a row loses all from a visit on in which something new to `hideAtLeast` was done (bought, with the
 * strength of a purchase), and is asked just before that visit for those things: shoppers who come back. Its visits are
 * dealt out to the parts, and the latest of those in a part is asked there. Each question has its own clock, and base models are fitted on what is left. Needs `Interactions.steps`.
 * Cost: `folds` fits of the base models, and at most `maximumSlates` slates.
 */
import { dayMs, minuteMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import { type Interactions, keepSteps, latestSteps, type Steps, tableOfSteps } from '../preprocess/interactions.ts'
import { historySignals } from './haggle-history.ts'
import { askRows, type Lesson, type LessonOptions, type Lessons, type Question, type Teach } from './haggle-lessons.ts'
import type { FitRun, Query } from './model.ts'

/** Asked of a row of which the steps before `end` are known. */
interface Ask {
  readonly row: number
  readonly end: number
  /** The age of the moment of asking. */
  readonly ageDays: number
  readonly hidden: ReadonlySet<number>
}

export async function collectStepLessons(
  data: Interactions,
  options: LessonOptions,
  teach: Teach,
  run: Pick<FitRun, 'rng' | 'breathe'>,
): Promise<Lessons> {
  const { steps } = data
  if (steps === undefined) throw new RangeError('lessons of steps need a table that keeps them')
  const rng = run.rng.fork('step lessons')
  const folds = partsOf(steps, options, rng)
  const slates: Lesson[] = []
  for (const [fold, asks] of folds.entries()) {
    const ends = steps.pointers.slice(1)
    // Of a visit of a stranger nothing is known.
    for (const { row, end } of asks) ends[row] = options.hide === 'visit' ? end : steps.pointers[row]
    const rest = tableOfSteps(
      data,
      keepSteps(steps, (step, row) => step < ends[row]),
    )
    if (rest.matrix.columns.length === 0) continue
    const generator = await teach(rest, fold, historySignals)
    const question = (at: number): Question => ({ ...asks[at], query: stepQuery(steps, asks[at]) })
    slates.push(...(await askRows(generator, rng.shuffle(Int32Array.from(asks.keys())), question, options, run)))
  }
  return { slates, signals: historySignals }
}

/** What is asked in each part: of a row all its steps in one, or one visit in each at most. */
function partsOf(steps: Steps, options: LessonOptions, rng: Rng): Ask[][] {
  const parts = Array.from({ length: options.folds }, (): Ask[] => [])
  for (let row = 0; row < steps.pointers.length - 1; row++) {
    if (options.hide === 'steps') parts[rng.int(options.folds)].push(...everyStep(steps, row))
    else {
      const latest = new Map(visitsOf(steps, row, options).map((ask) => [rng.int(options.folds), ask]))
      for (const [part, ask] of latest) parts[part].push(ask)
    }
  }
  return parts
}

/** As each stood at the step before. */
function everyStep({ pointers, columns, ageDays }: Steps, row: number): Ask[] {
  const [start, end] = [pointers[row], pointers[row + 1]]
  return Array.from({ length: Math.max(0, end - start - 1) }, (_, at) => {
    const next = start + 1 + at
    return { row, end: next, ageDays: ageDays[next - 1], hidden: new Set([columns[next]]) }
  })
}

/** Oldest first. */
function visitsOf(steps: Steps, row: number, { hideAtLeast, pauseMinutes }: LessonOptions): Ask[] {
  const { pointers, columns, ageDays, values } = steps
  const pauseDays = (pauseMinutes * minuteMs) / dayMs
  const reached = new Set<number>()
  const asks: Ask[] = []
  let visit = pointers[row]
  for (let step = pointers[row]; step < pointers[row + 1]; step++) {
    if (step > visit && ageDays[step - 1] - ageDays[step] >= pauseDays) visit = step
    const item = columns[step]
    if (values[step] < hideAtLeast || (hideAtLeast > 0 && reached.has(item))) continue
    reached.add(item)
    if (visit === pointers[row]) continue
    const known = asks.at(-1)
    const hidden = known?.end === visit ? asks.pop()?.hidden : undefined
    asks.push({ row, end: visit, ageDays: ageDays[visit], hidden: new Set([...(hidden ?? []), item]) })
  }
  return asks
}

/** What the row would have asked with then. */
function stepQuery(steps: Steps, { row, end, ageDays }: Ask): Query {
  const latest = [...latestSteps(steps, row, end)]
  return {
    items: Int32Array.from(latest, ([item]) => item),
    weights: Float32Array.from(latest, ([, step]) => steps.values[step]),
    ageDays: Float32Array.from(latest, ([, step]) => steps.ageDays[step] - ageDays),
    features: null,
  }
}
