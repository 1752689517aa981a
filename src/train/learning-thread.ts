/**
 * Lets the shop go on answering while it learns: a training runs from log to bytes in a thread of its own.
 *
 * The thread reads the store through a connection of its own, has a memory and helpers of its own for the kernels, and
 * gives all of them back when it ends. What goes in is settings, what comes out a result, both plain data; bytes that were
 * learnt are handed over, not copied. One that is cancelled is asked to stop, and stopped where it does not listen.
 */
import { Worker } from 'node:worker_threads'
import type { Config } from '../base/config.ts'
import type { Progress } from '../base/progress.ts'
import { type ErrorCode, HaggleError } from '../domain/errors.ts'
import { type KernelSettings, kernelSettings } from '../kernels/backend.ts'
import type { TrainedSurface } from '../models/bundle.ts'
import type { Epoch } from '../models/model.ts'
import type { Store } from '../store/store.ts'

/** What every task that learns is given besides its settings. */
export interface LearningHooks {
  readonly store: Store
  readonly progress: Progress
  readonly onEpoch?: (surface: TrainedSurface, model: string, epoch: Epoch) => void
  readonly signal?: AbortSignal
}

export type LearningTask<Options, Result> = (options: Options, hooks: LearningHooks) => Promise<Result>

/** The tasks of learning-tasks.ts. */
export type TaskName = 'train' | 'tune' | 'evaluate' | 'check'

export interface ThreadInput {
  readonly task: TaskName
  readonly options: { readonly config: Config }
  readonly kernels: KernelSettings
}

/** What the thread is told once its task is to stop. */
export const stopWord = 'stop'

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly step: Parameters<Progress['report']> }
  | { readonly kind: 'epoch'; readonly epoch: Parameters<NonNullable<LearningHooks['onEpoch']>> }
  | { readonly kind: 'done'; readonly result: unknown }
  /** `code` is `null` for a defect. */
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string; readonly stack: string }

/** How long a task that was cancelled may go on to come to a clean end. */
const graceMs = 60

/** The task of that name, in a thread of its own; its options and result are those of the task itself. */
export function apart<Options extends { readonly config: Config }, Result>(
  task: TaskName,
): LearningTask<Options, Result> {
  return async (options, { progress, onEpoch, signal }) => {
    if (signal?.aborted) throw cancelled()
    const workerData: ThreadInput = { task, options, kernels: kernelSettings() }
    const worker = new Worker(new URL('./learning-worker.js', import.meta.url), { workerData })
    let grace: NodeJS.Timeout | undefined
    const abort = () => {
      worker.postMessage(stopWord)
      grace = setTimeout(() => void worker.terminate(), graceMs)
    }
    signal?.addEventListener('abort', abort)
    try {
      return (await resultOf(worker, { progress, onEpoch }, () => signal?.aborted === true)) as Result
    } finally {
      signal?.removeEventListener('abort', abort)
      clearTimeout(grace)
      await worker.terminate()
    }
  }
}

function resultOf(
  worker: Worker,
  { progress, onEpoch }: Pick<LearningHooks, 'progress' | 'onEpoch'>,
  wasCancelled: () => boolean,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(wasCancelled() ? cancelled() : error)
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'progress') progress.report(...message.step)
      else if (message.kind === 'epoch') onEpoch?.(...message.epoch)
      else if (message.kind === 'done') resolve(message.result)
      else fail(errorOf(message))
    })
    worker.on('messageerror', fail)
    worker.on('error', (error: Error & { code?: string }) =>
      fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory(error) : error),
    )
    worker.on('exit', (code) => fail(ended(code)))
  })
}

function errorOf({ code, message, stack }: ThreadMessage & { kind: 'failed' }): Error {
  return Object.assign(code === null ? new Error(message) : new HaggleError(code, message), { stack })
}

function cancelled(): HaggleError {
  return new HaggleError('cancelled', 'The work was cancelled before it ended.')
}

function outOfMemory(cause: Error): HaggleError {
  const what = 'The thread that learns ran out of memory, and what is live stays as it was: leave rare items out '
  const how = '(preprocess.minimumEventsPerItem), or give Node more (NODE_OPTIONS=--max-old-space-size=…).'
  return new HaggleError('too-little-memory', what + how, { cause })
}

function ended(code: number): HaggleError {
  const what = `The thread that learns ended with code ${code} before it was done; what is live stays as it was.`
  return new HaggleError('internal', `${what} Start it again: it goes on where it was.`)
}
