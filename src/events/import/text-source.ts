/**
 * Turns a file into text, piece by piece: plain or gzipped, and never with a letter silently replaced.
 *
 * A gzipped file is known by its first two bytes, whatever its name. Memory: one piece of 64 kB.
 */
import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { HaggleError } from '../../domain/errors.ts'

export type Encoding = 'utf-8' | 'latin-1'

/** What browsers and spreadsheets write as Latin-1 is Windows-1252, which adds €, quotation marks and dashes to it. */
const labels: Readonly<Record<Encoding, string>> = { 'utf-8': 'utf-8', 'latin-1': 'windows-1252' }

/** Is told how many bytes of the file itself have been read so far, for progress. */
export type OnBytes = (bytesRead: number) => void

/** The file's bytes, unpacked. Rejects with `bad-data` where a gzipped file is broken or ends too early. */
export async function* readBytes(path: string, onBytes?: OnBytes): AsyncGenerator<Buffer> {
  const zipped = await isGzipped(path)
  const file = createReadStream(path)
  // An error of either stream destroys both and comes out of the loop below.
  const bytes = zipped ? pipeline(file, createGunzip(), () => undefined) : file
  try {
    for await (const piece of bytes) {
      onBytes?.(file.bytesRead)
      yield piece as Buffer
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'Z_BUF_ERROR') {
      throw new HaggleError('bad-data', 'its gzip data ends in the middle: the file was not copied whole')
    }
    if (code.startsWith('Z_')) throw new HaggleError('bad-data', `its gzip data is broken (${code})`)
    throw error
  } finally {
    file.destroy()
  }
}

export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

export async function isGzipped(path: string): Promise<boolean> {
  const [first, second] = await firstBytes(path, 2)
  return first === 0x1f && second === 0x8b
}

/** The file's text without a byte order mark. Rejects with `bad-data` naming the first byte that is no UTF-8. */
export async function* readText(path: string, encoding: Encoding, onBytes?: OnBytes): AsyncGenerator<string> {
  const decoder = new TextDecoder(labels[encoding])
  const check = encoding === 'utf-8' ? createUtf8Check() : null
  for await (const bytes of readBytes(path, onBytes)) {
    const fault = check?.(bytes) ?? null
    if (fault === null) {
      yield decoder.decode(bytes, { stream: true })
      continue
    }
    // What is right is handed out first, so that whoever reads can say in which row the fault is.
    yield decoder.decode(bytes.subarray(0, Math.max(0, fault.inPiece)), { stream: true })
    throw brokenText(fault.inFile)
  }
  const open = check?.(null) ?? null
  if (open !== null) throw brokenText(open.inFile)
  yield decoder.decode()
}

function brokenText(offset: number): HaggleError {
  return new HaggleError(
    'bad-data',
    `byte ${offset} is no UTF-8: save the file as UTF-8, or say "encoding": "latin-1" in the mapping's format`,
  )
}

interface Fault {
  readonly inFile: number
  readonly inPiece: number
}

/** Checks piece after piece (`null` ends the text); letters may be cut between pieces. */
function createUtf8Check(): (piece: Buffer | null) => Fault | null {
  let before = 0
  let rest: Buffer = Buffer.alloc(0)
  return (piece) => {
    if (piece === null) return rest.length === 0 ? null : { inFile: before - rest.length, inPiece: 0 }
    const carried = rest.length
    const bytes = carried === 0 ? piece : Buffer.concat([rest, piece])
    const whole = bytes.length - openTail(bytes)
    if (!isUtf8(bytes.subarray(0, whole))) {
      const at = firstFault(bytes.subarray(0, whole))
      return { inFile: before - carried + at, inPiece: at - carried }
    }
    rest = bytes.subarray(whole)
    before += piece.length
    return null
  }
}

/** How many bytes at the end may be the beginning of a letter whose other bytes are still to come: 0 to 3. */
function openTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/** The start of the first letter that is none, by bisection over prefixes. */
function firstFault(bytes: Buffer): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    const head = bytes.subarray(0, middle)
    if (isUtf8(head.subarray(0, middle - openTail(head)))) good = middle
    else bad = middle
  }
  const head = bytes.subarray(0, good)
  return good - openTail(head)
}
