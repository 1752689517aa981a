/**
 * Asks settings of a model the folds, counts what that costs, and remembers every answer for a tuning that goes on.
 *
 * All settings meet the same rows of a fold with the same chance, so that their figures can be compared row by row.
 */
import type { Breathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import type { Split } from '../evaluate/split.ts'
import type { Model } from '../models/model.ts'
import type { Settings } from '../models/search-space.ts'
import type { Checkpoint } from './checkpoint.ts'
import { failureReason } from './contest.ts'
import { refuseTooLarge } from './memory-room.ts'
import type { FoldCounts } from './tuning-rungs.ts'

export interface TuningFold {
  readonly split: Split
  /** Row → who was asked, the same in every fold; the row itself where absent. */
  readonly units?: Int32Array
}

export interface TuningFolds extends FoldCounts {
  /** Those to choose on come first, those to confirm on after them. The same number gives the same fold. */
  at(index: number): TuningFold
}

export interface BenchTask {
  readonly model: Model
  /** What applies without tuning; complete. */
  readonly standard: Settings
  readonly folds: TuningFolds
  /** Like `G@20`. */
  readonly metric: string
  /** Of a fold with more rows, so many are drawn. */
  readonly maximumRows: number
  readonly memoryMiB: number | null
  readonly seed: string
}

export interface BenchRun {
  readonly breathe: Breathe
  readonly checkpoint: Pick<Checkpoint, 'recall' | 'note'>
}

/** Settings on their way through the folds. */
export interface Candidate {
  /** Laid over the standard ones. */
  readonly settings: Settings
  /** By number of the fold; where time runs out there are gaps. */
  readonly answers: (Answer | undefined)[]
  /** Why it cannot learn. */
  failure: string | null
}

/** Plain data. */
export interface Answer {
  /** Who was asked, and the metric for each. */
  readonly units: readonly number[]
  readonly values: readonly number[]
  readonly seconds: number
}

type Note = Answer | { readonly failure: string; readonly seconds: number }

export interface Bench {
  /** What was spent, what was remembered included. */
  readonly spent: { readonly fits: number; readonly seconds: number; readonly dearest: number }
  /** Fits once and asks the fold. Rejects with `cancelled`, and with what is no fault of the settings. */
  ask(candidate: Candidate, fold: number, progress: (fraction: number) => void): Promise<void>
}

export function openBench(task: BenchTask, { breathe, checkpoint }: BenchRun): Bench {
  const spent = { fits: 0, seconds: 0, dearest: 0 }
  let held: { readonly index: number; readonly fold: TuningFold } | null = null
  const foldAt = (index: number) => {
    if (held?.index !== index) held = { index, fold: task.folds.at(index) }
    return held.fold
  }

  const work = async (settings: Settings, index: number, progress: (fraction: number) => void): Promise<Note> => {
    const { model, standard, metric, maximumRows, memoryMiB } = task
    const { split, units } = foldAt(index)
    const config = { ...standard, ...settings }
    const rng = createRng(task.seed).fork(`fold ${index}`)
    const started = performance.now()
    const seconds = () => (performance.now() - started) / 1000
    try {
      refuseTooLarge(model.name, model.plan?.(split.train, config), memoryMiB)
      const fitted = await model.fit(split.train, config, { rng, breathe, progress, epoch: () => undefined })
      const cutoffs = [Number(metric.split('@')[1])]
      const asking = { cutoffs, breathe, maximumRows, rng: rng.fork('rows') }
      const { perRow, rows } = await evaluate(fitted, split, asking)
      const asked = Array.from(rows, (row) => units?.[row] ?? row)
      return { units: asked, values: Array.from(perRow[metric]), seconds: seconds() }
    } catch (error) {
      return { failure: failureReason(error), seconds: seconds() }
    }
  }

  return {
    spent,
    ask: async (candidate, index, progress) => {
      const name = `fold ${index} ${JSON.stringify(candidate.settings)}`
      const known = (await checkpoint.recall(name)) as Note | null
      const note = known ?? (await work(candidate.settings, index, progress))
      if (known === null) await checkpoint.note(name, note)
      spent.fits++
      spent.seconds += note.seconds
      spent.dearest = Math.max(spent.dearest, note.seconds)
      if ('failure' in note) candidate.failure = note.failure
      else candidate.answers[index] = note
    },
  }
}

/** Each one's mean over the folds [from, to), for everybody asked in them. */
export function unitMeans({ answers }: Candidate, from: number, to: number): Map<number, number> {
  const sums = new Map<number, { sum: number; times: number }>()
  for (const { units, values } of answers.slice(from, to).filter((answer) => answer !== undefined)) {
    units.forEach((unit, at) => {
      const { sum, times } = sums.get(unit) ?? { sum: 0, times: 0 }
      sums.set(unit, { sum: sum + values[at], times: times + 1 })
    })
  }
  return new Map([...sums].map(([unit, { sum, times }]) => [unit, sum / times]))
}

export function meanOf(values: Iterable<number>): number {
  let sum = 0
  let count = 0
  for (const value of values) {
    sum += value
    count++
  }
  return count === 0 ? 0 : sum / count
}
