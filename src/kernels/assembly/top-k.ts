/**
 * The k best of many scores. A heap of the best so far with the worst at its root (`values` and `indices`, k of each);
 * scores are met in ascending order of their index, so a later one must exceed the root to come in, and sixteen at a
 * time are dismissed by one comparison. NaN exceeds nothing.
 */

/** Offers scores [from, to), those with skip[index] ≠ 0 left out (`skip` 0: none); returns how many are held now. */
export function pickBest(
  scores: usize, skip: usize, k: i32, values: usize, indices: usize, size: i32, from: i32, to: i32,
): i32 {
  if (k == 0) return 0
  let index = from
  for (; index < to && size < k; index++) {
    const score = load<f32>(scores + (<usize>index << 2))
    if (score != score || (skip && load<u8>(skip + <usize>index))) continue
    rise(values, indices, size, index, score)
    size++
  }
  if (size < k) return size
  while (index < to) {
    const at = scores + (<usize>index << 2)
    const floor = load<f32>(values)
    if (index + 16 <= to) {
      const floors = f32x4.splat(floor)
      const left = v128.or(f32x4.gt(v128.load(at), floors), f32x4.gt(v128.load(at, 16), floors))
      const right = v128.or(f32x4.gt(v128.load(at, 32), floors), f32x4.gt(v128.load(at, 48), floors))
      if (!v128.any_true(v128.or(left, right))) {
        index += 16
        continue
      }
    }
    const end = min(to, index + 16)
    for (; index < end; index++) {
      const score = load<f32>(scores + (<usize>index << 2))
      if (score > load<f32>(values) && !(skip && load<u8>(skip + <usize>index))) sink(values, indices, size, 0, index, score)
    }
  }
  return size
}

/** Turns the heap into a list, best first. */
export function sortBest(values: usize, indices: usize, size: i32): void {
  while (size > 1) {
    size--
    const last = <usize>size << 2
    const score = load<f32>(values + last)
    const index = load<i32>(indices + last)
    store<f32>(values + last, load<f32>(values))
    store<i32>(indices + last, load<i32>(indices))
    sink(values, indices, size, 0, index, score)
  }
}

/** Whether a candidate stands behind the one at place `at`. */
// @ts-ignore: decorator
@inline
function losesTo(values: usize, indices: usize, at: i32, index: i32, score: f32): bool {
  const other = load<f32>(values + (<usize>at << 2))
  return score < other || (score == other && index > load<i32>(indices + (<usize>at << 2)))
}

// @ts-ignore: decorator
@inline
function move(values: usize, indices: usize, from: i32, to: i32): void {
  store<f32>(values + (<usize>to << 2), load<f32>(values + (<usize>from << 2)))
  store<i32>(indices + (<usize>to << 2), load<i32>(indices + (<usize>from << 2)))
}

function sink(values: usize, indices: usize, size: i32, at: i32, index: i32, score: f32): void {
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size) {
      const right = load<f32>(values + (<usize>(child + 1) << 2))
      if (losesTo(values, indices, child, load<i32>(indices + (<usize>(child + 1) << 2)), right)) child++
    }
    if (losesTo(values, indices, child, index, score)) break
    move(values, indices, child, at)
    at = child
  }
  store<f32>(values + (<usize>at << 2), score)
  store<i32>(indices + (<usize>at << 2), index)
}

function rise(values: usize, indices: usize, at: i32, index: i32, score: f32): void {
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!losesTo(values, indices, parent, index, score)) break
    move(values, indices, parent, at)
    at = parent
  }
  store<f32>(values + (<usize>at << 2), score)
  store<i32>(indices + (<usize>at << 2), index)
}
