/** The kernels one by one, at sizes where they work for a while. */
import { createRng } from '../src/base/rng.ts'
import { gemm } from '../src/kernels/gemm.ts'
import { openSpace } from '../src/kernels/space.ts'
import { gatherSum, sampledDots } from '../src/kernels/sparse-rows.ts'
import type { SparsePattern } from '../src/kernels/sparse-rows-pattern.ts'
import type { Floats } from '../src/kernels/vector.ts'
import { powerLaw } from './power-law.ts'
import type { Work } from './work.ts'

const space = openSpace()

function normals(length: number): Floats {
  const rng = createRng('bench')
  const values = space.floats(length)
  for (let at = 0; at < length; at++) values[at] = rng.normal()
  return values
}

/** 256 shoppers a batch, as training cuts them, over 50,000 items. */
function batch(): SparsePattern {
  const { rowCount, columnCount, pointers, columns } = powerLaw({ users: 2560, items: 50_000, interactions: 51_200 })
  const shared = { pointers: space.integers(pointers.length), columns: space.integers(columns.length) }
  shared.pointers.set(pointers)
  shared.columns.set(columns)
  return { rowCount, columnCount, ...shared }
}

const width = 128

export const kernelWorks: readonly Work[] = [
  {
    name: 'gemm',
    about: 'C = A·B, square, float32; the scale is the side',
    scales: [256, 512, 1024],
    plainUpTo: 1024,
    peer: true,
    operations: (side) => 2 * side ** 3,
    prepare: async (side) => {
      const [a, b, c] = [normals(side * side), normals(side * side), space.floats(side * side)]
      return () => gemm(side, side, side, a, b, c)
    },
  },
  {
    name: 'gather',
    about: '2,560 shoppers sum up the rows of their items, 128 wide, out of 50,000',
    scales: [1],
    bytes: () => 51_200 * width * 4,
    peer: true,
    prepare: async () => {
      const pattern = batch()
      const [table, values, sums] = [
        normals(50_000 * width),
        normals(pattern.columns.length),
        space.floats(2560 * width),
      ]
      return () => gatherSum(pattern, values, table, width, sums)
    },
  },
  {
    name: 'sampled dots',
    about: '2,560 shoppers by their items, 128 wide, out of 50,000',
    scales: [1],
    bytes: () => 51_200 * width * 4,
    prepare: async () => {
      const pattern = batch()
      const [table, left, dots] = [normals(50_000 * width), normals(2560 * width), space.floats(pattern.columns.length)]
      return () => sampledDots(pattern, left, table, width, dots)
    },
  },
]
