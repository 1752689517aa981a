/**
 * The numbers a network learns, each table with what would lower the loss.
 *
 * rowCount × columnCount, row-major. What moves whole keeps a gradient as large as itself. A table with a row for each
 * item is large and a minibatch meets few of its items, so it keeps what its gradient is made of (adam.ts), and only
 * rows that were met move: its memory is that of its values and the optimiser's.
 */
import type { Rng } from '../base/rng.ts'
import type { Space } from '../kernels/space.ts'
import { scatterOuter } from '../kernels/sparse-rows.ts'
import type { Contribution } from '../kernels/sparse-rows-grouped.ts'
import type { Floats } from '../kernels/vector.ts'

export type Parameter = WholeParameter | TableParameter

interface Values {
  readonly rowCount: number
  readonly columnCount: number
  readonly values: Floats
}

export interface WholeParameter extends Values {
  readonly gradient: Floats
  /** Whether anything was added to the gradient. */
  hasGradient: boolean
}

export interface TableParameter extends Values {
  /** Read when the optimiser steps: the arrays of a minibatch must live until then. */
  readonly parts: Contribution[]
}

/** A minibatch of activations, row-major. */
export interface Matrix {
  readonly rowCount: number
  readonly columnCount: number
  readonly values: Floats
}

export function createWhole(rowCount: number, columnCount: number, space: Space): WholeParameter {
  const length = rowCount * columnCount
  return { rowCount, columnCount, values: space.floats(length), gradient: space.floats(length), hasGradient: false }
}

export function createTable(rowCount: number, columnCount: number, space: Space): TableParameter {
  return { rowCount, columnCount, values: space.floats(rowCount * columnCount), parts: [] }
}

/** Zeros that live as long as the minibatch; whatever lies there where all is `overwritten`. */
export function batchMatrix(rowCount: number, columnCount: number, space: Space, overwritten = false): Matrix {
  return { rowCount, columnCount, values: space.batchFloats(rowCount * columnCount, overwritten) }
}

/**
 * Adds a gradient of whole rows, `firstRow` and those behind it: all of them move. `gradient` must live until the
 * optimiser steps. O(rows).
 */
export function addRowGradients(parameter: TableParameter, firstRow: number, gradient: Matrix, space: Space): void {
  const { rowCount, values } = gradient
  const pointers = space.batchIntegers(rowCount + 1)
  const columns = space.batchIntegers(rowCount)
  for (let row = 0; row < rowCount; row++) {
    columns[row] = row
    pointers[row + 1] = row + 1
  }
  const pattern = { rowCount, columnCount: rowCount, pointers, columns }
  parameter.parts.push({ pattern, firstRow, coefficients: space.batchFloats(rowCount).fill(1), left: values })
}

/** Uniform in ±√(6 / (inputs + outputs)): activations and gradients keep their spread (Glorot and Bengio 2010). */
export function glorotUniform<P extends Parameter>(parameter: P, inputs: number, outputs: number, rng: Rng): P {
  const bound = Math.sqrt(6 / (inputs + outputs))
  const { values } = parameter
  for (let at = 0; at < values.length; at++) values[at] = (2 * rng.next() - 1) * bound
  return parameter
}

/** The gradient added up: a new array. O(rows × columns + entries × columns). */
export function gradientOf(parameter: Parameter): Floats {
  if (!('parts' in parameter)) return parameter.gradient.slice()
  const { values, columnCount } = parameter
  const gradient = values.slice().fill(0)
  for (const { pattern, firstRow, coefficients, left } of parameter.parts) {
    const ones = left ?? new Float64Array(pattern.rowCount).fill(1)
    scatterOuter(pattern, coefficients, ones, columnCount, gradient.subarray(firstRow * columnCount))
  }
  return gradient
}

export function clearGradient(parameter: Parameter): void {
  if ('parts' in parameter) parameter.parts.length = 0
  else {
    if (parameter.hasGradient) parameter.gradient.fill(0)
    parameter.hasGradient = false
  }
}
