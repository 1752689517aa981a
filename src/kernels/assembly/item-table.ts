/**
 * A table with one row an item, asked by one vector; the sums of four rows are finished together.
 *
 * Rows are padded with zeros to whole 16 bytes. float32 rows hold numbers; int8 rows stand for scales[r] · bytes, are
 * asked by a vector of int16 that stands for `by` · numbers, and sum exactly in int32 (up to 133,144 columns).
 */
import { lanesSum, multiplyAdd, rowProducts } from './vector'

/** scores[r] = bias[r] + table[r]·vector for rows [from, to). */
export function itemDots(
  table: usize, rowBytes: usize, vector: usize, bias: usize, scores: usize, from: i32, to: i32,
): void {
  let row = from
  for (; row + 4 <= to; row += 4) {
    // Row by row: the processor fetches ahead what is read in order.
    const p = table + <usize>row * rowBytes
    const a = rowProducts(p, vector, rowBytes)
    const b = rowProducts(p + rowBytes, vector, rowBytes)
    const c = rowProducts(p + 2 * rowBytes, vector, rowBytes)
    const d = rowProducts(p + 3 * rowBytes, vector, rowBytes)
    const place = <usize>row << 2
    v128.store(scores + place, f32x4.add(v128.load(bias + place), fourSums(a, b, c, d)))
  }
  for (; row < to; row++) {
    const sum = lanesSum(rowProducts(table + <usize>row * rowBytes, vector, rowBytes))
    store<f32>(scores + (<usize>row << 2), load<f32>(bias + (<usize>row << 2)) + sum)
  }
}

/** The sums of the lanes of four vectors, in the order in which `lanesSum` adds. */
// @ts-ignore: decorator
@inline
function fourSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3))
}

/** scores[r] = bias[r] + by · scales[r] · (table[r]·vector) for rows [from, to). */
export function itemByteDots(
  table: usize, rowBytes: usize, scales: usize, vector: usize, by: f32, bias: usize, scores: usize, from: i32, to: i32,
): void {
  let row = from
  for (; row + 4 <= to; row += 4) {
    // Rows are short here, and side by side they share the loads of the vector.
    const p0 = table + <usize>row * rowBytes
    const p1 = p0 + rowBytes
    const p2 = p1 + rowBytes
    const p3 = p2 + rowBytes
    let a = i32x4.splat(0), b = a, c = a, d = a
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const left = v128.load(vector + 2 * at)
      const right = v128.load(vector + 2 * at, 16)
      a = addProducts(p0 + at, left, right, a)
      b = addProducts(p1 + at, left, right, b)
      c = addProducts(p2 + at, left, right, c)
      d = addProducts(p3 + at, left, right, d)
    }
    const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7))
    const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7))
    const sums = i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3))
    const place = <usize>row << 2
    const scaled = f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(f32x4.splat(by), v128.load(scales + place)))
    v128.store(scores + place, f32x4.add(v128.load(bias + place), scaled))
  }
  for (; row < to; row++) {
    const p0 = table + <usize>row * rowBytes
    let a = i32x4.splat(0)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      a = addProducts(p0 + at, v128.load(vector + 2 * at), v128.load(vector + 2 * at, 16), a)
    }
    const sum = i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3)
    const place = <usize>row << 2
    store<f32>(scores + place, load<f32>(bias + place) + <f32>sum * (by * load<f32>(scales + place)))
  }
}

/** Sixteen bytes times sixteen int16, exact. */
// @ts-ignore: decorator
@inline
function addProducts(bytes: usize, left: v128, right: v128, sum: v128): v128 {
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load_ext<i8>(bytes), left))
  return i32x4.add(sum, i32x4.dot_i16x8_s(v128.load_ext<i8>(bytes, 8), right))
}

/** sums += Σ strengths[e] · table[rows[e]] over e below `count`: four rows side by side, read in order. */
export function itemCombine(
  table: usize, rowBytes: usize, rows: usize, strengths: usize, count: i32, sums: usize,
): void {
  let entry = 0
  for (; entry + 4 <= count; entry += 4) {
    const which = rows + (<usize>entry << 2)
    const by = strengths + (<usize>entry << 2)
    const p0 = table + <usize>load<i32>(which) * rowBytes
    const p1 = table + <usize>load<i32>(which, 4) * rowBytes
    const p2 = table + <usize>load<i32>(which, 8) * rowBytes
    const p3 = table + <usize>load<i32>(which, 12) * rowBytes
    const s0 = v128.load32_splat(by)
    const s1 = v128.load32_splat(by, 4)
    const s2 = v128.load32_splat(by, 8)
    const s3 = v128.load32_splat(by, 12)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      let sum = multiplyAdd(s0, v128.load(p0 + at), v128.load(sums + at))
      sum = multiplyAdd(s1, v128.load(p1 + at), sum)
      sum = multiplyAdd(s2, v128.load(p2 + at), sum)
      v128.store(sums + at, multiplyAdd(s3, v128.load(p3 + at), sum))
    }
  }
  for (; entry < count; entry++) {
    const row = table + <usize>load<i32>(rows + (<usize>entry << 2)) * rowBytes
    const by = v128.load32_splat(strengths + (<usize>entry << 2))
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(sums + at, multiplyAdd(by, v128.load(row + at), v128.load(sums + at)))
    }
  }
}

/** sums += Σ strengths[e] · scales[r] · table[r] over r = rows[e], e below `count`. */
export function itemByteCombine(
  table: usize, rowBytes: usize, scales: usize, rows: usize, strengths: usize, count: i32, sums: usize,
): void {
  for (let entry = 0; entry < count; entry++) {
    const row = <usize>load<i32>(rows + (<usize>entry << 2))
    const by = f32x4.splat(load<f32>(strengths + (<usize>entry << 2)) * load<f32>(scales + (row << 2)))
    const bytes = table + row * rowBytes
    for (let at: usize = 0; at < rowBytes; at += 8) {
      const wide = v128.load_ext<i8>(bytes + at)
      const to = sums + 4 * at
      v128.store(to, multiplyAdd(by, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide)), v128.load(to)))
      v128.store(to, multiplyAdd(by, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide)), v128.load(to, 16)), 16)
    }
  }
}
