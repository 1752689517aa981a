/**
 * Keeps numbers in a quarter of the room: each stretch as whole numbers from −127 to 127 and the one factor they share.
 *
 * number ≈ scale · byte, scale = max |number| / 127, rounded to the nearest: an error of at most scale / 2. What is not
 * finite makes the scale no finite number either, so that it shows in every sum.
 */
import type { Floats } from './vector.ts'

/** Writes the bytes of source[start … start + length) to target[to …] and returns their scale; 0 where all are 0. */
export function toBytes(
  source: Floats,
  start: number,
  length: number,
  target: Int8Array | Int16Array,
  to: number,
): number {
  let largest = 0
  for (let at = start; at < start + length; at++) {
    const size = Math.abs(source[at])
    if (!(size <= largest)) largest = size
    if (Number.isNaN(size)) break
  }
  const scale = Math.fround(largest / 127)
  const by = scale > 0 && scale < Infinity ? 1 / scale : 0
  for (let at = 0; at < length; at++) {
    const byte = Math.round(source[start + at] * by)
    target[to + at] = byte > 127 ? 127 : byte < -127 ? -127 : byte
  }
  return scale
}
