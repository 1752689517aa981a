/** Arrays of numbers as bytes behind a header in JSON: what an index in memory is kept as. */
import { HaggleError } from '../domain/errors.ts'

/** What the bytes are, in a number of 32 bits, and which version of it this release writes and reads. */
export interface PackedKind {
  readonly magic: number
  readonly version: number
}

export function packArrays(
  { magic, version }: PackedKind,
  header: object,
  arrays: readonly (Uint32Array | Uint16Array)[],
): Uint8Array {
  const lengths = arrays.map(({ length }) => length)
  const written = Buffer.from(JSON.stringify({ version, ...header, arrays: lengths }))
  const start = 8 + Math.ceil(written.length / 4) * 4
  const bytes = new Uint8Array(start + arrays.reduce((sum, array) => sum + array.byteLength, 0))
  new DataView(bytes.buffer).setUint32(0, magic)
  new DataView(bytes.buffer).setUint32(4, written.length)
  bytes.set(written, 8)
  let at = start
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at += array.byteLength
  }
  return bytes
}

/**
 * The header, and the memory of each array as a copy, given the bytes of a number of each.
 * @throws `bad-state` where the bytes are of another kind or version, or cut short.
 */
export function unpackArrays<Header>(
  { magic, version }: PackedKind,
  bytes: Uint8Array,
  sizes: readonly number[],
): { readonly header: Header; readonly arrays: readonly ArrayBuffer[] } {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (view.getUint32(0) !== magic) throw new Error('not a search index')
    const length = view.getUint32(4)
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + 8, length).toString()
    const header = JSON.parse(text) as Header & { version: number; arrays: number[] }
    if (header.version !== version) throw new Error(`version ${header.version}`)
    let at = 8 + Math.ceil(length / 4) * 4
    const arrays = sizes.map((size, array): ArrayBuffer => {
      const taken = header.arrays[array] * size
      if (at + taken > bytes.length) throw new Error('cut short')
      const from = bytes.byteOffset + at
      at += taken
      // Of the memory itself: a slice of Node's buffers is no copy.
      return bytes.buffer.slice(from, from + taken) as ArrayBuffer
    })
    return { header, arrays }
  } catch (error) {
    throw new HaggleError(
      'bad-state',
      `The kept search index cannot be read (${String(error)}); put the products again.`,
    )
  }
}
