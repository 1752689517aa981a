/**
 * What the kernels need of the machine they run on; the only file of this folder that knows Node. A browser build puts
 * its own in its place.
 */
import { createRequire } from 'node:module'
import { availableParallelism, freemem } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'

export function coreCount(): number {
  return availableParallelism()
}

/** Bytes that may still be taken before the system (or its limit for this process) runs short. */
export function availableBytes(): number {
  // Not there before Node 20.13.
  return (process.availableMemory as typeof process.availableMemory | undefined)?.() ?? freemem()
}

/** A setting from outside, for operators and tests. */
export function setting(name: string): string | undefined {
  const value = process.env[name]
  return value === '' ? undefined : value
}

/** Node 20 hides fused multiply-add behind a flag; the kernels are few and hot, so they skip the quick compiler. */
export function prepareCompiler(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd')
  setFlagsFromString('--no-liftoff')
}

/** A thread that helps; `onEnd` hears of one that ends without being asked to. */
export function startWorker(data: unknown, onEnd: (why: string) => void): { stop(): Promise<unknown> } {
  // Whatever loaders this process was started with, a helper needs none.
  const worker = new Worker(new URL('./pool-worker.js', import.meta.url), { workerData: data, execArgv: [] })
  worker.on('error', (error) => onEnd(error.message))
  worker.on('exit', (code) => onEnd(`it ended with code ${code}`))
  worker.unref()
  return { stop: () => worker.terminate() }
}

/** A shared library of the system: declares one of its functions, in C, to be called. Needs the optional `koffi`. */
export function openLibrary(name: string): (declaration: string) => (...values: unknown[]) => unknown {
  const koffi = createRequire(import.meta.url)('koffi') as {
    load(file: string): { func(declaration: string): (...values: unknown[]) => unknown }
  }
  const library = koffi.load(name)
  return (declaration) => library.func(declaration)
}
