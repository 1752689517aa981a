/**
 * Draws columns that a row does not hold, each once; see missing.ts, and base/rng.ts for the numbers (sfc32).
 *
 * Every row has streams of its own, so that its columns do not depend on who draws them.
 */
import { workspace } from './workspace'

const shown: u8 = 1
const zero: u8 = 2
const held: u8 = 4

let a: u32 = 0, b: u32 = 0, c: u32 = 0, counter: u32 = 0

function begin(seed: u32, row: u32, stream: u32): void {
  a = seed
  b = row
  c = stream
  counter = 1
  for (let warmUp = 0; warmUp < 12; warmUp++) next()
}

function next(): u32 {
  const sum = a + b + counter
  counter++
  a = b ^ (b >>> 9)
  b = c + (c << 3)
  c = rotl<u32>(c, 21) + sum
  return sum
}

// @ts-ignore: decorator
@inline
function anyOf(columnCount: i32): usize {
  return <usize>(<u64>next() * <u64>columnCount >> 32)
}

/**
 * Rows [from, to) of a pattern: what the row holds if `withHeld`, and behind it drawn columns up to its end. Needs a byte
 * a column of `workspace`.
 */
export function fillRows(
  heldPointers: usize, heldColumns: usize, columnCount: i32, withHeld: i32, seed: u32,
  pointers: usize, columns: usize, from: i32, to: i32,
): void {
  memory.fill(workspace, 0, columnCount)
  for (let row = from; row < to; row++) {
    const first = load<i32>(heldPointers + (<usize>row << 2))
    const holds = load<i32>(heldPointers + (<usize>row << 2), 4) - first
    const own = heldColumns + (<usize>first << 2)
    const end = columns + (<usize>load<i32>(pointers + (<usize>row << 2), 4) << 2)
    let target = columns + (<usize>load<i32>(pointers + (<usize>row << 2)) << 2)
    if (withHeld) {
      memory.copy(target, own, <usize>holds << 2)
      target += <usize>holds << 2
    }
    const drawn = target
    put(own, holds, 1)
    begin(seed, row, 0)
    while (target < end) {
      const column = anyOf(columnCount)
      if (load<u8>(workspace + column)) continue
      store<u8>(workspace + column, 1)
      store<u32>(target, <u32>column)
      target += 4
    }
    put(own, holds, 0)
    put(drawn, <i32>(end - drawn >> 2), 0)
  }
}

// @ts-ignore: decorator
@inline
function put(columns: usize, count: i32, mark: u8): void {
  for (let at = 0; at < count; at++) store<u8>(workspace + <usize>load<i32>(columns + (<usize>at << 2)), mark)
}

/** Rows [from, to) of `marks`, a byte a column. */
export function markRows(
  heldPointers: usize, heldColumns: usize, columnCount: i32, seed: u32, shownCounts: usize, zeroCounts: usize,
  marks: usize, from: i32, to: i32,
): void {
  for (let row = from; row < to; row++) {
    const mine = marks + <usize>row * <usize>columnCount
    memory.fill(mine, 0, columnCount)
    const first = load<i32>(heldPointers + (<usize>row << 2))
    const end = load<i32>(heldPointers + (<usize>row << 2), 4)
    for (let entry = first; entry < end; entry++) {
      store<u8>(mine + <usize>load<i32>(heldColumns + (<usize>entry << 2)), held | shown)
    }
    const missing = columnCount - end + first
    draw(seed, row, 1, columnCount, mine, missing, load<i32>(shownCounts + (<usize>row << 2)), shown)
    draw(seed, row, 2, columnCount, mine, missing, load<i32>(zeroCounts + (<usize>row << 2)), zero)
  }
}

/**
 * Marks `count` of the `missing` columns: each with a chance of about count / missing, sixteen at a time, then single ones
 * more or fewer.
 */
