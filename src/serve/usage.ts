/** How the surfaces are used and taken: answers, items shown, clicks that name an answer, and how long answers take. */
import type { QueryId } from '../domain/ids.ts'
import { quantile } from '../preprocess/scales.ts'
import type { Surface } from './answer.ts'

export interface SurfaceUsage {
  answers: number
  shown: number
  clicks: number
}

/** What counts of an answer. */
export interface Answered {
  readonly surface: Surface | 'search'
  readonly queryId: QueryId
  readonly shown: number
  readonly tookMs: number
}

export interface Usage {
  answered(answer: Answered): void
  /** An event that names an answer was accepted. */
  taken(queryId: QueryId): void
  surfaces(): Readonly<Partial<Record<Surface | 'search', Readonly<SurfaceUsage>>>>
  /** Of the latest thousand answers; 0 before the first. */
  latencyMs(): { p50: number; p99: number }
}

const latestAnswers = 1_000
/** Answers whose clicks are still waited for. */
const openAnswers = 20_000

export function createUsage(): Usage {
  const surfaces: Partial<Record<Surface | 'search', SurfaceUsage>> = {}
  const open = new Map<QueryId, SurfaceUsage>()
  const times = new Float64Array(latestAnswers)
  let count = 0

  return {
    answered: ({ surface, queryId, shown, tookMs }) => {
      const usage = (surfaces[surface] ??= { answers: 0, shown: 0, clicks: 0 })
      usage.answers++
      usage.shown += shown
      times[count++ % latestAnswers] = tookMs
      open.set(queryId, usage)
      if (open.size > openAnswers) open.delete(open.keys().next().value as QueryId)
    },
    taken: (queryId) => {
      const usage = open.get(queryId)
      if (usage !== undefined) usage.clicks++
    },
    surfaces: () => structuredClone(surfaces),
    latencyMs: () => {
      const sorted = times.slice(0, Math.min(count, latestAnswers)).sort()
      if (sorted.length === 0) return { p50: 0, p99: 0 }
      return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
    },
  }
}
