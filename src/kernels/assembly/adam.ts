/**
 * How numbers move against their gradient: by Adam where there are moments (`first` ≠ 0), by plain descent where none.
 *
 * slope = gradient + ridge·w; m = .9·m + .1·slope; v = .999·v + .001·slope²; w −= rate·m / (√v + 1e-8), the bias
 * corrections being part of `rate`. Numbers left over at the end of a row take the same steps in one lane.
 */
import { multiplyAdd } from './vector'

// @ts-ignore: decorator
@inline
function step(values: usize, first: usize, second: usize, gradient: v128, rate: v128, ridge: v128, single: bool): void {
  const w = single ? v128.load32_zero(values) : v128.load(values)
  const slope = multiplyAdd(ridge, w, gradient)
  if (!first) {
    put(values, f32x4.sub(w, f32x4.mul(rate, slope)), single)
    return
  }
  const before = single ? v128.load32_zero(first) : v128.load(first)
  const squareBefore = single ? v128.load32_zero(second) : v128.load(second)
  const mean = multiplyAdd(f32x4.splat(0.9), before, f32x4.mul(f32x4.splat(0.1), slope))
  const square = multiplyAdd(f32x4.splat(0.999), squareBefore, f32x4.mul(f32x4.splat(0.001), f32x4.mul(slope, slope)))
  put(first, mean, single)
  put(second, square, single)
  put(values, f32x4.sub(w, f32x4.div(f32x4.mul(rate, mean), f32x4.add(f32x4.sqrt(square), f32x4.splat(1e-8)))), single)
}

// @ts-ignore: decorator
@inline
function put(to: usize, value: v128, single: bool): void {
  if (single) store<f32>(to, f32x4.extract_lane(value, 0))
  else v128.store(to, value)
}

/** Moves values [from, to). */
export function stepWhole(
  values: usize, gradient: usize, first: usize, second: usize, rate: f32, ridge: f32, from: i32, to: i32,
): void {
  const rates = f32x4.splat(rate)
  const ridges = f32x4.splat(ridge)
  // Where there are no moments their addresses are never used.
  const moments = first != 0
  let index = from
  for (; index + 4 <= to; index += 4) {
    const at = <usize>index << 2
    step(values + at, moments ? first + at : 0, second + at, v128.load(gradient + at), rates, ridges, false)
  }
  for (; index < to; index++) {
    const at = <usize>index << 2
    step(values + at, moments ? first + at : 0, second + at, v128.load32_zero(gradient + at), rates, ridges, true)
  }
}

/**
 * Moves the rows `rows[t]` of a table for t in [from, to): the gradient of row t is Σ coefficients[e]·left of e over the
 * entries e in [starts[t], starts[t + 1]), where left of e lies at addresses[leftRows[e]] (`addresses` 0: is 1). It is
 * added up in registers, 16 columns at a time, and never stored.
 */
export function stepRows(
  rows: usize, starts: usize, leftRows: usize, coefficients: usize, addresses: usize, width: i32,
  values: usize, first: usize, second: usize, rate: f32, ridge: f32, from: i32, to: i32,
): void {
  const rowBytes = <usize>width << 2
  const rates = f32x4.splat(rate)
  const ridges = f32x4.splat(ridge)
  const moments = first != 0
  for (let index = from; index < to; index++) {
    const begin = load<i32>(starts + (<usize>index << 2))
    const end = load<i32>(starts + (<usize>index << 2), 4)
    const row = <usize>load<i32>(rows + (<usize>index << 2)) * rowBytes
    const w = values + row
    const m = moments ? first + row : 0
    const v = second + row
    let at: usize = 0
    for (; at + 64 <= rowBytes; at += 64) {
      let g0 = f32x4.splat(0), g1 = g0, g2 = g0, g3 = g0
      for (let entry = begin; entry < end; entry++) {
        const by = v128.load32_splat(coefficients + (<usize>entry << 2))
        const left = leftOf(leftRows, addresses, entry) + at
        g0 = multiplyAdd(by, v128.load(left), g0)
        g1 = multiplyAdd(by, v128.load(left, 16), g1)
        g2 = multiplyAdd(by, v128.load(left, 32), g2)
        g3 = multiplyAdd(by, v128.load(left, 48), g3)
      }
      step(w + at, m ? m + at : 0, v + at, g0, rates, ridges, false)
      step(w + at + 16, m ? m + at + 16 : 0, v + at + 16, g1, rates, ridges, false)
      step(w + at + 32, m ? m + at + 32 : 0, v + at + 32, g2, rates, ridges, false)
      step(w + at + 48, m ? m + at + 48 : 0, v + at + 48, g3, rates, ridges, false)
    }
    for (; at + 16 <= rowBytes; at += 16) {
      let sum = f32x4.splat(0)
      for (let entry = begin; entry < end; entry++) {
        const by = v128.load32_splat(coefficients + (<usize>entry << 2))
        sum = multiplyAdd(by, v128.load(leftOf(leftRows, addresses, entry) + at), sum)
      }
      step(w + at, m ? m + at : 0, v + at, sum, rates, ridges, false)
    }
    for (; at < rowBytes; at += 4) {
      let sum = f32x4.splat(0)
      for (let entry = begin; entry < end; entry++) {
        const by = v128.load32_zero(coefficients + (<usize>entry << 2))
        const left = addresses ? v128.load32_zero(leftOf(leftRows, addresses, entry) + at) : f32x4.splat(1)
        sum = multiplyAdd(by, left, sum)
      }
      step(w + at, m ? m + at : 0, v + at, sum, rates, ridges, true)
    }
  }
}

// @ts-ignore: decorator
@inline
function leftOf(leftRows: usize, addresses: usize, entry: i32): usize {
  return <usize>load<u32>(addresses + (<usize>load<i32>(leftRows + (<usize>entry << 2)) << 2))
}
