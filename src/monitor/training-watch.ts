/**
 * What is being learnt at this moment, for whoever looks: stages with their times and every loss so far, whoever asked
 * for the training (a person, a script, the schedule).
 *
 * One record a catalogue, kept until the next training begins; at most some thousand losses a training.
 */
import type { Clock } from '../base/clock.ts'
import type { Progress } from '../base/progress.ts'
import { HaggleError, isCancelled } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'

type Losses = Readonly<Record<string, number>>
export type Step = { readonly epoch: number; readonly losses: Losses }
export type EpochListener<Surface, E> = (surface: Surface, model: string, epoch: E) => void

/** The losses of one fit; a model learns several times for a surface: to be chosen, to be judged, to go live. */
export interface LearningCurve {
  readonly surface: string
  readonly model: string
  readonly stage: string
  readonly epochs: Step[]
}

/** Plain data. */
export interface TrainingNow {
  readonly startedAtMs: number
  endedAtMs: number | null
  status: 'running' | 'done' | 'failed' | 'cancelled'
  /** Why it failed. */
  message: string
  stage: string
  /** Of the stage, 0 to 1. */
  fraction: number
  note: string
  readonly stages: { readonly stage: string; readonly atMs: number }[]
  readonly curves: LearningCurve[]
}

export interface TrainingWatch {
  begin(catalogue: CatalogueId): {
    progress(progress: Progress): Progress
    epochs<Surface extends string, E extends Step>(onEpoch?: EpochListener<Surface, E>): EpochListener<Surface, E>
    end<Result>(work: Promise<Result>): Promise<Result>
  }
  readonly now: (catalogue: CatalogueId) => TrainingNow | null
}

export function createTrainingWatch(clock: Clock): TrainingWatch {
  const latest = new Map<CatalogueId, TrainingNow>()

  return {
    now: (catalogue) => latest.get(catalogue) ?? null,
    begin: (catalogue) => {
      const now: TrainingNow = {
        startedAtMs: clock.now(),
        endedAtMs: null,
        status: 'running',
        message: '',
        stage: '',
        fraction: 0,
        note: '',
        stages: [],
        curves: [],
      }
      latest.set(catalogue, now)
      const ended = (status: TrainingNow['status'], message = '') =>
        Object.assign(now, { status, message, endedAtMs: clock.now(), fraction: 1 })
      return {
        progress: (progress) => ({
          report: (stage, done, total, note = '') => {
            if (stage !== now.stage) now.stages.push({ stage, atMs: clock.now() })
            Object.assign(now, { stage, note, fraction: total > 0 ? done / total : 0 })
            progress.report(stage, done, total, note)
          },
        }),
        epochs: (onEpoch) => (surface, model, epoch) => {
          addEpoch(now, surface, model, epoch)
          onEpoch?.(surface, model, epoch)
        },
        end: async (work) => {
          try {
            const result = await work
            ended('done')
            return result
          } catch (error) {
            ended(
              isCancelled(error) ? 'cancelled' : 'failed',
              error instanceof HaggleError ? error.message : 'Internal error.',
            )
            throw error
          }
        },
      }
    },
  }
}

/** An epoch that does not come after the last one begins another fit. */
function addEpoch(
  now: TrainingNow,
  surface: string,
  model: string,
  { epoch, losses }: LearningCurve['epochs'][number],
) {
  const last = now.curves.at(-1)
  const follows = last?.surface === surface && last.model === model && (last.epochs.at(-1)?.epoch ?? 0) < epoch
  if (follows) last.epochs.push({ epoch, losses })
  else now.curves.push({ surface, model, stage: now.stage, epochs: [{ epoch, losses }] })
}
