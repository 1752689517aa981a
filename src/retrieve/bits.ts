/** A set of products as one bit each: 32 in a number, so that AND, OR and NOT of 100,000 take microseconds. */
export type Bits = Uint32Array

export function emptyBits(size: number): Bits {
  return new Uint32Array((size + 31) >>> 5)
}

export function addBit(bits: Bits, doc: number): void {
  bits[doc >>> 5] |= 1 << (doc & 31)
}

export function removeBit(bits: Bits, doc: number): void {
  bits[doc >>> 5] &= ~(1 << (doc & 31))
}

export function hasBit(bits: Bits, doc: number): boolean {
  return (bits[doc >>> 5] & (1 << (doc & 31))) !== 0
}

/** Keeps in `bits` what is in `other` too. */
export function intersect(bits: Bits, other: Bits): Bits {
  for (let word = 0; word < bits.length; word++) bits[word] &= other[word]
  return bits
}

export function unite(bits: Bits, other: Bits): Bits {
  for (let word = 0; word < bits.length; word++) bits[word] |= other[word]
  return bits
}

/** The others, also those beyond the size: intersect with what exists. */
export function complement(bits: Bits): Bits {
  for (let word = 0; word < bits.length; word++) bits[word] = ~bits[word]
  return bits
}

export function countBits(bits: Bits): number {
  let count = 0
  for (let word of bits) {
    word -= (word >>> 1) & 0x55555555
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
  }
  return count
}

/** In rising order. */
export function listBits(bits: Bits): Uint32Array {
  const docs = new Uint32Array(countBits(bits))
  let count = 0
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]; rest !== 0; rest &= rest - 1) {
      docs[count++] = word * 32 + 31 - Math.clz32(rest & -rest)
    }
  }
  return docs
}

/**
 * Who is in so many of the sets at once: `atLeast(n)` of them, n ≥ 1. Counts all products together, a binary digit of 32
 * of them in a number.
 */
export function countMemberships(sets: readonly Bits[], size: number): { atLeast(least: number): Bits } {
  const digits = Array.from({ length: 32 - Math.clz32(sets.length) }, () => emptyBits(size))
  for (const set of sets) {
    for (let word = 0; word < set.length; word++) {
      let carry = set[word]
      for (let digit = 0; carry !== 0; digit++) {
        const before = digits[digit][word]
        digits[digit][word] = before ^ carry
        carry &= before
      }
    }
  }
  return {
    atLeast: (least) => {
      const result = emptyBits(size)
      for (let word = 0; word < result.length; word++) {
        let [more, same] = [0, -1]
        for (let digit = digits.length - 1; digit >= 0; digit--) {
          const has = digits[digit][word]
          if ((least & (1 << digit)) !== 0) same &= has
          else {
            more |= same & has
            same &= ~has
          }
        }
        result[word] = more | same
      }
      return result
    },
  }
}
