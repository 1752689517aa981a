import asc from 'assemblyscript/asc'
import type { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import { useBackend, wasmBackend } from './backend.ts'
import { gemm, plainGemm } from './gemm.ts'
import { createPool, type Pool } from './pool.ts'
import { openSpace } from './space.ts'

/** Kernels that do what none of ours may: trap, and never come back. Only helpers were given a workspace above 0. */
const source = `
let workspace: usize = 0
export function setWorkspace(at: usize): void { workspace = at }
export function addOne(out: usize, from: i32, to: i32): void {
  for (let at = from; at < to; at++) store<i32>(out + (<usize>at << 2), load<i32>(out + (<usize>at << 2)) + 1)
}
/** Until a helper has come, the caller waits in its first piece. */
function meet(flag: usize): void {
  if (workspace != 0) atomic.store<i32>(flag, 1)
  else while (atomic.load<i32>(flag) == 0) {}
}
export function trapInHelper(flag: usize, from: i32, to: i32): void {
  meet(flag)
  if (workspace != 0) unreachable()
}
export function stayInHelper(flag: usize, from: i32, to: i32): void {
  meet(flag)
  if (workspace != 0) while (atomic.load<i32>(flag) == 1) {}
}
export function trapInCaller(flag: usize, from: i32, to: i32): void {
  meet(flag)
  if (workspace == 0) unreachable()
}
`

const alive = new Set<Worker>()
const count = (worker: Worker) => {
  alive.add(worker)
  worker.once('exit', () => alive.delete(worker))
}

let module: WebAssembly.Module
beforeAll(async () => {
  process.on('worker', count)
  const options = ['-O3', '--runtime', 'stub', '--importMemory', '--noAssert', '--enable', 'threads']
  const shared = ['--sharedMemory', '--initialMemory', '1', '--maximumMemory', '16']
  let binary = new Uint8Array()
  const { error } = await asc.main(['k.ts', '-o', 'k.wasm', ...options, ...shared], {
    readFile: (name) => (name === 'k.ts' ? source : null),
    writeFile: (_name, contents) => {
      binary = Uint8Array.from(contents as Uint8Array)
    },
    listFiles: () => [],
  })
  if (error !== null) throw error
  module = new WebAssembly.Module(binary)
})
afterAll(async () => {
  process.off('worker', count)
  await useBackend({ backend: null, threads: null })
})

/** Node tells of a new thread a moment after it was started. */
const told = () => new Promise((resolve) => setImmediate(resolve))

let pool: Pool | null = null
afterEach(async () => {
  await pool?.stop()
  pool = null
})

/** @returns the pool and its memory, of which the first 4 KiB are free to use */
function open(threads: number, patienceMs = 60_000): { pool: Pool; numbers: Int32Array } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 16, shared: true })
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => undefined } })
  const workspaces = Array.from({ length: threads - 1 }, (_, at) => 8192 * (at + 1))
  const parts = { module, memory, exports: exports as Record<string, (...values: number[]) => number>, workspaces }
  pool = createPool(parts, patienceMs)
  return { pool, numbers: new Int32Array(memory.buffer) }
}

