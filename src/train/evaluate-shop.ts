/**
 * Compares every model on a shop's own data, and changes nothing: the leaderboard of each surface, on the rows that a
 * training would judge on, and the report page.
 */
import { access, constants, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createBreathe } from '../base/breathe.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { type Item, readItem } from '../domain/item.ts'
import { ranker } from '../evaluate/evaluate.ts'
import { describeLeaderboard, type Leaderboard } from '../evaluate/leaderboard.ts'
import { renderReport, type Sample } from '../evaluate/report.ts'
import { rowQuery } from '../models/row-query.ts'
import { type Segment, segmentsOf } from '../evaluate/segments.ts'
import type { Split } from '../evaluate/split.ts'
import { truthOf } from '../evaluate/tally.ts'
import type { Question } from '../evaluate/time-split.ts'
import { type TrainedSurface, trainedSurfaces } from '../models/bundle.ts'
import type { Ablation, Epoch, Fitted } from '../models/model.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import { noCheckpoint } from './checkpoint.ts'
import { type ContestContext, hold } from './contest.ts'
import { type ComposedEffect, composedEffect, describeComposed } from './composed-effect.ts'
import { learnSearch } from './learn-search.ts'
import { apart, type LearningHooks } from './learning-thread.ts'
import { itemKinds, type Prepared, prepare } from './prepare.ts'
import { describeSearch, type SearchReport } from './search-report.ts'
import { type Asked, entrantsOf } from './surface.ts'
import { type SplitKind, surfaceData } from './surface-data.ts'
import { mainSurface, surfaceRecipes } from './surfaces.ts'
import { describeTuned, type FoundSettings, foundInUse, readTuned } from './tuned-settings.ts'

export interface EvaluateOptions {
  /** Where the HTML report goes; none is written where absent. */
  readonly reportPath?: string
}

export interface EvaluateRun extends EvaluateOptions, LearningHooks {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly clock: Clock
}

/** Plain data. */
export interface CompareOptions extends EvaluateOptions {
  readonly catalogue: CatalogueId
  readonly config: Config
  readonly nowMs: number
}

/** Plain data. */
export interface SurfaceEvaluation {
  readonly question: string
  readonly board: Leaderboard
  /** What composing its lists does to the best model; `null` where they are served as they come. */
  readonly composed: ComposedEffect | null
  readonly segments: readonly Segment[]
  readonly curves: Readonly<Record<string, readonly Epoch[]>>
  readonly ablations: Readonly<Record<string, Ablation>>
  readonly failures: Readonly<Record<string, string>>
  /** Model → settings that tuning found, as a training would use them. */
  readonly tuned: FoundSettings
}

/** Plain data. */
export interface ShopEvaluation {
  readonly catalogue: CatalogueId
  readonly atMs: number
  /** A surface is absent where its data is too thin to tell models apart. */
  readonly surfaces: Readonly<Partial<Record<TrainedSurface, SurfaceEvaluation>>>
  readonly quality: QualityReport
  /** What searches would teach a training now. */
  readonly search: SearchReport
}

const questions: Readonly<Record<Question, string>> = {
  next: 'Shoppers known before the cut were asked for the products they first touched after it.',
  'rest-of-visit': 'Visits after the cut were asked, from their first half, for the products of the other half.',
  'after-one-item': 'Visits after the cut were asked, from their first product, for the others.',
  'next-basket': 'Shoppers known before the cut were asked for their whole next basket, things bought before included.',
  'rest-of-basket': 'Baskets after the cut were asked, without one of their products, for that product.',
}
const samplesShown = 6
const cardsShown = 12

const compareApart = apart<CompareOptions, ShopEvaluation>('evaluate')

/**
 * Rejects with `no-data` where no surface has enough rows to tell models apart.
 * @param compare in a thread of its own; or `compareModels` itself
 */
export function evaluateShop(run: EvaluateRun, compare = compareApart): Promise<ShopEvaluation> {
  const { catalogue, config, clock, reportPath } = run
  return compare({ catalogue, config, nowMs: clock.now(), reportPath }, run)
}

