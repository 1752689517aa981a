/**
 * What the discriminator learns from where one goes back to things: what came next, met before or not.
 *
 * `steps`: a share of the rows at a time is hidden whole, and asked after each of their steps for the one after: visits of
 * strangers. `visit`: the table is cut at `folds` moments, between which lie equally many visits in which something new to
 * `hideAtLeast` was done (bought, with the strength of a purchase). Base models learn from what came before a cut; from
 * there to the next, each row is asked once, just before its first such visit, for those things: shoppers who come back
 * to a model that has aged. (Fitted on what others did since as well, models find new things that they could not have
 * known then, and the discriminator believes them.) Each question has its own clock. Needs `Interactions.steps`.
 * Cost: `folds` fits of the base models, and at most `maximumSlates` slates.
 */
import { dayMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import { type Interactions, keepSteps, type Steps, tableOfSteps } from '../preprocess/interactions.ts'
import { historySignals } from './haggle-history.ts'
import { askRows, type Lesson, type LessonOptions, type Lessons, type Question, type Teach } from './haggle-lessons.ts'
import type { FitRun } from './model.ts'
import { type Ask, stepQuery, visitsOf } from './visit-questions.ts'

export async function collectStepLessons(
  data: Interactions,
  options: LessonOptions,
  teach: Teach,
  run: Pick<FitRun, 'rng' | 'breathe'>,
): Promise<Lessons> {
  const { steps } = data
  if (steps === undefined) throw new RangeError('lessons of steps need a table that keeps them')
  const rng = run.rng.fork('step lessons')
  const slates: Lesson[] = []
  for (const [at, { asks, keeps, ageDays }] of partsOf(steps, options, rng).entries()) {
    const kept = keepSteps(steps, keeps)
    const past = { ...kept, ageDays: kept.ageDays.map((age) => age - ageDays) }
    const rest = tableOfSteps({ ...data, asOfMs: data.asOfMs - ageDays * dayMs }, past)
    if (asks.length === 0 || rest.matrix.columns.length === 0) continue
    const generator = await teach(rest, at, historySignals)
    const question = (which: number): Question => ({ ...asks[which], query: stepQuery(steps, asks[which]) })
    slates.push(...(await askRows(generator, rng.shuffle(Int32Array.from(asks.keys())), question, options, run)))
  }
  return { slates, signals: historySignals }
}

/** What is asked of models that learnt from what it keeps, as it stood so many days before the table's end. */
interface Part {
  readonly asks: readonly Ask[]
  readonly keeps: (step: number, row: number) => boolean
  readonly ageDays: number
}

function partsOf(steps: Steps, options: LessonOptions, rng: Rng): Part[] {
  const rows = Array.from({ length: steps.pointers.length - 1 }, (_, row) => row)
  if (options.hide === 'visit') {
    return laterVisits(
      steps,
      rows.flatMap((row) => visitsOf(steps, row, options)),
      options.folds,
    )
  }
  const partOf = rows.map(() => rng.int(options.folds))
  return Array.from({ length: options.folds }, (_, part) => ({
    asks: rows.filter((row) => partOf[row] === part).flatMap((row) => everyStep(steps, row)),
    // Of a visit of a stranger nothing is known.
    keeps: (_step, row) => partOf[row] !== part,
    ageDays: 0,
  }))
}

/** @param asks of each row the oldest first */
function laterVisits({ ageDays }: Steps, asks: readonly Ask[], folds: number): Part[] {
  const ages = asks.map((ask) => ask.ageDays).sort((one, other) => other - one)
  const cut = (part: number) => ages[Math.floor(((part + 1) * ages.length) / (folds + 1))] ?? 0
  return Array.from({ length: folds }, (_, part) => {
    const [from, to] = [cut(part), part + 1 < folds ? cut(part + 1) : Number.NEGATIVE_INFINITY]
    const within = asks.filter((ask) => ask.ageDays <= from && ask.ageDays > to)
    const first = new Map(within.toReversed().map((ask) => [ask.row, ask]))
    return { asks: [...first.values()], keeps: (step) => ageDays[step] > from, ageDays: from }
  })
}

/** As each stood at the step before. */
function everyStep({ pointers, columns, ageDays }: Steps, row: number): Ask[] {
  const [start, end] = [pointers[row], pointers[row + 1]]
  return Array.from({ length: Math.max(0, end - start - 1) }, (_, at) => {
    const next = start + 1 + at
    return { row, end: next, ageDays: ageDays[next - 1], hidden: new Set([columns[next]]) }
  })
}
