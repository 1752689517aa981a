/**
 * One memory that all threads see, given out in pieces and taken back.
 *
 * As large as the machine lets it be (up to 4 GiB, the most 32-bit addresses reach); pages cost nothing until they are
 * written. Pieces begin at multiples of 64 bytes. First fit over the free stretches, neighbours joined when given back:
 * O(stretches), of which a fit makes a few dozen.
 */
const pageBytes = 65_536
const alignment = 64

export interface Arena {
  readonly memory: WebAssembly.Memory
  readonly buffer: SharedArrayBuffer
  /** The address of `bytes` zeros, or of whatever was there where it is all `overwritten`; `null` where there is no room. */
  readonly take: (bytes: number, overwritten?: boolean) => number | null
  readonly give: (address: number) => void
  /** Bytes given out now. */
  readonly taken: () => number
  /** Bytes that were given out before and are free now: they cost the machine nothing more. */
  readonly idle: () => number
  /** Most bytes given out at once since this was last asked. */
  readonly peak: () => number
}

/** @param pages how many pages of 64 KiB to ask for at most; half as many while the machine refuses */
export function createArena(pages = 65_536): Arena {
  const memory = largest(pages)
  const buffer = memory.buffer as unknown as SharedArrayBuffer
  const bytes = new Uint8Array(buffer)
  // Address 0 stands for "none" in the kernels, and the module's own data lie on the first pages.
  const free: { start: number; end: number }[] = [{ start: 16 * pageBytes, end: buffer.byteLength }]
  const sizes = new Map<number, number>()
  let fresh = free[0].start
  let total = 0
  let highest = 0

  return {
    memory,
    buffer,
    take: (length, overwritten = false) => {
      const size = Math.max(alignment, Math.ceil(length / alignment) * alignment)
      const at = free.findIndex(({ start, end }) => end - start >= size)
      if (at < 0) return null
      const { start, end } = free[at]
      if (end - start === size) free.splice(at, 1)
      else free[at] = { start: start + size, end }
      sizes.set(start, size)
      total += size
      highest = Math.max(highest, total)
      // Pages that nobody has written are zero already; touching them would make them cost memory.
      if (start < fresh && !overwritten) bytes.fill(0, start, Math.min(fresh, start + size))
      fresh = Math.max(fresh, start + size)
      return start
    },
    give: (start) => {
      const size = sizes.get(start)
      if (size === undefined) throw new Error(`Nothing was given out at address ${start}.`)
      sizes.delete(start)
      total -= size
      let at = free.findIndex((stretch) => stretch.start > start)
      if (at < 0) at = free.length
      free.splice(at, 0, { start, end: start + size })
      if (free[at + 1]?.start === free[at].end) free[at].end = free.splice(at + 1, 1)[0].end
      if (at > 0 && free[at - 1].end === start) free[at - 1].end = free.splice(at, 1)[0].end
    },
    taken: () => total,
    idle: () => fresh - 16 * pageBytes - total,
    peak: () => {
      const peak = highest
      highest = total
      return peak
    },
  }
}

function largest(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch (error) {
    if (pages <= 256) throw error
    return largest(pages >> 1)
  }
}