function draw(
  seed: u32, row: u32, kind: u32, columnCount: i32, marks: usize, missing: i32, count: i32, mark: u8,
): void {
  if (count == 0) return
  const chance = i8x16.splat(<i8>min(255, (256 * count + (missing >> 1)) / missing))
  let la = i32x4.splat(seed), lb = i32x4.splat(row), lc = i32x4.add(i32x4.splat(8 * kind), i32x4(0, 1, 2, 3))
  let lanesCounter = i32x4.splat(1)
  let drawn = 0
  for (let column = -12 * 16; column < columnCount; column += 16) {
    const sum = i32x4.add(i32x4.add(la, lb), lanesCounter)
    lanesCounter = i32x4.add(lanesCounter, i32x4.splat(1))
    la = v128.xor(lb, i32x4.shr_u(lb, 9))
    lb = i32x4.add(lc, i32x4.shl(lc, 3))
    lc = i32x4.add(v128.or(i32x4.shl(lc, 21), i32x4.shr_u(lc, 11)), sum)
    if (column < 0) continue
    const rest = columnCount - column
    if (rest >= 16) drawn += markSome(marks + <usize>column, i8x16.lt_u(sum, chance), mark)
    else {
      v128.store(workspace, i8x16.splat(held))
      memory.copy(workspace, marks + <usize>column, rest)
      drawn += markSome(workspace, i8x16.lt_u(sum, chance), mark)
      memory.copy(marks + <usize>column, workspace, rest)
    }
  }
  begin(seed, row, 8 * kind + 4)
  while (drawn != count) {
    const place = marks + anyOf(columnCount)
    const before = load<u8>(place)
    if (before & held || (drawn < count) == ((before & mark) != 0)) continue
    store<u8>(place, before ^ mark)
    drawn += drawn < count ? 1 : -1
  }
}

/** Marks those of sixteen columns that are wanted and missing; hands back how many. */
// @ts-ignore: decorator
@inline
function markSome(marks: usize, wanted: v128, mark: u8): i32 {
  const before = v128.load(marks)
  const chosen = v128.and(wanted, i8x16.eq(v128.and(before, i8x16.splat(held)), i8x16.splat(0)))
  v128.store(marks, v128.or(before, v128.and(chosen, i8x16.splat(mark))))
  return popcnt(i8x16.bitmask(chosen))
}

/** shownValues[i] = values[i] where it has the mark, else 0; for i in [from, to). */
export function showMarked(values: usize, marks: usize, shownValues: usize, from: i32, to: i32): void {
  let index = from
  for (; index + 4 <= to; index += 4) {
    const at = <usize>index << 2
    v128.store(shownValues + at, v128.and(v128.load(values + at), having(marks + <usize>index, shown)))
  }
  for (; index < to; index++) {
    const at = <usize>index << 2
    store<f32>(shownValues + at, load<u8>(marks + <usize>index) & shown ? load<f32>(values + at) : 0)
  }
}

/** All ones where the byte of a lane has the mark. */
// @ts-ignore: decorator
@inline
function having(marks: usize, mark: u8): v128 {
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(marks)))
  return i32x4.ne(v128.and(wide, i32x4.splat(mark)), i32x4.splat(0))
}

/**
 * gradient[i] = (shown: what it was, else 0) + (zero: slope·values[i], else 0), and the row's sum of squares of the
 * zeros' values; rows [from, to).
 */
export function pullMarked(
  values: usize, marks: usize, columnCount: i32, slope: f32, gradient: usize, squares: usize, from: i32, to: i32,
): void {
  const slopes = f32x4.splat(slope)
  for (let row = from; row < to; row++) {
    const start = <usize>row * <usize>columnCount
    let sums = f32x4.splat(0)
    let column = 0
    for (; column + 4 <= columnCount; column += 4) {
      const index = start + <usize>column
      const at = index << 2
      const pulled = v128.and(v128.load(values + at), having(marks + index, zero))
      const kept = v128.and(v128.load(gradient + at), having(marks + index, shown))
      v128.store(gradient + at, f32x4.add(kept, f32x4.mul(slopes, pulled)))
      sums = f32x4.add(sums, f32x4.mul(pulled, pulled))
    }
    let sum: f32 = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)
    for (; column < columnCount; column++) {
      const index = start + <usize>column
      const at = index << 2
      const mark = load<u8>(marks + index)
      const pulled: f32 = mark & zero ? load<f32>(values + at) : 0
      const kept: f32 = mark & shown ? load<f32>(gradient + at) : 0
      store<f32>(gradient + at, kept + slope * pulled)
      sum += pulled * pulled
    }
    store<f32>(squares + (<usize>row << 2), sum)
  }
}
