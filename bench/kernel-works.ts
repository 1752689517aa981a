/** The kernels one by one, at sizes where they work for a while; those of the design's table have a peer. */
import { createBreathe } from '../src/base/breathe.ts'
import { createRng } from '../src/base/rng.ts'
import { stepWhole } from '../src/kernels/adam.ts'
import { columnSums, transpose } from '../src/kernels/csr.ts'
import { activate } from '../src/kernels/elementwise.ts'
import { gemm } from '../src/kernels/gemm.ts'
import { gram } from '../src/kernels/gram.ts'
import { createItemTable } from '../src/kernels/item-table.ts'
import { randomisedSvd } from '../src/kernels/randomised-svd.ts'
import { solveRows } from '../src/kernels/small-solves.ts'
import { softmax } from '../src/kernels/softmax.ts'
import { openSpace } from '../src/kernels/space.ts'
import { sparseProduct } from '../src/kernels/sparse-product.ts'
import { gatherSum, sampledDots } from '../src/kernels/sparse-rows.ts'
import type { SparsePattern } from '../src/kernels/sparse-rows-pattern.ts'
import { symmetricInverse } from '../src/kernels/symmetric-inverse.ts'
import type { Floats } from '../src/kernels/vector.ts'
import { createGame } from '../src/models/cfgan-game.ts'
import { cfgan } from '../src/models/cfgan.ts'
import { powerLaw, type Size } from './power-law.ts'
import type { Work } from './work.ts'

