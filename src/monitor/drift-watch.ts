/** Watches every catalogue for drift: tells the metrics, and asks for a training when shoppers have surely changed. */
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Telemetry } from '../base/telemetry.ts'
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { Taken } from '../serve/taken.ts'
import type { ReportStore } from '../store/store.ts'
import { createDriftDetector, type DriftDetector, type DriftEvidence, type DriftState } from './drift.ts'

export interface DriftWatch {
  /** Takes up what was gathered before a restart. */
  recall(catalogue: CatalogueId): Promise<void>
  observe(catalogue: CatalogueId, taken: Taken): void
  /** Against the live generation; `null` where it cannot be told. */
  state(catalogue: CatalogueId): DriftState | null
  /** Resolves once what was gathered so far is kept. */
  close(): Promise<void>
}

export interface DriftWatchOptions {
  readonly telemetry: Telemetry
  readonly log: Log
  readonly clock: Clock
  /** Where what was gathered is kept. */
  readonly reports: ReportStore
  /** The generation that answers. */
  readonly live: (catalogue: CatalogueId) => GenerationId | null
  /** α; `null`: nothing is asked for. */
  readonly alpha: number | null
  /** Whether a training was begun: evidence is gathered afresh then. */
  readonly onDrift: (catalogue: CatalogueId) => boolean
}

const evidenceKind = 'drift-evidence'
/** A fall loses what was observed since it was last kept. */
const keptEvery = 40
/** Of a catalogue: a rollback finds what spoke against the one it returns to. */
const mostKept = 3

type Kept = Readonly<Record<string, DriftEvidence>>

export function createDriftWatch(options: DriftWatchOptions): DriftWatch {
  const { telemetry, log, clock, reports, live, alpha, onDrift } = options
  /** By generation, the one observed last at the end. */
  const detectors = new Map<CatalogueId, Map<GenerationId, DriftDetector | null>>()
  const before = new Map<CatalogueId, Kept>()
  let keeping: Promise<void> = Promise.resolve()
  const keep = (catalogue: CatalogueId): void => {
    const known = [...(detectors.get(catalogue) ?? [])]
    const kept = { ...before.get(catalogue) }
    for (const [generation, detector] of known) if (detector !== null) kept[generation] = detector.kept
    const latest = Object.fromEntries(Object.entries(kept).slice(-mostKept)) as unknown as Json
    keeping = keeping
      .then(() => reports.put(catalogue, evidenceKind, latest, clock.now()))
      .catch((error: unknown) => log.warn({ err: error, catalogue }, 'what speaks of drift cannot be kept'))
  }
  const detectorOf = (catalogue: CatalogueId, { generation, usual }: Taken): DriftDetector | null => {
    const own = detectors.get(catalogue) ?? new Map<GenerationId, DriftDetector | null>()
    detectors.set(catalogue, own)
    const known = own.get(generation)
    const detector = known === undefined ? createDriftDetector(usual, before.get(catalogue)?.[generation]) : known
    own.delete(generation)
    own.set(generation, detector)
    if (own.size > mostKept) own.delete(own.keys().next().value as GenerationId)
    return detector
  }
  const tell = (catalogue: CatalogueId, state: DriftState) => {
    for (const [figure, value] of Object.entries(state)) telemetry.drift.set({ catalogue, figure }, value as number)
  }
  return {
    recall: async (catalogue) => {
      const kept = (await reports.latest(catalogue, evidenceKind))?.report ?? {}
      before.set(catalogue, kept as unknown as Kept)
    },
    observe: (catalogue, taken) => {
      const detector = detectorOf(catalogue, taken)
      if (detector === null) return
      detector.observe(taken.marks)
      const { state } = detector
      tell(catalogue, state)
      if (state.observations % keptEvery === 0) keep(catalogue)
      if (alpha === null || state.pValue > alpha || !onDrift(catalogue)) return
      log.warn(
        { catalogue, generation: taken.generation, ...state },
        'shoppers do not do what the live generation expects: learning again',
      )
      detectors.delete(catalogue)
      before.delete(catalogue)
      keep(catalogue)
    },
    state: (catalogue) => {
      const generation = live(catalogue)
      return generation === null ? null : (detectors.get(catalogue)?.get(generation)?.state ?? null)
    },
    close: () => {
      for (const catalogue of detectors.keys()) keep(catalogue)
      return keeping
    },
  }
}
