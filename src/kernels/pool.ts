/**
 * Shares a kernel among threads: whoever is free takes the next piece.
 *
 * The caller works too and returns when all pieces are done. Pieces are taken in order but by anyone (dynamic, so that
 * a slow or busy core holds nobody up); each writes its own part of the output, so that the result does not depend on
 * who did what. A helper that is late finds the kernel closed and is not waited for. Opening and closing a kernel costs
 * some microseconds: kernels below about 50 µs of work are called directly.
 */
import { HaggleError } from '../domain/errors.ts'
import { startWorker } from './host.ts'

export interface Pool {
  readonly threads: number
  /** Calls `kernel(...values, from, to)` over pieces of [0, count) of `grain` each. */
  readonly run: (kernel: string, values: readonly number[], count: number, grain: number) => void
  stop(): Promise<void>
}

export interface PoolParts {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Of the caller's own instance. */
  readonly exports: Readonly<Record<string, (...values: number[]) => number>>
  /** One address a helper. */
  readonly workspaces: readonly number[]
}

// Words of the control block; STATE is odd while a kernel is open, BUSY counts the helpers inside.
const STATE = 0
const BUSY = 1
const NEXT = 2
const KERNEL = 3
const COUNT = 4
const GRAIN = 5
const ARGUMENTS = 6
/** Length of the text that says what went wrong in a helper; 0 while nothing did. */
const FAILED = 7
const maximumValues = 24
const textAt = 64 + 8 * maximumValues
const textBytes = 256

/**
 * @param patienceMs a piece is milliseconds of work: a helper that is still inside after so long has died there, or
 * never ends, and the call fails
 */
export function createPool({ module, memory, exports, workspaces }: PoolParts, patienceMs = 60_000): Pool {
  const names = Object.keys(exports)
  // Started when first needed: most commands never multiply anything.
  let crew: Crew | null = null
  let stopped = false
  let leaving: Promise<unknown> = Promise.resolve()

  const dismiss = () => {
    leaving = Promise.all([leaving, crew?.stop()])
    crew = null
  }
  /** Whatever went wrong, the next call begins with new helpers. */
  const fail = (kernel: string, why: string): never => {
    dismiss()
    throw new HaggleError('internal', `The kernel ${kernel} failed: ${why}. Start what was running again.`)
  }

  return {
    threads: 1 + workspaces.length,
    run: (kernel, values, count, grain) => {
      const work = exports[kernel]
      if (stopped || workspaces.length === 0 || count <= grain) {
        for (let from = 0; from < count; from += grain) work(...values, from, Math.min(count, from + grain))
        return
      }
      crew ??= startCrew({ module, memory, names, workspaces })
      const { words } = crew
      if (crew.lost() !== null) fail(kernel, `a thread that helps was lost (${crew.lost()})`)
      crew.open(names.indexOf(kernel), values, count, grain)
      let left = true
      try {
        for (let from = Atomics.add(words, NEXT, grain); from < count; from = Atomics.add(words, NEXT, grain)) {
          work(...values, from, Math.min(count, from + grain))
        }
      } finally {
        left = crew.close(patienceMs)
      }
      if (!left) fail(kernel, `a thread that helps did not come back within ${patienceMs / 1000} s`)
      if (words[FAILED] > 0) fail(kernel, crew.failure())
    },
    stop: async () => {
      stopped = true
      dismiss()
      await leaving
    },
  }
}

interface Crew {
  readonly words: Int32Array
  /** Lets the helpers in. */
  open(kernel: number, values: readonly number[], count: number, grain: number): void
  /** Nobody comes in any more; those inside finish their piece. False where one does not. */
  close(patienceMs: number): boolean
  /** What a helper's kernel threw. */
  failure(): string
  /** Why one of the threads has ended; `null` while all live. */
  lost(): string | null
  stop(): Promise<unknown>
}

type CrewParts = Pick<PoolParts, 'module' | 'memory' | 'workspaces'> & { readonly names: readonly string[] }

function startCrew({ module, memory, names, workspaces }: CrewParts): Crew {
  const control = new SharedArrayBuffer(textAt + textBytes)
  const words = new Int32Array(control, 0, 16)
  const shared = new Float64Array(control, 64, maximumValues)
  let lost: string | null = null
  const helpers = workspaces.map((workspace) =>
    startWorker({ module, memory, control, names, workspace, textAt }, (why) => {
      lost ??= why
    }),
  )
  return {
    words,
    open: (kernel, values, count, grain) => {
      shared.set(values)
      words[KERNEL] = kernel
      words[COUNT] = count
      words[GRAIN] = grain
      words[ARGUMENTS] = values.length
      words[FAILED] = 0
      Atomics.store(words, NEXT, 0)
      Atomics.add(words, STATE, 1)
      Atomics.notify(words, STATE)
    },
    close: (patienceMs) => {
      Atomics.add(words, STATE, 1)
      // Waits are counted, not time: a machine that was asleep has not been waiting.
      for (let spins = 0, waits = 0; ; spins++) {
        const busy = Atomics.load(words, BUSY)
        if (busy === 0) return true
        if (spins < 2000) continue
        if (Atomics.wait(words, BUSY, busy, 1) === 'timed-out' && ++waits >= patienceMs) return false
      }
    },
    failure: () => new TextDecoder().decode(new Uint8Array(control, textAt, words[FAILED]).slice()),
    lost: () => lost,
    stop: () => Promise.all(helpers.map((helper) => helper.stop())),
  }
}
