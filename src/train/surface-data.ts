/**
 * The tables a surface learns from: for choosing, for judging, and everything for what goes live.
 *
 * Cut by time wherever the log allows; where that leaves fewer than `fewestRows` rows to ask (all times equal, a shop
 * of a few days), a random share of each row's entries is hidden instead; where that is too thin as well, or the question
 * is what is bought again, there is nothing to judge by and the surface is `thin`.
 */
import { minuteMs } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createRng } from '../base/rng.ts'
import { holdOutRandom, type Split } from '../evaluate/split.ts'
import { splitByTime } from '../evaluate/time-split.ts'
import { type TrainedSurface, trainedSurfaces } from '../models/bundle.ts'
import { buildInteractions } from '../preprocess/build-interactions.ts'
import { type Interactions, weighRows } from '../preprocess/interactions.ts'
import { fewestRows } from './gate.ts'
import { type Prepared, withBehaviours } from './prepare.ts'
import { surfaceRecipes } from './surfaces.ts'

export type SplitKind = 'by time' | 'at random'

export interface SurfaceData {
  readonly kind: SplitKind
  readonly thin: boolean
  readonly validation: Split
  readonly test: Split
  readonly everything: Interactions
}

export function surfaceData(prepared: Prepared, surface: TrainedSurface, config: Config): SurfaceData {
  const everything = allOf(prepared, surface, config)
  const cut = (cutMs: number, untilMs: number) => timeFold(prepared, surface, config, cutMs, untilMs).split
  const test = cut(prepared.testMs, prepared.untilMs)
  const validation = cut(prepared.validationMs, prepared.testMs)
  if (enough(test) && enough(validation)) return { kind: 'by time', thin: false, validation, test, everything }
  const rng = createRng(config.training.seed).fork(`hold out ${surface}`)
  const judged = holdOutRandom(blind(everything), config.training.testFraction, rng)
  const chosen = holdOutRandom(judged.train, config.training.validationFraction, rng)
  const repeats = everything.baskets !== undefined
  const thin = repeats || !enough(judged) || !enough(chosen)
  return { kind: 'at random', thin, validation: chosen, test: judged, everything }
}

/** Behaviour as of later would tell of what is hidden at random: it is left out where models are compared so. */
export function blind(interactions: Interactions): Interactions {
  return { ...interactions, rowFeatures: new Float32Array(interactions.rowFeatures?.length ?? 0), signals: undefined }
}

export function enough(split: Split): boolean {
  return split.rows.length >= fewestRows && split.train.matrix.columns.length > 0
}

/** Only where the question is about baskets in order. */
function basketGapMs(surface: TrainedSurface, { sessionGapMinutes }: Config['preprocess']): number | undefined {
  return surfaceRecipes[surface].question === 'next-basket' ? sessionGapMinutes * minuteMs : undefined
}

/**
 * With what is known besides who met what, as of `momentMs`. Signals only where rows are shoppers: a visit or a
 * basket after the cut is younger than what the cut knows of its shopper.
 */
function known(
  prepared: Prepared,
  surface: TrainedSurface,
  momentMs: number,
  rows: Interactions,
  rowUsers: Int32Array,
): Interactions {
  const signals = trainedSurfaces[surface] === 'users' ? { signals: prepared.signalsOf(rowUsers, momentMs) } : {}
  return {
    ...withBehaviours(rows, rowUsers, prepared.behavioursAt(momentMs)),
    ...signals,
    content: prepared.content,
  }
}

function allOf(prepared: Prepared, surface: TrainedSurface, { preprocess }: Config): Interactions {
  const { log, items, untilMs } = prepared
  const { interactions, rowUsers } = buildInteractions(log, {
    rows: trainedSurfaces[surface],
    items,
    asOfMs: untilMs,
    weights: preprocess.weights,
    halfLifeDays: preprocess.halfLifeDays,
    types: surfaceRecipes[surface].types,
    basketGapMs: basketGapMs(surface, preprocess),
    keepSteps: preprocess.keepSteps,
  })
  return weighed(prepared, untilMs, known(prepared, surface, untilMs, interactions, rowUsers), rowUsers)
}

/** To learn from: with each shopper as far as they were believed then. */
function weighed(prepared: Prepared, momentMs: number, rows: Interactions, rowUsers: Int32Array): Interactions {
  const trust = prepared.trustAt(momentMs)
  if (trust === null) return rows
  return weighRows(
    rows,
    Float32Array.from(rowUsers, (user) => (user < 0 ? 1 : trust[user])),
  )
}

export interface TimeFold {
  readonly split: Split
  /** Row of `asked` → its shopper, the same number in every fold; a negative number of its own where there is none. */
  readonly units: Int32Array
}

export function timeFold(
  prepared: Prepared,
  surface: TrainedSurface,
  { preprocess, training }: Config,
  cutMs: number,
  untilMs: number,
): TimeFold {
  const { question, types } = surfaceRecipes[surface]
  const { trainUsers, askedUsers, ...split } = splitByTime(prepared.log, {
    question,
    rows: trainedSurfaces[surface],
    items: prepared.items,
    cutMs,
    untilMs,
    weights: preprocess.weights,
    halfLifeDays: preprocess.halfLifeDays,
    types,
    basketGapMs: basketGapMs(surface, preprocess),
    keepSteps: preprocess.keepSteps,
    rng: createRng(training.seed).fork(`hide ${surface} ${cutMs}`),
  })
  const rows = {
    train: weighed(prepared, cutMs, known(prepared, surface, cutMs, split.train, trainUsers), trainUsers),
    asked: known(prepared, surface, cutMs, split.asked, askedUsers),
  }
  return {
    split: { ...split, ...rows },
    units: askedUsers.map((user, row) => (user < 0 ? -1 - row : user)),
  }
}
