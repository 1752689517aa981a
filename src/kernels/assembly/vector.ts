/**
 * Four float32 at a time: the words the other kernels are written in.
 *
 * `multiplyAdd` rounds once where the processor's fused instruction may be used (relaxed SIMD) and twice elsewhere.
 */

// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(c, f32x4.mul(a, b))
}

// @ts-ignore: decorator
@inline
export function lanesSum(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

/** Four sums of every fourth product; `rowBytes` is a multiple of 16. */
// @ts-ignore: decorator
@inline
export function rowProducts(row: usize, vector: usize, rowBytes: usize): v128 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0
  let at: usize = 0
  for (; at + 64 <= rowBytes; at += 64) {
    s0 = multiplyAdd(v128.load(vector + at), v128.load(row + at), s0)
    s1 = multiplyAdd(v128.load(vector + at, 16), v128.load(row + at, 16), s1)
    s2 = multiplyAdd(v128.load(vector + at, 32), v128.load(row + at, 32), s2)
    s3 = multiplyAdd(v128.load(vector + at, 48), v128.load(row + at, 48), s3)
  }
  for (; at < rowBytes; at += 16) s0 = multiplyAdd(v128.load(vector + at), v128.load(row + at), s0)
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3))
}