/** Writes nothing but the report page. */
export async function compareModels(options: CompareOptions, hooks: LearningHooks): Promise<ShopEvaluation> {
  const { catalogue, config, nowMs: atMs, reportPath } = options
  const { store, progress } = hooks
  const breathe = createBreathe(hooks.signal)
  if (reportPath !== undefined) await mustBeWritable(reportPath)
  const { lastSequence: dataSequence } = await store.events.counts(catalogue)
  const prepared = await prepare({ store, catalogue, config, progress, breathe, dataSequence, nowMs: atMs })
  const checkpoint = noCheckpoint({ startedAtMs: atMs, dataSequence })
  const tuned = await readTuned(store, catalogue)
  const context: ContestContext = { config, tuned, progress, breathe, checkpoint, kinds: itemKinds(prepared) }
  const surfaces: Partial<Record<TrainedSurface, SurfaceEvaluation>> = {}
  const samples = new Map<string, Sample[]>()
  let times: readonly Asked[] = []
  for (const surface of Object.keys(trainedSurfaces) as TrainedSurface[]) {
    const { thin, kind, test } = surfaceData(prepared, surface, config)
    if (thin) continue
    const { board, evaluations, fitted, curves, ablations, failures } = await hold(
      context,
      surface,
      'to judge',
      test,
      entrantsOf(surface, context),
    )
    const segments = segmentsOf(test, evaluations, config.training.cutoffs)
    const tuned = foundInUse(config, context.tuned[surface])
    const best = fitted.get(board.lines[0]?.model)
    if (surface === mainSurface && kind === 'by time' && best !== undefined) {
      times = [{ fitted: best, train: test.train, fromMs: prepared.testMs, untilMs: prepared.untilMs }]
    }
    const composed = best === undefined ? null : await composedEffect(context, surface, test, best, evaluations, board)
    const learning = { curves, ablations, failures, tuned }
    surfaces[surface] = { question: questionOf(surface, kind), board, composed, segments, ...learning }
    if (best !== undefined)
      samples.set(surface, await drawSamples(prepared, catalogue, test, best, config.training.seed))
  }
  if (Object.keys(surfaces).length === 0) {
    throw new HaggleError(
      'no-data',
      `Catalogue ${catalogue} has too little behaviour to tell models apart: at least 10 shoppers, visits or baskets must ` +
        'go on after the cut. Import more of the log.',
    )
  }
  const { report: search } = await learnSearch(prepared, { store, catalogue, config, breathe, times })
  const evaluation: ShopEvaluation = { catalogue, atMs, surfaces, quality: prepared.quality, search }
  if (reportPath !== undefined) await writeFile(reportPath, pageOf(evaluation, samples))
  return evaluation
}

/** Before the work, not after it. */
async function mustBeWritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK)
  } catch (error) {
    const reason = (error as Error).message
    throw new HaggleError('bad-request', `The report cannot be written to ${path} (${reason}): choose another place.`)
  }
}

function questionOf(surface: TrainedSurface, kind: SplitKind): string {
  if (kind === 'by time') return questions[surfaceRecipes[surface].question]
  return 'The log does not allow a cut by time: a random share of the products of each row was hidden and asked for.'
}

function pageOf(
  { catalogue, atMs, surfaces, search, quality }: ShopEvaluation,
  samples: ReadonlyMap<string, Sample[]>,
): string {
  const sections = Object.entries(surfaces).map(([title, surface]) => ({
    title,
    ...surface,
    note: surface.composed === null ? '' : describeComposed(surface.composed, surface.board),
    samples: samples.get(title) ?? [],
  }))
  return renderReport({ title: `How well models know the shoppers of ${catalogue}`, atMs, sections, search, quality })
}

async function drawSamples(
  { items, item }: Prepared,
  catalogue: CatalogueId,
  split: Split,
  fitted: Fitted,
  seed: string,
): Promise<Sample[]> {
  const rank = await ranker(fitted, split, cardsShown)
  const known = (index: number): Item => item(items.idOf(index)) ?? readItem(catalogue, { objectID: items.idOf(index) })
  const drawn = createRng(seed).fork('samples').shuffle(split.rows.slice()).slice(0, samplesShown)
  return Array.from(drawn, (row) => ({
    known: Array.from(rowQuery(split.asked, row).items.slice(-cardsShown), known),
    proposed: Array.from(rank(row), known),
    done: [...truthOf(split, row)].slice(0, cardsShown).map(known),
  }))
}

/** The leaderboards, for a person. */
export function describeEvaluation({ surfaces, search }: ShopEvaluation): string {
  const boards = Object.entries(surfaces).map(([surface, { question, board, composed, failures, tuned }]) =>
    [
      `${surface} (${board.rows} rows). ${question}`,
      describeLeaderboard(board),
      ...(composed === null ? [] : [describeComposed(composed, board)]),
      ...describeTuned(tuned),
      ...Object.entries(failures).map(([model, reason]) => `${model} dropped out: ${reason}`),
    ].join('\n'),
  )
  return [...boards, ...(search.answers === 0 ? [] : [describeSearch(search)])].join('\n\n')
}
