/**
 * What the discriminator learns from where one goes back to things: what came next, met before or not.
 *
 * `steps`: a share of the rows at a time is hidden whole, and asked after each of their steps for the one after: visits of
 * strangers. `visit`: a share of the rows at a time loses its last visit in which something new to `hideAtLeast` was done
 * (bought, with the strength of a purchase), and is asked just before that visit for those things: shoppers who come
 * back. Each question has its own clock, and base models are fitted on what is left. Needs `Interactions.steps`.
 * Cost: `folds` fits of the base models, and at most `maximumSlates` slates.
 */
import { dayMs, minuteMs } from '../base/clock.ts'
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
  const { rowCount } = data.matrix
  const foldOf = Int32Array.from({ length: rowCount }, () => rng.int(options.folds))
  const asks = Array.from({ length: rowCount }, (_, row) =>
    options.hide === 'visit' ? lastVisit(steps, row, options) : everyStep(steps, row),
  )
  const slates: Lesson[] = []
  for (let fold = 0; fold < options.folds; fold++) {
    const knownTo = (row: number) => {
      if (foldOf[row] !== fold || asks[row].length === 0) return steps.pointers[row + 1]
      return options.hide === 'visit' ? asks[row][0].end : steps.pointers[row]
    }
    const rest = tableOfSteps(
      data,
      keepSteps(steps, (step, row) => step < knownTo(row)),
    )
    if (rest.matrix.columns.length === 0) continue
    const generator = await teach(rest, fold, historySignals)
    const own = asks.flatMap((ofRow, row) => (foldOf[row] === fold ? ofRow : []))
    const question = (at: number): Question => ({ ...own[at], query: stepQuery(steps, own[at]) })
    slates.push(...(await askRows(generator, rng.shuffle(Int32Array.from(own.keys())), question, options, run)))
  }
  return { slates, signals: historySignals }
}

/** As each stood at the step before. */
function everyStep({ pointers, columns, ageDays }: Steps, row: number): Ask[] {
  const [start, end] = [pointers[row], pointers[row + 1]]
  return Array.from({ length: Math.max(0, end - start - 1) }, (_, at) => {
    const next = start + 1 + at
    return { row, end: next, ageDays: ageDays[next - 1], hidden: new Set([columns[next]]) }
  })
}

/** One ask or none. */
function lastVisit(steps: Steps, row: number, { hideAtLeast, pauseMinutes }: LessonOptions): Ask[] {
  const { pointers, columns, ageDays, values } = steps
  const pauseDays = (pauseMinutes * minuteMs) / dayMs
  const reached = new Set<number>()
  let ask: Ask | null = null
  let visit = pointers[row]
  for (let step = pointers[row]; step < pointers[row + 1]; step++) {
    if (step > visit && ageDays[step - 1] - ageDays[step] >= pauseDays) visit = step
    const item = columns[step]
    if (values[step] < hideAtLeast || (hideAtLeast > 0 && reached.has(item))) continue
    reached.add(item)
    if (visit === pointers[row]) continue
    const hidden: ReadonlySet<number> = ask?.end === visit ? ask.hidden : new Set()
    ask = { row, end: visit, ageDays: ageDays[visit], hidden: new Set([...hidden, item]) }
  }
  return ask === null ? [] : [ask]
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
