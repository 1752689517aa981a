/**
 * Turns a shop's events into what models can learn from, once for all surfaces: the first stage of every training.
 *
 * The log is cleaned and cut by time into a part to learn from, one to choose on and one to judge on; shoppers' behaviour
 * features are taken by replaying it up to each cut, so that nothing in them is from the future. Items are numbered by a
 * seeded shuffle: their numbers, which decide ties, tell nothing of when or how often they occur.
 */
import type { Config } from '../base/config.ts'
import { dayMs } from '../base/clock.ts'
import { createRng } from '../base/rng.ts'
import { createVocabulary, type Vocabulary } from '../base/vocabulary.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Item } from '../domain/item.ts'
import { createFeatureSet, featureNames, type FeatureSet, signalReader } from '../features/feature-set.ts'
import type { Csr } from '../kernels/csr.ts'
import { behaviourAt, type BehaviourLog } from '../preprocess/behaviour-log.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import { itemContent } from '../preprocess/item-content.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { RowSignals } from '../preprocess/signals.ts'
import { applyScales, fitScales, type RobustScale } from '../preprocess/scales.ts'
import { behaviourNames, behaviourVector } from '../profiles/behaviour.ts'
import { createProfileBook } from '../profiles/profile-book.ts'
import { createSlateKinds } from '../retrieve/slate-kinds.ts'
import { trustShoppers } from './trust/trust-shoppers.ts'
import { readLog, type ReadLogOptions } from './read-log.ts'

/** Shoppers' behaviour as of one moment, robustly scaled by what was known then. */
export interface Behaviours {
  readonly scales: readonly RobustScale[]
  /** users of the log × features, row-major; 0 for a shopper of whom nothing was known. */
  readonly values: Float32Array
}

export interface Prepared {
  readonly log: BehaviourLog
  readonly quality: QualityReport
  /** Items that models know. */
  readonly items: Vocabulary<ItemId>
  /** What the catalogue says of `items`. */
  readonly content: Csr | null
  readonly item: (itemId: ItemId) => Item | undefined
  /** Models are chosen on [validationMs, testMs) and judged on [testMs, untilMs). */
  readonly validationMs: number
  readonly testMs: number
  readonly untilMs: number
  /** Moments before `validationMs`, each as long before the next as that is before `testMs`; the latest first. */
  readonly earlierMs: readonly number[]
  behavioursAt(cutMs: number): Behaviours
  /** How far each shopper of the log was believed at that moment; `null` where nobody is doubted. */
  trustAt(cutMs: number): Float32Array | null
  /** What features/ say of the shoppers (indices in `log.users`, -1 nobody) behind the rows of a table. */
  signalsOf(rowUsers: Int32Array, asOfMs: number): RowSignals
}

/**
 * Rejects with `no-data` where cleaning leaves nothing that speaks for an item.
 * @param earlier how many moments before `validationMs` are wanted
 */
export async function prepare(options: ReadLogOptions, earlier = 0): Promise<Prepared> {
  const { config } = options
  const { log, quality, item, catalogueItems } = await readLog(options)
  const items = knownItems(log, catalogueItems, config)
  if (items.size === 0) {
    throw new HaggleError(
      'no-data',
      `Catalogue ${options.catalogue} has no events to learn from (${quality.rowsRead} read, ${quality.rowsKept} left ` +
        'after cleaning). Import a log, or see `haggle check` for what cleaning dropped.',
    )
  }
  const firstMs = log.timeMs[0]
  const untilMs = log.timeMs[log.length - 1] + 1
  const testMs = untilMs - config.training.testFraction * (untilMs - firstMs)
  const validationMs = testMs - config.training.validationFraction * (untilMs - firstMs)
  const width = testMs - validationMs
  const earlierMs = Array.from({ length: earlier }, (_, at) => validationMs - (at + 1) * width)
  const moments = [...earlierMs.toReversed(), validationMs, testMs, untilMs]
  const behaviours = await replay(log, moments, { ...options, item })
  const trust = await trustAtMoments(log, items, moments, options)
  return {
    log,
    quality,
    items,
    content: itemContent(items.ids().map(item)),
    item,
    validationMs,
    testMs,
    untilMs,
    earlierMs,
    behavioursAt: (cutMs) => behaviours[moments.indexOf(cutMs)],
    trustAt: (cutMs) => trust[moments.indexOf(cutMs)],
    signalsOf: signalsOf(log, items, { ...options, item }),
  }
}

