/**
 * The few things done to stretches of numbers everywhere: multiply and add up, add a multiple.
 *
 * A stretch is an array, where it starts and how long it is, so that rows of a table need no copies. Sums run in
 * float64 whatever the storage.
 */

export type Floats = Float32Array | Float64Array

/** Whether it is what the fast kernels take. */
export function isSingle(array: Floats): array is Float32Array {
  return array instanceof Float32Array
}

/** Σ a·b. */
export function dot(a: Floats, aStart: number, b: Floats, bStart: number, length: number): number {
  // Four sums at once: one would wait for each addition before it could begin the next.
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  const whole = length - (length % 4)
  for (let at = 0; at < whole; at += 4) {
    sum0 += a[aStart + at] * b[bStart + at]
    sum1 += a[aStart + at + 1] * b[bStart + at + 1]
    sum2 += a[aStart + at + 2] * b[bStart + at + 2]
    sum3 += a[aStart + at + 3] * b[bStart + at + 3]
  }
  for (let at = whole; at < length; at++) sum0 += a[aStart + at] * b[bStart + at]
  return sum0 + sum1 + (sum2 + sum3)
}

/** target += scale · source. */
export function addScaled(
  target: Floats,
  targetStart: number,
  source: Floats,
  sourceStart: number,
  length: number,
  scale: number,
): void {
  for (let at = 0; at < length; at++) target[targetStart + at] += scale * source[sourceStart + at]
}
