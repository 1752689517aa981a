/** Watches every catalogue for drift: tells the metrics, and asks for a training when shoppers have surely changed. */
import type { Log } from '../base/log.ts'
import type { Telemetry } from '../base/telemetry.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { Taken } from '../serve/taken.ts'
import { createDriftDetector, type DriftDetector, type DriftState } from './drift.ts'

export interface DriftWatch {
  observe(catalogue: CatalogueId, taken: Taken): void
  /** Against the live generation; `null` where it cannot be told. */
  state(catalogue: CatalogueId): DriftState | null
}

export interface DriftWatchOptions {
  readonly telemetry: Telemetry
  readonly log: Log
  /** α; `null`: nothing is asked for. */
  readonly alpha: number | null
  /** Whether a training was begun: evidence is gathered afresh then. */
  readonly onDrift: (catalogue: CatalogueId) => boolean
}

export function createDriftWatch({ telemetry, log, alpha, onDrift }: DriftWatchOptions): DriftWatch {
  const detectors = new Map<CatalogueId, { generation: GenerationId; detector: DriftDetector | null }>()
  const tell = (catalogue: CatalogueId, state: DriftState) => {
    for (const [figure, value] of Object.entries(state)) telemetry.drift.set({ catalogue, figure }, value as number)
  }
  return {
    observe: (catalogue, { marks, generation, usual }) => {
      const known = detectors.get(catalogue)
      const own = known?.generation === generation ? known : { generation, detector: createDriftDetector(usual) }
      detectors.set(catalogue, own)
      if (own.detector === null) return
      own.detector.observe(marks)
      const { state } = own.detector
      tell(catalogue, state)
      if (alpha === null || state.pValue > alpha || !onDrift(catalogue)) return
      log.warn(
        { catalogue, generation, ...state },
        'shoppers do not do what the live generation expects: learning again',
      )
      detectors.delete(catalogue)
    },
    state: (catalogue) => detectors.get(catalogue)?.detector?.state ?? null,
  }
}