/** As of each moment nothing is known of what came after. */
async function trustAtMoments(
  log: BehaviourLog,
  items: Vocabulary<ItemId>,
  moments: readonly number[],
  { config, progress, breathe }: ReadLogOptions,
): Promise<(Float32Array | null)[]> {
  if (!config.training.weighShoppers) return moments.map(() => null)
  const all: (Float32Array | null)[] = []
  for (const momentMs of moments) {
    progress.report('judge the shoppers', all.length, moments.length)
    all.push(await trustShoppers(log, items, config, momentMs, breathe))
  }
  return all
}

/** Kinds of the items that models know; `undefined` where the catalogue has no categories. */
export function itemKinds({ items, item }: Prepared): readonly Int32Array[] | undefined {
  const kinds = createSlateKinds()
  const all = items.ids().map((itemId) => kinds.of(item(itemId)))
  return kinds.known ? all : undefined
}

/** Puts the features of each row's shopper beside the rows; -1 stands for nobody. */
export function withBehaviours(interactions: Interactions, rowUsers: Int32Array, behaviours: Behaviours): Interactions {
  const width = behaviourNames.length
  const rowFeatures = new Float32Array(rowUsers.length * width)
  rowUsers.forEach((user, row) => {
    if (user >= 0) rowFeatures.set(behaviours.values.subarray(user * width, (user + 1) * width), row * width)
  })
  return { ...interactions, rowFeatures, featureNames: behaviourNames }
}

/**
 * Features as they stood at any moment: the log is replayed up to it, as the live shop was told of it. The latest replay
 * is kept, because the surfaces share their cuts. Cost: one pass through the log a moment.
 */
function signalsOf(
  log: BehaviourLog,
  items: Vocabulary<ItemId>,
  { config, breathe, item }: ReadLogOptions & Pick<Prepared, 'item'>,
): Prepared['signalsOf'] {
  let latest: { readonly momentMs: number; readonly features: FeatureSet } | null = null
  const replayTo = async (momentMs: number): Promise<FeatureSet> => {
    if (latest?.momentMs === momentMs) return latest.features
    const profiles = createProfileBook({ config: config.preprocess, item })
    const features = createFeatureSet({ item, profiles })
    for (let at = 0; at < log.length && log.timeMs[at] < momentMs; at++) {
      const behaviour = behaviourAt(log, at)
      profiles.remember(behaviour)
      features.remember(behaviour)
      await breathe()
    }
    latest = { momentMs, features }
    return features
  }
  return (rowUsers, asOfMs) => ({
    names: featureNames,
    before: async (days) => {
      const timeMs = asOfMs - days * dayMs
      const features = await replayTo(timeMs)
      return (row) => {
        const userId = rowUsers[row] < 0 ? null : log.users.idOf(rowUsers[row])
        return signalReader(features, { userId, timeMs }, (index) => item(items.idOf(index)))
      }
    },
  })
}

/** What has enough events; with `coldItems` also what has none yet, never what was left out for having too few. */
function knownItems(
  log: BehaviourLog,
  catalogueItems: readonly ItemId[],
  { preprocess, training }: Config,
): Vocabulary<ItemId> {
  const events = new Int32Array(log.items.size)
  for (const index of log.itemIndex) if (index >= 0) events[index]++
  const known = log.items.ids().filter((_, index) => events[index] >= preprocess.minimumEventsPerItem)
  if (known.length === 0) return createVocabulary()
  const cold = preprocess.coldItems ? catalogueItems.filter((id) => (events[log.items.indexOf(id)] ?? 0) === 0) : []
  const inOrder = [...new Set([...known, ...cold])]
  return createVocabulary(createRng(training.seed).fork('items').shuffle(inOrder))
}

/** Shoppers' behaviour at each moment, in one pass through the log; `moments` ascend. */
async function replay(
  log: BehaviourLog,
  moments: readonly number[],
  { config, progress, breathe, item }: ReadLogOptions & Pick<Prepared, 'item'>,
): Promise<Behaviours[]> {
  const book = createProfileBook({ config: config.preprocess, item })
  const width = behaviourNames.length
  const snapshots: Behaviours[] = []
  const snapshot = async (momentMs: number) => {
    const raw = new Float32Array(log.users.size * width)
    for (let user = 0; user < log.users.size; user++) {
      raw.set(behaviourVector(book.get(log.users.idOf(user)), momentMs), user * width)
      await breathe()
    }
    const scales = fitScales(behaviourNames, raw)
    snapshots.push({ scales, values: applyScales(scales, raw) })
  }
  for (let at = 0; at < log.length; at++) {
    while (log.timeMs[at] >= moments[snapshots.length]) await snapshot(moments[snapshots.length])
    book.remember(behaviourAt(log, at))
    if (at % 1000 === 0) progress.report('profile the shoppers', at, log.length)
    await breathe()
  }
  while (snapshots.length < moments.length) await snapshot(moments[snapshots.length])
  progress.report('profile the shoppers', log.length, log.length)
  return snapshots
}