describe('a pool', () => {
  it.each([1, 2, 3, 4])('does every piece of many small kernels exactly once, on %i threads', (threads) => {
    const { pool, numbers } = open(threads)
    const rng = createRng(`stress ${threads}`)
    const expected = new Int32Array(256)
    for (let call = 0; call < 20_000; call++) {
      const length = rng.int(200)
      pool.run('addOne', [256], length, 1 + rng.int(40))
      for (let at = 0; at < length; at++) expected[at]++
      if (call % 1000 === 0) expect(numbers.slice(64, 64 + 256)).toEqual(expected)
    }
    expect(numbers.slice(64, 64 + 256)).toEqual(expected)
  })

  it('tells the caller what a kernel threw in a helper, and works again afterwards', () => {
    const { pool, numbers } = open(2)
    expect(() => pool.run('trapInHelper', [0], 8, 1)).toThrow(/kernel trapInHelper failed: RuntimeError: unreachable/)
    numbers.fill(0)
    pool.run('addOne', [256], 100, 1)
    expect(numbers.slice(64, 164).every((value) => value === 1)).toBe(true)
  })

  it('lets the helpers finish before it hands on what the kernel threw in the caller', () => {
    const { pool, numbers } = open(2)
    expect(() => pool.run('trapInCaller', [0], 8, 1)).toThrow(/unreachable/)
    pool.run('addOne', [256], 100, 1)
    expect(numbers[64]).toBe(1)
  })

  it('does not wait for ever for a helper that does not come back', async () => {
    const { pool, numbers } = open(2, 200)
    const before = alive.size
    expect(() => pool.run('stayInHelper', [0], 8, 1)).toThrow(/a thread that helps did not come back within 0.2 s/)
    // It is gone, and another has its place.
    await expect.poll(() => alive.size).toBe(before)
    numbers.fill(0)
    pool.run('addOne', [256], 100, 1)
    expect(numbers[163]).toBe(1)
  })

  it('says so loudly when a helper has died meanwhile, and works again afterwards', async () => {
    const { pool, numbers } = open(3)
    const before = new Set(alive)
    pool.run('addOne', [256], 100, 1)
    await told()
    const [helper] = [...alive].filter((worker) => !before.has(worker))
    await helper.terminate()
    expect(() => pool.run('addOne', [256], 100, 1)).toThrow(/a thread that helps was lost \(it ended with code \d\)/)
    numbers.fill(0)
    pool.run('addOne', [256], 100, 1)
    expect(numbers[64]).toBe(1)
  })

  it('works alone once it was stopped, and starts nobody', async () => {
    const { pool, numbers } = open(3)
    const before = alive.size
    pool.run('addOne', [256], 100, 1)
    await told()
    expect(alive.size).toBe(before + 2)
    const stopping = pool.stop()
    pool.run('addOne', [256], 100, 1)
    await stopping
    expect(alive.size).toBe(before)
    pool.run('addOne', [256], 100, 1)
    expect(numbers[64]).toBe(3)
  })
})

describe('the backend', () => {
  const size = 160
  const rng = createRng('pool')
  const random = () => Float32Array.from({ length: size * size }, () => rng.normal())
  const [a, b] = [random(), random()]
  const wanted = new Float32Array(size * size)
  plainGemm(size, size, size, a, b, wanted)
  const check = (found: ArrayLike<number>) => {
    expect(Math.max(...wanted.map((value, at) => Math.abs(found[at] - value)))).toBeLessThan(1e-3)
  }

  it('changes while threads and spaces are in use, and leaves none of the old behind', async () => {
    await useBackend({ threads: 1 })
    const before = alive.size
    for (const settings of [
      { threads: 4 },
      { threads: 2 },
      { backend: 'plain' as const },
      { backend: null, threads: 3 },
    ]) {
      await useBackend(settings)
      const space = openSpace()
      const c = space.floats(size * size)
      gemm(size, size, size, a, b, c)
      await useBackend({ threads: 2 })
      const late = new Float32Array(size * size)
      // Numbers of the old memory go into the new one like any other.
      gemm(size, size, size, a, b, late)
      check(c)
      check(late)
      space.release()
    }
    await useBackend({ threads: 1 })
    expect(alive.size).toBe(before)
  })

  it('gives room to several computations at once, and takes all of it back', async () => {
    await useBackend({ backend: null, threads: 2 })
    const arena = wasmBackend()?.arena
    const before = arena?.taken()
    const spaces = Array.from({ length: 8 }, openSpace)
    const results = spaces.map((space) => space.floats(size * size))
    results.forEach((c, at) => {
      spaces[at].batchFloats(1000 * (at + 1)).fill(at)
      gemm(size, size, size, a, b, c)
    })
    results.forEach(check)
    for (const at of [3, 0, 7, 1, 6, 2, 5, 4]) spaces[at].release()
    expect(arena?.taken()).toBe(before)
  })
})
