/** Keeps what a shop has learnt up to date, in short steps beside the answers: one learning at a time, never in an answer. */
import { createBreathe, type Breathe } from '../base/breathe.ts'

export interface Learner {
  /** Whether there is something new to learn from. */
  readonly isStale: boolean
  learn(breathe: Breathe): Promise<void>
}

export interface BesideOptions {
  /** Ends it. */
  readonly signal: AbortSignal
  readonly onFailure: (error: unknown) => void
  /** When to try again by itself after a failure; absent: with the next change. */
  readonly retryMs?: number
}

/** Returns what is to be called after every change. */
export function learnBeside(learner: Learner, { signal, onFailure, retryMs }: BesideOptions): () => void {
  const breathe = createBreathe(signal)
  let isLearning = false
  const learn = async (): Promise<void> => {
    // Whoever brought the change is answered first.
    await new Promise((resolve) => setImmediate(resolve))
    while (learner.isStale && !signal.aborted) await learner.learn(breathe)
  }
  const wake = (): void => {
    if (isLearning || signal.aborted || !learner.isStale) return
    isLearning = true
    learn()
      .catch((error: unknown) => {
        if (signal.aborted) return
        onFailure(error)
        if (retryMs !== undefined) setTimeout(wake, retryMs).unref()
      })
      .finally(() => {
        isLearning = false
      })
  }
  return wake
}
