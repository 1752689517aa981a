/**
 * Brings what a long computation reads into the memory of the kernels, once, and cuts its work into short calls.
 *
 * `lend` (backend.ts) does this for one call; a computation that gives way between calls needs its arrays to stay.
 */
import type { Breathe } from '../base/breathe.ts'
import { wasmBackend } from './backend.ts'
import { availableBytes } from './host.ts'
import type { Csr } from './csr.ts'
import type { Space } from './space.ts'

type NumberArray = Float32Array | Float64Array | Int32Array

/** `array` itself where it is there already or TypeScript does the work, else a copy that goes with `space`. */
export function resident<T extends NumberArray>(space: Space, array: T): T {
  const wasm = wasmBackend()
  if (wasm === null || array.buffer === wasm.arena.buffer) return array
  const { buffer, byteOffset } = space.integers(Math.ceil(array.byteLength / 4))
  const copy = new (array.constructor as new (buffer: ArrayBufferLike, start: number, length: number) => T)(
    buffer,
    byteOffset,
    array.length,
  )
  copy.set(array)
  return copy
}

export function residentCsr(space: Space, matrix: Csr): Csr {
  const { pointers, columns, values } = matrix
  return {
    ...matrix,
    pointers: resident(space, pointers),
    columns: resident(space, columns),
    values: resident(space, values),
  }
}

/**
 * Whether there is room for `bytes` in a space and for `beside` on the heap: for whoever plans before taking. The
 * memory of the kernels ends at 4 GiB and costs the machine only what was never written before.
 */
export function hasRoom(bytes: number, beside: number): boolean {
  const arena = wasmBackend()?.arena
  if (arena === undefined) return bytes + beside <= availableBytes()
  const { buffer, taken, idle } = arena
  return bytes <= buffer.byteLength - taken() && bytes + beside <= availableBytes() + idle()
}

/**
 * Goes through [0, count) in stretches of about `stretch` units of work, taking breath after each: a call of some tens
 * of milliseconds shares its pieces among threads well and still lets a cancellation through.
 */
export async function inStretches(
  count: number,
  workOf: (index: number) => number,
  stretch: number,
  breathe: Breathe,
  work: (first: number, length: number) => void,
): Promise<void> {
  for (let first = 0; first < count; ) {
    let end = first
    for (let done = 0; end < count && done < stretch; end++) done += workOf(end)
    work(first, end - first)
    first = end
    await breathe()
  }
}
