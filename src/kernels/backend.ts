/**
 * Which arithmetic this machine can do, chosen once: fused multiply-add, plain SIMD, or TypeScript.
 *
 * `HAGGLE_KERNELS` (fma, simd, plain) and `HAGGLE_THREADS` force it. Whoever calls a kernel need not know: arrays that
 * live in the shared memory (space.ts) are used where they lie, others are copied in and, where written, out again.
 */
import { HaggleError } from '../domain/errors.ts'
import { coreCount, prepareCompiler, setting } from './host.ts'
import { type Arena, createArena } from './memory.ts'
import { createPool, type Pool } from './pool.ts'
import { wasmBinaries } from './wasm-binaries.ts'

export type BackendName = 'fma' | 'simd' | 'plain'
export const backendNames: readonly BackendName[] = ['fma', 'simd', 'plain']

export interface KernelSettings {
  /** `null`: the best that works here. */
  readonly backend: BackendName | null
  /** `null`: one a core. */
  readonly threads: number | null
}

export interface Backend {
  readonly name: BackendName
  readonly threads: number
  /** Why this one. */
  readonly why: string
  /** `null` for `plain`. */
  readonly wasm: Wasm | null
}

export type KernelArray = Float32Array | Int32Array | Int8Array | Uint8Array

export interface Wasm {
  readonly threads: number
  readonly arena: Arena
  /** Calls `kernel(...values, from, to)` over pieces of [0, count) of `grain` each, in all threads. */
  readonly run: Pool['run']
  /** Calls a kernel here and now. */
  call(kernel: string, ...values: number[]): number
  /** Hands `work` the address of each array, inputs first. What it wrote to `outputs` stands in them afterwards. */
  lend(inputs: readonly KernelArray[], outputs: readonly KernelArray[], work: (...addresses: number[]) => void): void
}

let chosen: (Backend & { stop(): Promise<void> }) | null = null
let settings: KernelSettings = { backend: null, threads: null }

export function backend(): Backend {
  chosen ??= choose()
  return chosen
}

/** The WebAssembly to run on; `null` where TypeScript does the work. */
export function wasmBackend(): Wasm | null {
  return backend().wasm
}

/** What was asked for, so that a thread can be told the same. */
export function kernelSettings(): KernelSettings {
  return settings
}

/** Changes what is used from now on. Arrays of the memory before stay valid and are copied like any other. */
export async function useBackend(wanted: Partial<KernelSettings>): Promise<void> {
  const next = { ...settings, ...wanted }
  if (next.backend === settings.backend && next.threads === settings.threads) return
  const before = chosen
  chosen = null
  settings = next
  await before?.stop()
}

function choose(): Backend & { stop(): Promise<void> } {
  const name = wantedBackend()
  const threads = wantedThreads()
  if (name === 'plain') return { ...plainBackend, why: forced }
  prepareCompiler()
  const module = compile(name ?? 'fma') ?? (name === null ? compile('simd') : null)
  if (module === null && name === null) return plainBackend
  if (module === null) {
    throw new HaggleError('bad-config', `The kernels "${name}" do not run on this machine; leave the choice open.`)
  }
  const { wasm, pool } = instantiate(module.module, threads)
  const why = name === null ? 'the fastest that this machine accepts' : forced
  return { name: module.name, threads: pool.threads, why, wasm, stop: () => pool.stop() }
}

const forced = 'forced by kernels.backend or HAGGLE_KERNELS'
const plainBackend = {
  name: 'plain',
  threads: 1,
  why: 'this machine has no WebAssembly SIMD',
  wasm: null,
  stop: async () => undefined,
} as const

function wantedBackend(): BackendName | null {
  const name = settings.backend ?? setting('HAGGLE_KERNELS') ?? null
  if (name === null || backendNames.includes(name as BackendName)) return name as BackendName | null
  throw new HaggleError('bad-config', `HAGGLE_KERNELS is "${name}"; it can be ${backendNames.join(', ')}.`)
}

function wantedThreads(): number {
  const threads = settings.threads ?? Number(setting('HAGGLE_THREADS') ?? coreCount())
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads
  throw new HaggleError('bad-config', `HAGGLE_THREADS must be a whole number from 1 to 64.`)
}

/** The code for all threads; `null` where this machine refuses it. */
function compile(name: 'fma' | 'simd'): { name: BackendName; module: WebAssembly.Module } | null {
  const bytes = binaryOf(wasmBinaries[`${name}Shared`])
  return WebAssembly.validate(bytes) ? { name, module: new WebAssembly.Module(bytes) } : null
}

export function binaryOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}

function instantiate(module: WebAssembly.Module, threads: number): { wasm: Wasm; pool: Pool } {
  const arena = createArena()
  const { memory } = arena
  const instance = new WebAssembly.Instance(module, { env: { memory, abort: refuse } })
  const exports = instance.exports as Record<string, (...values: number[]) => number>
  const workspaces = Array.from({ length: threads }, () => arena.take(workspaceBytes) ?? refuse())
  exports.setWorkspace(workspaces[0])
  const pool = createPool({ module, memory, exports, workspaces: workspaces.slice(1) })
  return {
    pool,
    wasm: {
      threads,
      arena,
      run: pool.run,
      call: (kernel, ...values) => exports[kernel](...values),
      lend: lender(arena),
    },
  }
}

/** More than any kernel asks for (the packed sides of gemm). */
export const workspaceBytes = 4 << 20

function refuse(): never {
  throw new HaggleError('too-little-memory', 'The kernels found no memory to work in.')
}

function lender(arena: Arena): Wasm['lend'] {
  return (inputs, outputs, work) => {
    const taken: number[] = []
    const addressOf = (array: KernelArray): number => {
      if (array.buffer === arena.buffer) return array.byteOffset
      const address = arena.take(array.byteLength)
      if (address === null) return refuse()
      taken.push(address)
      bytesAt(arena, address, array).set(bytesOf(array))
      return address
    }
    try {
      const addresses = [...inputs, ...outputs].map(addressOf)
      work(...addresses)
      outputs.forEach((array, at) => {
        if (array.buffer !== arena.buffer) bytesOf(array).set(bytesAt(arena, addresses[inputs.length + at], array))
      })
    } finally {
      taken.forEach((address) => arena.give(address))
    }
  }
}

function bytesAt(arena: Arena, address: number, { byteLength }: KernelArray): Uint8Array {
  return new Uint8Array(arena.buffer, address, byteLength)
}

function bytesOf({ buffer, byteOffset, byteLength }: KernelArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
