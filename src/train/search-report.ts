/** What was decided of the order of searches, and by how much: kept with the generation, shown wherever its boards are. */
import { type Interval, spelt } from '../evaluate/bootstrap.ts'
import type { Examination } from '../features/examination.ts'
import type { StageName } from '../models/search-order.ts'
import type { Learner } from '../models/search-stage.ts'

/** Plain data. */
export interface StageReport {
  readonly learner: Learner
  readonly taughtBy: number
  readonly judgedOn: number
  /** Mean reciprocal rank, corrected for places, of the order it was given and of what it made of it. */
  readonly given: number
  readonly learnt: number
  readonly difference: Interval
  readonly used: boolean
}

/** Plain data. */
export interface SearchReport {
  /** Answers to searches in the log, and those that teach something. */
  readonly answers: number
  readonly telling: number
  /** How likely each place is looked at, the first being 1. */
  readonly examination: Examination
  /** Nothing where there was too little to judge by. */
  readonly stages: Readonly<Partial<Record<StageName, StageReport>>>
}

const titles: Readonly<Record<StageName, string>> = { shop: 'for everybody', shopper: 'for each shopper' }

/** What was decided and by how much, for a person. */
export function describeSearch({ answers, telling: told, stages }: SearchReport): string {
  const lines = Object.entries(stages).map(([name, stage]) => {
    const { learner, judgedOn, given, learnt, difference, used } = stage
    const figures = `MRR ${given.toFixed(4)} → ${learnt.toFixed(4)}, ${spelt(difference)} on ${judgedOn} later answers`
    return `  ${titles[name as StageName]}: ${used ? `${learner} is used` : `the order stays as it was`}; ${figures}`
  })
  const enough = lines.length > 0 ? [] : ['  too few to judge by: the order of the words stays']
  return [`search: ${told} of ${answers} logged answers led to something`, ...lines, ...enough].join('\n')
}
