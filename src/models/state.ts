/**
 * Puts what a model learnt into bytes, and takes it out again only where every bit is as it was written.
 *
 * Layout, little-endian: 8 bytes "hagglest"; 4 bytes format; 4 bytes length of the header; 32 bytes SHA-256 of all the
 * rest; header (JSON: model, version, config, itemCount, and name, type and length of each array); the arrays. Header
 * and arrays are padded to 8 bytes, so that decoding makes views instead of copies.
 */
import { createHash } from 'node:crypto'
import { HaggleError } from '../domain/errors.ts'
import type { Csr } from '../kernels/csr.ts'
import { type Bundle, type TrainedSurface, trainedSurfaces } from './bundle.ts'
import type { ModelState, StateArray } from './model.ts'

const magic = 'hagglest'
const format = 1
const prefixBytes = 48
const digestAt = 16
/** What one call of the hash may be given. */
const hashChunk = 2 ** 30

const arrayTypes = { Float32Array, Float64Array, Int32Array, Int8Array, Uint8Array }
type ArrayType = keyof typeof arrayTypes

interface Header {
  readonly model: string
  readonly version: number
  readonly config: unknown
  readonly itemCount: number
  readonly arrays: readonly { readonly name: string; readonly type: ArrayType; readonly length: number }[]
}

export function encodeState(state: ModelState): Uint8Array {
  const { model, version, config, itemCount } = state
  const named = Object.entries(state.arrays)
  const arrays = named.map(([name, array]) => ({
    name,
    type: array.constructor.name as ArrayType,
    length: array.length,
  }))
  const header = new TextEncoder().encode(
    JSON.stringify({ model, version, config, itemCount, arrays } satisfies Header),
  )
  const bodyAt = prefixBytes + padded(header.length)
  const bytes = new Uint8Array(named.reduce((sum, [, array]) => sum + padded(array.byteLength), bodyAt))
  bytes.set(new TextEncoder().encode(magic))
  const view = new DataView(bytes.buffer)
  view.setUint32(8, format, true)
  view.setUint32(12, header.length, true)
  bytes.set(header, prefixBytes)
  let at = bodyAt
  for (const [, array] of named) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at += padded(array.byteLength)
  }
  bytes.set(digest(bytes), digestAt)
  return bytes
}

/** The arrays are views of `bytes` where its alignment allows. @throws `bad-state` on anything `encodeState` did not write. */
export function decodeState(bytes: Uint8Array): ModelState {
  if (bytes.length < prefixBytes || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) {
    throw broken('it is not one, or its beginning is missing')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(8, true) !== format) throw broken(`its format is ${view.getUint32(8, true)}, not ${format}`)
  if (!digest(bytes).equals(bytes.subarray(digestAt, prefixBytes))) throw broken('its bytes are damaged or incomplete')
  // The digest holds, so the rest is as it was written.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  const headerLength = view.getUint32(12, true)
  const header = JSON.parse(
    new TextDecoder().decode(aligned.subarray(prefixBytes, prefixBytes + headerLength)),
  ) as Header
  const arrays: Record<string, StateArray> = {}
  let at = aligned.byteOffset + prefixBytes + padded(headerLength)
  for (const { name, type, length } of header.arrays) {
    arrays[name] = new arrayTypes[type](aligned.buffer as ArrayBuffer, at, length)
    at += padded(arrays[name].byteLength)
  }
  const { model, version, config, itemCount } = header
  return { model, version, config, itemCount, arrays }
}

/** What a model's `load` reads its state with. */
export interface OpenState {
  floats(array: string, length: number): Float32Array
  integers(array: string, length: number): Int32Array
  /** The arrays `pointers`, `columns` and `values`. */
  csr(rowCount: number, columnCount: number): Csr
}

/** @throws `bad-state` where the state is another model's, or an array is missing or of the wrong kind or size. */
export function openState(state: ModelState, model: string, version: number): OpenState {
  if (state.model !== model || state.version !== version) {
    throw broken(`it holds ${state.model} version ${state.version}, where ${model} version ${version} was expected`)
  }
  const read = <T extends StateArray>(array: string, type: new (length: number) => T, length?: number): T => {
    const found = state.arrays[array]
    if (!(found instanceof type) || (length !== undefined && found.length !== length)) {
      throw broken(`${model} misses "${array}" or has it in another size`)
    }
    return found
  }
  return {
    floats: (array, length) => read(array, Float32Array, length),
    integers: (array, length) => read(array, Int32Array, length),
    csr: (rowCount, columnCount) => {
      const pointers = read('pointers', Int32Array, rowCount + 1)
      const total = pointers[rowCount]
      return {
        rowCount,
        columnCount,
        pointers,
        columns: read('columns', Int32Array, total),
        values: read('values', Float32Array, total),
      }
    },
  }
}

const surfacePrefix = 'surface/'

export function encodeBundle(bundle: Bundle): { name: string; bytes: Uint8Array }[] {
  const { surfaces, ...rest } = bundle
  const frame = { name: 'bundle', bytes: new TextEncoder().encode(JSON.stringify({ format, ...rest })) }
  const states = Object.entries(surfaces).map(([surface, state]) => ({
    name: surfacePrefix + surface,
    bytes: encodeState(state),
  }))
  return [frame, ...states]
}

/** @throws `bad-state` where the frame is missing or unreadable, or a surface was not written by `encodeBundle`. */
export function decodeBundle(artefacts: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Bundle {
  const frame = artefacts.find(({ name }) => name === 'bundle')
  if (frame === undefined) throw broken('the bundle itself is missing')
  const { format: written, ...rest } = parseFrame(frame.bytes)
  if (written !== format) throw broken(`its format is ${String(written)}, not ${format}`)
  const surfaces: Partial<Record<TrainedSurface, ModelState>> = {}
  for (const { name, bytes } of artefacts) {
    const surface = name.startsWith(surfacePrefix) ? name.slice(surfacePrefix.length) : ''
    if (surface in trainedSurfaces) surfaces[surface as TrainedSurface] = decodeState(bytes)
  }
  return { ...rest, surfaces }
}

function parseFrame(bytes: Uint8Array): Omit<Bundle, 'surfaces'> & { readonly format: unknown } {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as ReturnType<typeof parseFrame>
  } catch (error) {
    throw new HaggleError('bad-state', 'Stored model: the bundle is not readable. Train again, or roll back.', {
      cause: error,
    })
  }
}

function digest(bytes: Uint8Array): Buffer {
  const hash = createHash('sha256')
  // The format and the header's length come before the digest; they are part of what it covers.
  hash.update(bytes.subarray(0, digestAt))
  for (let at = prefixBytes; at < bytes.length; at += hashChunk) hash.update(bytes.subarray(at, at + hashChunk))
  return hash.digest()
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}

function broken(why: string): HaggleError {
  return new HaggleError('bad-state', `Stored model: ${why}. Train again, or roll back to an earlier generation.`)
}
