/**
 * Where a computation keeps its numbers, so that the kernels find them without copying and all can be given back at once.
 *
 * Open one for each fit and release it in a `finally`; results that outlive the fit are copied out. Zeros are handed
 * out. Using an array after its space was released, or a batch array after `nextBatch`, reads somebody else's numbers:
 * never let one escape.
 */
import { HaggleError } from '../domain/errors.ts'
import { wasmBackend } from './backend.ts'
import type { Arena } from './memory.ts'
import type { Floats } from './vector.ts'

export interface Space {
  /** Kept until `release`. @throws `too-little-memory` where there is no room. */
  floats(length: number): Floats
  integers(length: number): Int32Array
  /**
   * Kept until `nextBatch`: the activations and gradients of one minibatch. Not zeros but whatever lies there where all is
   * `overwritten`.
   */
  batchFloats(length: number, overwritten?: boolean): Floats
  batchBytes(length: number, overwritten?: boolean): Uint8Array
  batchIntegers(length: number, overwritten?: boolean): Int32Array
  nextBatch(): void
  release(): void
}

/** float32 in the memory of the kernels; on the heap where TypeScript does the work. */
export function openSpace(): Space {
  const wasm = wasmBackend()
  return wasm === null ? heapSpace('float32') : arenaSpace(wasm.arena)
}

/** On the heap, in the precision asked for: float64 where gradients are checked. */
export function heapSpace(precision: 'float32' | 'float64'): Space {
  const floats = (length: number) => (precision === 'float32' ? new Float32Array(length) : new Float64Array(length))
  const integers = (length: number) => new Int32Array(length)
  const batch = { batchFloats: floats, batchIntegers: integers, batchBytes: (length: number) => new Uint8Array(length) }
  const nothing = () => undefined
  return { floats, integers, ...batch, nextBatch: nothing, release: nothing }
}

const chunkBytes = 1 << 20

function arenaSpace({ buffer, take, give, taken }: Arena): Space {
  const kept: number[] = []
  // Batches are laid one after the other into chunks that are used anew for the next batch.
  const chunks: { readonly start: number; readonly bytes: number }[] = []
  let chunk = 0
  let used = 0

  const keep = (bytes: number): number => {
    const address = take(bytes)
    if (address === null) throw noRoom(bytes, buffer.byteLength - taken())
    kept.push(address)
    return address
  }
  const lay = (bytes: number): number => {
    while (chunk < chunks.length && used + bytes > chunks[chunk].bytes) {
      chunk++
      used = 0
    }
    if (chunk === chunks.length) {
      const size = Math.max(bytes, chunkBytes << Math.min(chunks.length, 6))
      chunks.push({ start: keep(size), bytes: size })
    }
    const start = chunks[chunk].start + used
    used += Math.ceil(bytes / 64) * 64
    return start
  }
  return {
    floats: (length) => new Float32Array(buffer, keep(4 * length), length),
    integers: (length) => new Int32Array(buffer, keep(4 * length), length),
    batchFloats: (length, overwritten = false) => {
      const numbers = new Float32Array(buffer, lay(4 * length), length)
      return overwritten ? numbers : numbers.fill(0)
    },
    batchIntegers: (length, overwritten = false) => {
      const numbers = new Int32Array(buffer, lay(4 * length), length)
      return overwritten ? numbers : numbers.fill(0)
    },
    batchBytes: (length, overwritten = false) => {
      const numbers = new Uint8Array(buffer, lay(length), length)
      return overwritten ? numbers : numbers.fill(0)
    },
    nextBatch: () => {
      chunk = 0
      used = 0
    },
    release: () => kept.splice(0).forEach(give),
  }
}

function noRoom(bytes: number, left: number): HaggleError {
  const inMegabytes = (count: number) => Math.ceil(count / 2 ** 20)
  return new HaggleError(
    'too-little-memory',
    `The computation asks for ${inMegabytes(bytes)} MiB more and ${inMegabytes(left)} MiB are left: ` +
      'choose a smaller model (factors, widths), or leave rare items out (preprocess.minimumEventsPerItem).',
  )
}
