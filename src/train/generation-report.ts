/** What a generation tells of its making: kept with it, shown by the command line, the reports and the console. */
import type { Json } from '../domain/item.ts'
import type { Interval } from '../evaluate/bootstrap.ts'
import type { Leaderboard } from '../evaluate/leaderboard.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { Ablation, Epoch } from '../models/model.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { Generation } from '../store/store.ts'
import type { ModelRecipe } from './contest.ts'
import type { Judgement } from './gate.ts'
import type { SearchReport } from './search-report.ts'
import type { SplitKind } from './surface-data.ts'
import type { TrustReport } from './trust/trust-shoppers.ts'
import type { FoundSettings } from './tuned-settings.ts'

/** Plain data. */
export interface SurfaceReport {
  readonly recipe: ModelRecipe
  /** Its line on the test board. */
  readonly testedAs: string
  readonly split: SplitKind
  /** All models, on the rows they were chosen on. */
  readonly validation: Leaderboard
  /** The chosen model beside popularity, EASE and the live recipe, on rows none of it has seen. */
  readonly test: Leaderboard
  readonly curves: Readonly<Record<string, readonly Epoch[]>>
  /** Model → what its parts were worth, of those that chose among them; absent in reports older than that. */
  readonly ablations?: Readonly<Record<string, Ablation>>
  /** Model → why it could not compete. */
  readonly failures: Readonly<Record<string, string>>
  readonly judgement: Judgement
  /** Model → settings it competed with because tuning found them. */
  readonly tuned: FoundSettings
}

export interface GateReport {
  readonly passed: boolean
  /** A person asked for it to go live although it had not passed. */
  readonly forced: boolean
  /** One sentence for each surface. */
  readonly reasons: readonly string[]
}

export interface GenerationReport {
  readonly surfaces: Readonly<Partial<Record<TrainedSurface, SurfaceReport>>>
  readonly gate: GateReport
  /** What searches taught; absent in reports older than that. */
  readonly search?: SearchReport
  readonly quality: QualityReport
  /** How many shoppers count less; `null` where none were judged. */
  readonly trust: TrustReport | null
  /** Models were chosen on [validationMs, testMs) and judged on [testMs, untilMs), where the split is by time. */
  readonly validationMs: number
  readonly testMs: number
  readonly untilMs: number
  /** When what it learnt from was read, or began to be; absent in reports older than that. */
  readonly startedAtMs?: number
  /** Shoppers who were erased and taken out of it again without a training: how many times. */
  readonly unlearnt?: number
  /** An interrupted training was carried on. */
  readonly resumed: boolean
  readonly seconds: number
}

/** What a list of generations tells of each; the report is asked for by id. */
export interface GenerationLine extends Pick<Generation, 'id' | 'createdAtMs' | 'status' | 'parent' | 'dataUntilMs'> {
  /** Those that serve it, each once. */
  readonly models: readonly string[]
  /** Of the main surface to popularity, where models were chosen; `null` in reports older than that. */
  readonly lead: Interval | null
}

export function generationLine({ id, createdAtMs, status, parent, dataUntilMs, report }: Generation): GenerationLine {
  const { surfaces } = report as unknown as GenerationReport
  const all = Object.values(surfaces)
  const main = surfaces['recommended-for-you'] ?? all.at(0)
  const lead = (main?.validation as Partial<Leaderboard> | undefined)?.lead?.popularity ?? null
  const models = [...new Set(all.map(({ recipe }) => recipe.model))]
  return { id, createdAtMs, status, parent, dataUntilMs, models, lead }
}

/** Held-out metrics of the chosen models, by surface, out of a report as it is stored. */
export function heldOut(stored: Json): Record<string, Record<string, number>> {
  const { surfaces } = stored as unknown as GenerationReport
  const metrics = ({ test, testedAs }: SurfaceReport) =>
    test.lines.find(({ model }) => model === testedAs)?.metrics ?? {}
  return Object.fromEntries(Object.entries(surfaces).map(([surface, each]) => [surface, { ...metrics(each) }]))
}
