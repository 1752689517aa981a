/**
 * What a handful of items say together: the weighted sum of their rows in a table.
 *
 * y = S·W for a sparse batch S; W is items × width, one row an item. O(entries · width) each way, whatever the size of
 * the catalogue. For a mean the weights of a row's entries are one over their number. A batch may come in parts that
 * lie side by side, as a shopper's items and their features do: no part is copied.
 */
import type { Rng } from '../base/rng.ts'
import type { Space } from '../kernels/space.ts'
import { gatherSum, sampledDots } from '../kernels/sparse-rows.ts'
import type { SparsePattern } from '../kernels/sparse-rows-pattern.ts'
import type { Floats } from '../kernels/vector.ts'
import type { Matrix, Parameter, TableParameter } from './parameter.ts'
import { batchMatrix, createTable, glorotUniform } from './parameter.ts'

/** The entry at e has the value `values[e]`. */
export interface SparsePart {
  readonly pattern: SparsePattern
  readonly values: Floats
}

/** A sparse minibatch: parts of as many rows each, the columns of one behind those of the other. */
export type SparseBatch = readonly SparsePart[]

export interface EmbeddingBag {
  readonly parameters: readonly Parameter[]
  forward(input: SparseBatch): Matrix
  /** Adds the gradient of the weights. */
  addGradient(input: SparseBatch, outputGradient: Matrix): void
  /** The gradient of each entry of one part of the input. */
  inputGradient(input: SparseBatch, part: number, outputGradient: Matrix): Floats
}

export function createEmbeddingBag(items: number, width: number, rng: Rng, space: Space): EmbeddingBag {
  const weights = glorotUniform(createTable(items, width, space), items, width, rng)
  return {
    parameters: [weights],
    forward: (input) => {
      const output = batchMatrix(input[0].pattern.rowCount, width, space)
      input.forEach(({ pattern, values }, part) => {
        gatherSum(pattern, values, rowsOf(weights, input, part), width, output.values)
      })
      return output
    },
    addGradient: (input, { values: left }) =>
      input.forEach(({ pattern, values }, part) => {
        weights.parts.push({ pattern, firstRow: firstRow(input, part), coefficients: values, left })
      }),
    inputGradient: (input, part, outputGradient) => {
      const { pattern } = input[part]
      const gradient = space.batchFloats(pattern.columns.length)
      sampledDots(pattern, outputGradient.values, rowsOf(weights, input, part), width, gradient)
      return gradient
    },
  }
}

function firstRow(input: SparseBatch, part: number): number {
  let row = 0
  for (let before = 0; before < part; before++) row += input[before].pattern.columnCount
  return row
}

function rowsOf({ values, columnCount }: TableParameter, input: SparseBatch, part: number): Floats {
  const first = firstRow(input, part)
  return values.subarray(first * columnCount, (first + input[part].pattern.columnCount) * columnCount)
}
