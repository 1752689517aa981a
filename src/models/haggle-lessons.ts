/**
 * What the discriminator learns from: slates proposed by models that have not seen what they must find.
 *
 * Interactions are hidden a part at a time, the base models fitted on the rest, and each shopper with something hidden
 * and something left asked for a slate; what of the hidden stands in it is what was chosen. The parts are, as the live
 * question is: the latest slices of `time`, so that the past is asked for the future; the `last` entry of each row, a
 * share of the rows at a time; or entries drawn at `random`. By itself it takes time where entries have ages, and chance
 * where they have none or where time leaves too few shoppers with a past. (Features of models that had seen the answer
 * say "the answer": a discriminator taught with them is worthless. So do signals of what was met before and met again: what
 * is hidden was met for the first time.)
 * Memory: at most `maximumSlates` slates, shared among the parts, of candidates × (features + 1) floats; one part's rest.
 */
import { dayMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import { type Interactions, keepEntries, keepSteps } from '../preprocess/interactions.ts'
import type { Generator } from './haggle-generator.ts'
import type { FitRun, Query } from './model.ts'
import { openSignals, rowQuery } from './row-query.ts'

/** One slate and what was chosen from it. */
export interface Lesson {
  /** Whose it is: a row may have a slate in every part. */
  readonly row: number
  /** items × featureCount, row-major. */
  readonly features: Float32Array
  /** The mean of the base models' standardised scores of each item: the generator's log p, up to a constant. */
  readonly generator: Float32Array
  /** 1 for what was chosen. */
  readonly chosen: Uint8Array
  /** How many items were hidden from the base models, in the slate or not. */
  readonly hidden: number
  /** What it counts besides; 1 where absent. */
  readonly weight?: number
}

export interface LessonOptions {
  readonly hide: 'auto' | 'time' | 'last' | 'random' | 'steps' | 'visit'
  /** Only entries of this strength are hidden: what must be foreseen may be purchases, whatever else is known. */
  readonly hideAtLeast: number
  readonly folds: number
  /** Share of the entries that a slice of time holds. */
  readonly slice: number
  readonly maximumSlates: number
  /** A silence this long ends a visit; for `hide: 'visit'`. */
  readonly pauseMinutes: number
}

/** Which entries are hidden and which are learnt from; neither, where they are younger than what is hidden. */
interface Part {
  readonly hides: (entry: number) => boolean
  readonly keeps: (entry: number) => boolean
  /** How long before the data's end the part's present lies. */
  readonly ageDays: number
  /** Whether everything hidden came after that present: then signals as of it know nothing of the hidden. */
  readonly isPast: boolean
}

/** What the discriminator learns from. */
export interface Lessons {
  readonly slates: readonly Lesson[]
  /** Names of the signals among the features. */
  readonly signals: readonly string[]
}

/** Fits the base models on what is left. */
export type Teach = (rest: Interactions, part: number, signals: readonly string[]) => Promise<Generator>

export async function collectLessons(
  data: Interactions,
  options: LessonOptions,
  teach: Teach,
  run: Pick<FitRun, 'rng' | 'breathe'>,
): Promise<Lessons> {
  const rng = run.rng.fork('lessons')
  const parts = cutParts(data, options, rng)
  const signals = parts.every(({ isPast }) => isPast) ? (data.signals?.names ?? []) : []
  const slates: Lesson[] = []
  for (const [at, part] of parts.entries()) {
    const rest = restOf(data, part)
    if (rest.matrix.columns.length === 0) continue
    const generator = await teach(rest, at, signals)
    const known = signals.length === 0 ? undefined : await openSignals(data, part.ageDays)
    const question = (row: number) => ({ row, query: rowQuery(rest, row, known), hidden: hiddenOf(data, part, row) })
    slates.push(...(await askRows(generator, rng.shuffle(askable(data, part)), question, options, run)))
  }
  return { slates, signals }
}

/** What a row is asked, and what it must find. */
export interface Question {
  readonly row: number
  readonly query: Query
  readonly hidden: ReadonlySet<number>
}

/** Asks the first of the rows, or of numbers that stand for questions: as many as a part may have. */
export async function askRows(
  generator: Generator,
  rows: Int32Array,
  question: (row: number) => Question,
  { maximumSlates, folds }: Pick<LessonOptions, 'maximumSlates' | 'folds'>,
  { breathe }: Pick<FitRun, 'breathe'>,
): Promise<Lesson[]> {
  const lessons: Lesson[] = []
  for (const at of rows.subarray(0, Math.ceil(maximumSlates / folds))) {
    const lesson = lessonOf(generator, question(at))
    // A slate without any of it teaches nothing about choosing.
    if (lesson.chosen.includes(1)) lessons.push(lesson)
    await breathe()
  }
  return lessons
}

function lessonOf(generator: Generator, { row, query, hidden }: Question): Lesson {
  const { items, features, mean } = generator.propose(query)
  return {
    row,
    features,
    generator: Float32Array.from(items, (item) => mean[item]),
    chosen: Uint8Array.from(items, (item) => (hidden.has(item) ? 1 : 0)),
    hidden: hidden.size,
  }
}

/** Fewer shoppers than this with a past and a future, and time is not what to cut by. */
const fewestAsked = 50

function cutParts(data: Interactions, options: LessonOptions, rng: Rng): Part[] {
  switch (options.hide) {
    case 'time':
      return data.ageDays === null
        ? drawn(data, options, rng)
        : slicesOfTime(data, data.firstAgeDays ?? data.ageDays, options)
    case 'last':
      return lastOfRows(data, options, rng)
    case 'random':
    // What is met again only steps tell (haggle-step-lessons.ts); without them and without repeats it is chance.
    case 'steps':
    case 'visit':
      return drawn(data, options, rng)
    case 'auto': {
      const parts = cutParts(data, { ...options, hide: 'time' }, rng)
      const asked = parts.reduce((sum, part) => sum + askable(data, part).length, 0)
      return asked < fewestAsked ? drawn(data, options, rng) : parts
    }
  }
}

function drawn({ matrix }: Interactions, { folds, hideAtLeast }: LessonOptions, rng: Rng): Part[] {
  return foldParts(
    Int32Array.from(matrix.values, (value) => (value < hideAtLeast ? -1 : rng.int(folds))),
    folds,
  )
}

/** The latest entry of each row (the last of equals) that is strong enough. */
function lastOfRows({ matrix, ageDays }: Interactions, { folds, hideAtLeast }: LessonOptions, rng: Rng): Part[] {
  const foldOf = new Int32Array(matrix.columns.length).fill(-1)
  for (let row = 0; row < matrix.rowCount; row++) {
    let latest = -1
    for (let entry = matrix.pointers[row]; entry < matrix.pointers[row + 1]; entry++) {
      if (matrix.values[entry] < hideAtLeast) continue
      if (latest < 0 || ageDays === null || ageDays[entry] <= ageDays[latest]) latest = entry
    }
    const fold = rng.int(folds)
    if (latest >= 0) foldOf[latest] = fold
  }
  return foldParts(foldOf, folds)
}

function foldParts(foldOf: Int32Array, folds: number): Part[] {
  return Array.from({ length: folds }, (_, fold) => ({
    hides: (entry: number) => foldOf[entry] === fold,
    keeps: (entry: number) => foldOf[entry] !== fold,
    ageDays: 0,
    isPast: false,
  }))
}

/** What was met first in the latest slice, in the one before, …; each with everything met before it to learn from. */
function slicesOfTime(
  { matrix: { values } }: Interactions,
  ageDays: Float32Array,
  { folds, slice, hideAtLeast }: LessonOptions,
): Part[] {
  const sorted = ageDays.toSorted()
  const bound = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * slice * sorted.length))]
  return Array.from({ length: folds }, (_, part) => {
    const [from, to] = [part === 0 ? Number.NEGATIVE_INFINITY : bound(part), bound(part + 1)]
    return {
      hides: (entry: number) => values[entry] >= hideAtLeast && ageDays[entry] < to && ageDays[entry] >= from,
      keeps: (entry: number) => ageDays[entry] >= to,
      ageDays: to,
      isPast: true,
    }
  })
}

