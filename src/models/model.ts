/**
 * A way to learn taste. Add one: write `models/<name>.ts`, list it in `models/index.ts`, run the suite.
 *
 * Models are pure: data in, state out. They know no store, clock, network or user id, and they are inductive: a
 * shopper is their history, so a new event changes the next answer without training.
 */
import type { Breathe } from '../base/breathe.ts'
import type { Rng } from '../base/rng.ts'
import type { BasketList } from '../preprocess/baskets.ts'
import type { Interactions } from '../preprocess/interactions.ts'
import type { AskedSignals } from '../preprocess/signals.ts'
import type { SearchSpace, Settings } from './search-space.ts'

/** Who asks. A stranger's history is empty, and still gets finite scores. */
export interface Query {
  /** Item indices, oldest first, each once; within [0, itemCount). */
  readonly items: Int32Array
  /** Strength of each, on the scale of `Interactions.matrix`. */
  readonly weights: Float32Array
  /** Age of each in days, ≥ 0; `null` where unknown. */
  readonly ageDays: Float32Array | null
  /** The shopper's behaviour features, laid out as `Interactions.featureNames`; `null` where none: models take zeros (the robust centre). */
  readonly features: Float32Array | null
  /** What was bought, basket by basket, of items in `items`; absent where the surface does not ask for it. */
  readonly baskets?: BasketList
  /** About the one who asks and any item; absent where there are none. */
  readonly signals?: AskedSignals
}

/** One line of a learning curve. For the GAN: `generator`, `discriminator` and `total` losses. */
export interface Epoch {
  /** From 1. */
  readonly epoch: number
  readonly losses: Readonly<Record<string, number>>
  /** How many it looked at: rows, steps of sequences, slates. */
  readonly examples: number
}

/** What a fit is given besides data. It assumes neither epochs nor a loss. */
export interface FitRun {
  readonly rng: Rng
  /** Await it in every long loop: gives way to the server and rejects with `cancelled`. */
  readonly breathe: Breathe
  /** `fraction` in [0, 1] of the fit is done. */
  readonly progress: (fraction: number, note?: string) => void
  /** Models that learn in epochs report each one. */
  readonly epoch: (epoch: Epoch) => void
}

export type StateArray = Float32Array | Float64Array | Int32Array | Int8Array | Uint8Array

/** A fitted model as plain data: JSON and typed arrays. `models/state.ts` turns it into bytes and back. */
export interface ModelState {
  readonly model: string
  readonly version: number
  readonly config: unknown
  readonly itemCount: number
  readonly arrays: Readonly<Record<string, StateArray>>
}

/** Bytes a fit takes at its peak, besides its data. */
export interface MemoryPlan {
  /** In the memory of the kernels. */
  readonly kernels: number
  /** Beside that, the state that it learns included. */
  readonly heap: number
}

export interface Model<Config = unknown> {
  readonly name: string
  readonly defaults: Config
  /** What tuning may try; a model without one is not tuned. */
  readonly space?: SearchSpace<Config>
  /** Only of a model made of others. */
  readonly ensemble?: Ensemble<Config>
  /** Who may learn in its place where it would take too much memory. */
  readonly lighter?: string
  /**
   * The settings with those that the table itself decides as numbers. Whoever refits a model on parts of a table asks once,
   * of the whole of it: on a shorter one the same settings would make another model.
   */
  settle?(data: Interactions, config: Config): Config
  /** What `fit` will take, to within a factor of two; asked before it. Absent where that is no more than the data itself. */
  plan?(data: Interactions, config: Config): MemoryPlan
  /** Learns from `data`. Rejects with `no-data` on an empty matrix, `diverged` on NaN, `cancelled` when `run` says so. */
  fit(data: Interactions, config: Config, run: FitRun): Promise<Fitted>
  /** Inverse of `serialise`. Throws `bad-state` on a state of another model or version. */
  load(state: ModelState): Fitted
  /**
   * The state as if those rows had never been in the table it was fitted to; `null` where this state does not allow it.
   * Absent: what was learnt from a row can only be had out by fitting anew.
   */
  unlearn?(state: ModelState, rows: Interactions, breathe: Breathe): Promise<ModelState | null>
}

/**
 * - `linear`: leaving an entry out takes exactly its part away, as long as another entry is left
 * - `attribution`: the parts sum to the score, but what entries say depends on each other
 * - `leave-one-out`: a part is what the score loses without the entry
 */
export type PartKind = 'linear' | 'attribution' | 'leave-one-out'

/** A score, taken apart: `rest` and the parts sum to it. */
export interface Parts {
  readonly score: number
  /** What no entry of the history says. */
  readonly rest: number
  /** By place in `Query.items`. */
  readonly history: Float64Array
  readonly kind: PartKind
}

/** What one of several models says. */
export interface Voice extends Parts {
  readonly name: string
  /** Its part in what is proposed. */
  readonly share: number
}

/** What a second stage makes of what it is shown: the parts sum to `score − usual`, but for `gap`. */
export interface Judgement {
  readonly score: number
  /** The score of the mean of all that it was shown. */
  readonly usual: number
  readonly parts: readonly {
    readonly name: string
    readonly value: number
    readonly usual: number
    readonly part: number
  }[]
  readonly gap: number
}

/** Why a model scores an item as it does. Of a model of two stages, the parts are those of what the first proposes. */
export interface Explanation extends Parts {
  /** Of an ensemble; their scores times their shares sum to `score`. */
  readonly voices?: readonly Voice[]
  /** `null` for an item that the second stage was not shown. */
  readonly judgement?: Judgement | null
}

/** A mean with its 95 % interval. */
export interface Gain {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What a model gains by its parts, as it measured on cases it was not taught with before it chose among them. */
export interface Ablation {
  readonly metric: string
  readonly chosen: string
  /** In order; the first is what the others are compared with, paired, with 95 % intervals. */
  readonly variants: readonly {
    readonly name: string
    readonly accuracy: number
    readonly gain: Gain | null
  }[]
}

/** How what tuning finds for models reaches one made of them. */
export interface Ensemble<Config> {
  /** The models whose settings it takes over. */
  parts(config: Config): readonly string[]
  /** @param found model → settings that differ from its defaults */
  withFound(config: Config, found: Readonly<Record<string, Settings>>): Config
}

/** What `fit` hands back: there is no half-trained object and no `isFitted` flag. */
export interface Fitted {
  readonly itemCount: number
  /** Whether it looks at `Query.signals`; they cost a pass through the log where a table is asked. */
  readonly readsSignals?: boolean
  /** Writes a score for every item: higher is better, finite, comparable within this call only. `scores.length === itemCount`. Seen items are scored like any other: masking is the caller's. */
  score(query: Query, scores: Float32Array): void
  /** What `score` writes for these alone, each once, to the last bit; absent where that costs as much. */
  readonly scoreOf?: (query: Query, items: ArrayLike<number>) => Float32Array
  /** Absent where it had no choice. */
  readonly ablation?: Ablation
  /** For models that can take a score apart; others are explained by leaving out (models/explain.ts). */
  explain?(query: Query, item: number): Explanation
  serialise(): ModelState
}
