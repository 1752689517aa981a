/** When an engine may begin what takes its time: beside others of its process, in turn with them. */
import type { Turn } from '../base/fair-turns.ts'

export interface EngineTurns {
  /** Trainings, tuning, evaluations and checks. */
  readonly learn: Turn
  readonly import: Turn
}