const space = openSpace()
const breathe = createBreathe()

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
const movies: Size = { users: 6040, items: 3706, interactions: 1_000_000 }

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
  {
    name: 'copy',
    about: 'copies 256 MB within memory: what this machine moves at most, read and written counted',
    scales: [1],
    plainUpTo: 0,
    bytes: () => 2 * 4 * (64 << 20),
    prepare: async () => {
      const [from, to] = [normals(64 << 20), space.floats(64 << 20)]
      return () => to.set(from)
    },
  },
  {
    name: 'adam',
    about: 'moves 8 M numbers: weights, gradient and two moments read, all but the gradient written',
    scales: [1],
    bytes: () => 7 * 4 * 8_000_000,
    prepare: async () => {
      const [values, gradient] = [normals(8_000_000), normals(8_000_000)]
      const moments = { first: space.floats(8_000_000), second: space.floats(8_000_000) }
      return () => stepWhole(values, gradient, moments, { rate: 1e-4, ridge: 0 })
    },
  },
  {
    name: 'sigmoid',
    about: 'bends 4 M numbers',
    scales: [1],
    prepare: async () => {
      const [values, bias] = [normals(4_000_000), normals(1000)]
      return () => activate('sigmoid', values, bias)
    },
  },
  {
    name: 'softmax',
    about: '1,000 rows of 4,000',
    scales: [1],
    prepare: async () => {
      const [inputs, shares, sums] = [normals(4_000_000), space.floats(4_000_000), space.floats(1000)]
      return () => softmax({ rowCount: 1000, pointers: null, width: 4000 }, inputs, shares, sums)
    },
  },
  {
    name: 'gram',
    about: 'XᵀX of the shop of MovieLens-1M size: 6,040 × 3,706, 1 M interactions',
    scales: [1],
    prepare: async () => {
      const matrix = powerLaw(movies)
      return async () => {
        const own = openSpace()
        await gram(matrix, breathe, own)
        own.release()
      }
    },
  },
  {
    name: 'inverse',
    about: 'symmetric inverse in place, as EASE needs it; the scale is the side',
    scales: [3706, 10_000],
    plainUpTo: 0,
    peer: true,
    operations: (side) => side ** 3,
    prepare: async (side) => {
      const [given, square] = [await wellBehaved(side), space.floats(side * side)]
      return async () => {
        square.set(given)
        if (!(await symmetricInverse(square as Float32Array, side, breathe))) throw new Error('not invertible')
      }
    },
  },
  {
    name: 'neighbours',
    about: 'the 200 nearest items of each of 5,000, from 10,000 shoppers with 200,000 interactions',
    scales: [1],
    prepare: async () => {
      const matrix = powerLaw({ users: 10_000, items: 5000, interactions: 200_000 })
      const norms = columnSums(matrix, 2).map(Math.sqrt)
      const options = { rowNorms: norms, columnNorms: norms, shrinkage: 10, keep: 200, skipDiagonal: true, breathe }
      return () => sparseProduct(transpose(matrix), matrix, options)
    },
  },
  {
    name: 'small solves',
    about: '6,040 systems of 64 unknowns, as half a sweep of iALS',
    scales: [1],
    prepare: async () => {
      const matrix = powerLaw(movies)
      const given = normals(3706 * 64)
      const base = new Float64Array(64 * 64).map((_, at) => (at % 65 === 0 ? 100 : 0))
      const sought = new Float32Array(6040 * 64)
      return () => solveRows(matrix, sought, { factors: 64, given, base, ridge: 0.1, rest: 1 }, breathe)
    },
  },
  {
    name: 'svd',
    about: 'rank 64 of the shop of MovieLens-1M size, 4 power iterations',
    scales: [1],
    prepare: async () => {
      const matrix = powerLaw(movies)
      return () => randomisedSvd(matrix, { rank: 64, rng: createRng('svd'), breathe })
    },
  },
  {
    name: 'forward',
    about: 'a shopper of 50 events through 128 hidden units to the best 100 of 50,000 items, one thread, 20 times',
    scales: [1],
    peer: true,
    prepare: async () => {
      const table = () => createItemTable(normals(50_000 * width) as Float32Array, 50_000, width)
      const [first, last] = [table(), table()]
      const history = Int32Array.from({ length: 50 }, (_, at) => at * 997)
      const ones = new Float32Array(50).fill(1)
      return () => {
        for (let round = 0; round < 20; round++) {
          const hidden = new Float32Array(width)
          first.combine(history, ones, hidden)
          activate('sigmoid', hidden)
          last.best(hidden, 100, null)
        }
      }
    },
  },
  ...(['float32', 'int8'] as const).map(
    (precision): Work => ({
      name: `dots ${precision}`,
      about: 'a vector of 64 against 1 M rows, one thread, 5 times',
      scales: [1],
      peer: true,
      bytes: () => 5 * 64e6 * (precision === 'int8' ? 1 : 4),
      prepare: async () => {
        const table = createItemTable(normals(64e6) as Float32Array, 1e6, 64, { precision })
        const [vector, scores] = [Float32Array.from(normals(64)), new Float32Array(1e6)]
        return () => {
          for (let round = 0; round < 5; round++) table.dots(vector, scores)
        }
      },
    }),
  ),
  {
    name: 'gan dense epoch',
    about: 'CFGAN by shoppers, 6,040 × 3,706, 1 M interactions, G 400, D 300, batch 256, half of what is missing drawn',
    scales: [1],
    plainUpTo: 0,
    peer: true,
    prepare: () =>
      game(movies, {
        scheme: 'ZP',
        generatorLayers: [400],
        discriminatorLayers: [300],
        zeroRatio: 10.7,
        maskRatio: 10.7,
      }),
  },
  ...[1, 5].map(
    (negatives): Work => ({
      name: `gan sparse ${negatives}`,
      about: `an eighth of an epoch of 100,000 × 50,000, 2 M interactions, 128 hidden, ${negatives} negatives a positive`,
      scales: [1],
      plainUpTo: 0,
      peer: true,
      prepare: () =>
        game(
          { users: 12_500, items: 50_000, interactions: 250_000 },
          { scheme: 'PM', generatorLayers: [128], discriminatorLayers: [128], maskRatio: negatives },
        ),
    }),
  ),
]

async function game(size: Size, settings: object): Promise<() => unknown> {
  const conditions = { matrix: powerLaw(size), features: null, featureCount: 0 }
  const config = { ...cfgan.defaults, batchSize: 256, dropout: 0, ridge: 0, ...settings }
  const played = createGame(conditions, config, createRng('game'), space)
  return () => played.playEpoch(breathe)
}

/** The Gram matrix of a power-law shop with a ridge of 250. */
async function wellBehaved(side: number): Promise<Float32Array> {
  const square = await gram(powerLaw({ users: 2 * side, items: side, interactions: 40 * side }), breathe)
  for (let at = 0; at < side; at++) square[at * side + at] += 250
  return square
}