/**
 * As it stood then. Behaviour features were computed when the hidden had happened already, and would tell: blanked. What
 * was met again since is as old as its first event says: when it was last met by then is not known, that it would be met
 * again would tell.
 */
function restOf(data: Interactions, part: Part): Interactions {
  const { steps, ...rest } = keepEntries(data, part.keeps)
  const then = (age: number, entry: number) => (age < part.ageDays ? (rest.firstAgeDays?.[entry] ?? age) : age)
  const shifted = (ages: Float32Array) => ages.map((age) => age - part.ageDays)
  const past = steps && keepSteps(steps, (step) => steps.ageDays[step] >= part.ageDays)
  return {
    ...rest,
    ageDays: rest.ageDays === null ? null : shifted(rest.ageDays.map(then)),
    ...(rest.firstAgeDays === undefined ? {} : { firstAgeDays: shifted(rest.firstAgeDays) }),
    ...(past === undefined ? {} : { steps: { ...past, ageDays: shifted(past.ageDays) } }),
    rowFeatures: data.rowFeatures === null ? null : new Float32Array(data.rowFeatures.length),
    asOfMs: data.asOfMs - part.ageDays * dayMs,
  }
}

/** Rows with something hidden and something left. */
function askable({ matrix: { rowCount, pointers } }: Interactions, part: Part): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row).filter((row) => {
    let [hides, keeps] = [false, false]
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
      hides ||= part.hides(entry)
      keeps ||= part.keeps(entry)
    }
    return hides && keeps
  })
}

function hiddenOf({ matrix: { pointers, columns } }: Interactions, part: Part, row: number): Set<number> {
  const items = new Set<number>()
  for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) if (part.hides(entry)) items.add(columns[entry])
  return items
}
