/**
 * Turns rows of numbers into shares of one, stably: each row is first lowered by its largest number.
 *
 * Row r is [pointers[r], pointers[r + 1]) of `inputs`, or, where `pointers` is 0, the r-th stretch of `width`.
 */
import { exponential } from './elementwise'
import { lanesSum } from './vector'

/**
 * shares = e^(input − largest) / sum (left out where `shares` is 0); `largest` and `sums` of each row are kept: their
 * log-sum-exp is largest + log sum. Rows [from, to).
 */
export function softmaxRows(
  pointers: usize, width: i32, inputs: usize, shares: usize, largest: usize, sums: usize, from: i32, to: i32,
): void {
  for (let row = from; row < to; row++) {
    const at = <usize>row << 2
    const first = pointers ? load<i32>(pointers + at) : row * width
    const end = pointers ? load<i32>(pointers + at, 4) : first + width
    const high = highest(inputs, first, end)
    const sum = addUp(inputs, shares, first, end, high)
    store<f32>(largest + at, high)
    store<f32>(sums + at, sum)
    if (shares) scale(shares, first, end, 1 / sum)
  }
}

function highest(inputs: usize, first: i32, end: i32): f32 {
  let fours = f32x4.splat(-Infinity)
  let entry = first
  for (; entry + 4 <= end; entry += 4) fours = f32x4.max(fours, v128.load(inputs + (<usize>entry << 2)))
  let high = max(max(f32x4.extract_lane(fours, 0), f32x4.extract_lane(fours, 1)), max(f32x4.extract_lane(fours, 2), f32x4.extract_lane(fours, 3)))
  for (; entry < end; entry++) high = max(high, load<f32>(inputs + (<usize>entry << 2)))
  return high
}

function addUp(inputs: usize, shares: usize, first: i32, end: i32, high: f32): f32 {
  const highs = f32x4.splat(high)
  let sums = f32x4.splat(0)
  let entry = first
  for (; entry + 4 <= end; entry += 4) {
    const at = <usize>entry << 2
    const power = exponential(f32x4.sub(v128.load(inputs + at), highs))
    if (shares) v128.store(shares + at, power)
    sums = f32x4.add(sums, power)
  }
  let sum = lanesSum(sums)
  for (; entry < end; entry++) {
    const at = <usize>entry << 2
    const power = f32x4.extract_lane(exponential(f32x4.sub(v128.load32_zero(inputs + at), highs)), 0)
    if (shares) store<f32>(shares + at, power)
    sum += power
  }
  return sum
}

function scale(shares: usize, first: i32, end: i32, by: f32): void {
  const bys = f32x4.splat(by)
  let entry = first
  for (; entry + 4 <= end; entry += 4) {
    const at = <usize>entry << 2
    v128.store(shares + at, f32x4.mul(v128.load(shares + at), bys))
  }
  for (; entry < end; entry++) {
    const at = <usize>entry << 2
    store<f32>(shares + at, load<f32>(shares + at) * by)
  }
}
