/**
 * What is done to every number of a minibatch by itself: bias and bend, the bend's slope; and the sums of columns.
 *
 * `kind`: 0 nothing, 1 sigmoid, 2 tanh, 3 relu. Numbers left over at the end of a row take the same steps in one lane, so
 * that a number's result does not depend on where it stands.
 */
import { multiplyAdd } from './vector'

/**
 * eˣ to two units in the last place; 0 below −87, as at 87 above it; NaN stays NaN. Cody and Waite's reduction to
 * |r| ≤ ln 2 / 2, then the polynomial of Cephes' expf.
 */
export function exponential(x: v128): v128 {
  const held = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87))
  const power = f32x4.nearest(f32x4.mul(held, f32x4.splat(1.44269504088896341)))
  // ln 2 in two parts: the product with the first is exact.
  const rough = f32x4.sub(held, f32x4.mul(power, f32x4.splat(0.693359375)))
  const r = multiplyAdd(power, f32x4.splat(2.12194440e-4), rough)
  let sum = f32x4.splat(1.9875691500e-4)
  sum = multiplyAdd(sum, r, f32x4.splat(1.3981999507e-3))
  sum = multiplyAdd(sum, r, f32x4.splat(8.3334519073e-3))
  sum = multiplyAdd(sum, r, f32x4.splat(4.1665795894e-2))
  sum = multiplyAdd(sum, r, f32x4.splat(1.6666665459e-1))
  sum = multiplyAdd(sum, r, f32x4.splat(5.0000001201e-1))
  sum = multiplyAdd(sum, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)))
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(power), i32x4.splat(127)), 23)
  return v128.andnot(f32x4.mul(sum, scale), f32x4.lt(x, f32x4.splat(-87)))
}

function bend(kind: i32, x: v128): v128 {
  const one = f32x4.splat(1)
  if (kind == 1) return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))))
  if (kind == 2) {
    const two = f32x4.splat(2)
    return f32x4.sub(one, f32x4.div(two, f32x4.add(one, exponential(f32x4.mul(two, x)))))
  }
  if (kind == 3) return f32x4.max(f32x4.splat(0), x)
  return x
}

// @ts-ignore: decorator
@inline
function slope(kind: i32, y: v128): v128 {
  const one = f32x4.splat(1)
  if (kind == 1) return f32x4.mul(y, f32x4.sub(one, y))
  if (kind == 2) return f32x4.sub(one, f32x4.mul(y, y))
  if (kind == 3) return v128.and(one, f32x4.gt(y, f32x4.splat(0)))
  return one
}

/** values[r] = bend(values[r] + bias) for rows [from, to) of `width`; `bias` 0 stands for zeros. */
export function activate(values: usize, width: i32, bias: usize, kind: i32, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const start = values + (<usize>row * <usize>width << 2)
    let column = 0
    for (; column + 4 <= width; column += 4) {
      const at = <usize>column << 2
      let x = v128.load(start + at)
      if (bias) x = f32x4.add(x, v128.load(bias + at))
      v128.store(start + at, bend(kind, x))
    }
    for (; column < width; column++) {
      const at = <usize>column << 2
      let x = v128.load32_zero(start + at)
      if (bias) x = f32x4.add(x, v128.load32_zero(bias + at))
      store<f32>(start + at, f32x4.extract_lane(bend(kind, x), 0))
    }
  }
}

/** gradient[i] *= slope at outputs[i], for i in [from, to). */
export function activationGradient(outputs: usize, gradient: usize, kind: i32, from: i32, to: i32): void {
  let index = from
  for (; index + 4 <= to; index += 4) {
    const at = <usize>index << 2
    v128.store(gradient + at, f32x4.mul(v128.load(gradient + at), slope(kind, v128.load(outputs + at))))
  }
  for (; index < to; index++) {
    const at = <usize>index << 2
    const product = f32x4.mul(v128.load32_zero(gradient + at), slope(kind, v128.load32_zero(outputs + at)))
    store<f32>(gradient + at, f32x4.extract_lane(product, 0))
  }
}

/** sums[c] += Σ over rows of values[r][c], for columns [from, to). */
export function addColumnSums(values: usize, rows: i32, width: i32, sums: usize, from: i32, to: i32): void {
  const rowBytes = <usize>width << 2
  let column = from
  for (; column + 16 <= to; column += 16) {
    const at = sums + (<usize>column << 2)
    let s0 = v128.load(at)
    let s1 = v128.load(at, 16)
    let s2 = v128.load(at, 32)
    let s3 = v128.load(at, 48)
    let source = values + (<usize>column << 2)
    for (let row = 0; row < rows; row++, source += rowBytes) {
      s0 = f32x4.add(s0, v128.load(source))
      s1 = f32x4.add(s1, v128.load(source, 16))
      s2 = f32x4.add(s2, v128.load(source, 32))
      s3 = f32x4.add(s3, v128.load(source, 48))
    }
    v128.store(at, s0)
    v128.store(at, s1, 16)
    v128.store(at, s2, 32)
    v128.store(at, s3, 48)
  }
  for (; column < to; column++) {
    const at = sums + (<usize>column << 2)
    let sum = load<f32>(at)
    let source = values + (<usize>column << 2)
    for (let row = 0; row < rows; row++, source += rowBytes) sum += load<f32>(source)
    store<f32>(at, sum)
  }
}
