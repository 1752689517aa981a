/**
 * Shares a kernel among threads: whoever is free takes the next piece.
 *
 * The caller works too and returns when all pieces are done. Pieces are taken in order but by anyone (dynamic, so that
 * a slow or busy core holds nobody up); each writes its own part of the output, so that the result does not depend on
 * who did what. A helper that is late finds the kernel closed and is not waited for. Opening and closing a kernel costs
 * some microseconds: kernels below about 50 µs of work are called directly.
 */
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

// Words of the control block; STATE is odd while a kernel is open.
const STATE = 0
const BUSY = 1
const NEXT = 2
const KERNEL = 3
const COUNT = 4
const GRAIN = 5
const ARGUMENTS = 6
const maximumValues = 24

export function createPool({ module, memory, exports, workspaces }: PoolParts): Pool {
  const control = new SharedArrayBuffer(64 + 8 * maximumValues)
  const words = new Int32Array(control, 0, 16)
  const shared = new Float64Array(control, 64)
  const names = Object.keys(exports)
  const index = new Map(names.map((name, at) => [name, at]))
  // Started when first needed: most commands never multiply anything.
  let helpers: readonly { stop(): Promise<unknown> }[] | null = null
  const start = () => workspaces.map((workspace) => startWorker({ module, memory, control, names, workspace }))

  const open = (kernel: string, values: readonly number[], count: number, grain: number) => {
    words[KERNEL] = index.get(kernel) ?? -1
    words[COUNT] = count
    words[GRAIN] = grain
    words[ARGUMENTS] = values.length
    shared.set(values)
    Atomics.store(words, NEXT, 0)
    Atomics.add(words, STATE, 1)
    Atomics.notify(words, STATE)
  }

  /** Nobody comes in any more; those inside finish their piece. */
  const close = () => {
    Atomics.add(words, STATE, 1)
    for (let spins = 0; ; spins++) {
      const busy = Atomics.load(words, BUSY)
      if (busy === 0) return
      if (spins > 2000) Atomics.wait(words, BUSY, busy, 1)
    }
  }

  return {
    threads: 1 + workspaces.length,
    run: (kernel, values, count, grain) => {
      const work = exports[kernel]
      if (workspaces.length === 0 || count <= grain) {
        for (let from = 0; from < count; from += grain) work(...values, from, Math.min(count, from + grain))
        return
      }
      helpers ??= start()
      open(kernel, values, count, grain)
      try {
        for (let from = Atomics.add(words, NEXT, grain); from < count; from = Atomics.add(words, NEXT, grain)) {
          work(...values, from, Math.min(count, from + grain))
        }
      } finally {
        close()
      }
    },
    stop: async () => {
      await Promise.all((helpers ?? []).map((helper) => helper.stop()))
      helpers = null
    },
  }
}
