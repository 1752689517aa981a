/** How the shop is doing: what was answered and what came of it in a period, beside the period before. */
import { hourMs } from '../base/clock.ts'
import { addCounts, clickThrough, conversion, type Counts, noCounts, type Rate, rate } from './counts.ts'
import type { Ledger, Minute, Place } from './ledger.ts'

export interface Figures extends Readonly<Counts> {
  readonly clickThrough: Rate
  readonly conversion: Rate
}

export interface Overview {
  readonly fromMs: number
  readonly untilMs: number
  /** Acts that go back to an answer, and those that do not, together. */
  readonly total: Figures
  readonly before: Figures
  readonly bySurface: readonly (Figures & { readonly name: string; readonly before: Figures })[]
  readonly byGeneration: readonly (Figures & { readonly name: string })[]
  /** Share of clicks that go back to an answer. */
  readonly attributed: Rate
  readonly minutes: readonly Minute[]
}

export interface OverviewOptions {
  readonly hours: number
  readonly minutes: number
}

/** What no model was live for. */
const noGeneration = 'none'

/** The ledger must have caught up. Hours are whole: the present one counts as far as it has come. */
export function overviewOf(ledger: Ledger, nowMs: number, { hours, minutes }: OverviewOptions): Overview {
  const untilMs = (Math.floor(nowMs / hourMs) + 1) * hourMs
  const fromMs = untilMs - hours * hourMs
  const beforeMs = fromMs - hours * hourMs
  const whole = (from: number, until: number) => [...ledger.sums(from, until, () => '').values()].at(0) ?? noCounts()
  const answered = (place: Place) => place.surface
  const earlier = ledger.sums(beforeMs, fromMs, answered)
  const surfaces = ledger.sums(fromMs, untilMs, answered)
  const generations = ledger.sums(fromMs, untilMs, ({ surface, generation }) =>
    surface === null ? null : (generation ?? noGeneration),
  )
  const inAnswers = noCounts()
  for (const counts of surfaces.values()) addCounts(inAnswers, counts)
  const total = whole(fromMs, untilMs)
  return {
    fromMs,
    untilMs,
    total: figures(total),
    before: figures(whole(beforeMs, fromMs)),
    bySurface: [...surfaces].map(([name, counts]) => ({
      name,
      ...figures(counts),
      before: figures(earlier.get(name) ?? noCounts()),
    })),
    byGeneration: [...generations]
      .map(([name, counts]) => ({ name, ...figures(counts) }))
      .sort((one, other) => (one.name < other.name ? 1 : -1)),
    attributed: rate(inAnswers.clicks, total.clicks),
    minutes: ledger.minutes(nowMs, minutes),
  }
}

function figures(counts: Counts): Figures {
  return { ...counts, clickThrough: clickThrough(counts), conversion: conversion(counts) }
}
