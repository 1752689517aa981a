/**
 * The numbers a network learns: one table with, beside each value, the direction that would lower the loss.
 *
 * rowCount × columnCount, row-major. Tables with a row for each item are large and a minibatch meets few of their
 * items, so a parameter remembers which rows have a gradient: clearing and stepping cost what the minibatch touched,
 * not what the catalogue holds.
 */
import type { Rng } from '../base/rng.ts'
import type { Floats } from '../kernels/vector.ts'

/** float32 in production, float64 where gradients are checked. Every layer takes either. */
export type Precision = 'float32' | 'float64'

export interface Parameter {
  readonly rowCount: number
  readonly columnCount: number
  readonly values: Floats
  /** Zero outside `touchedRows`. */
  readonly gradient: Floats
  /** The rows with a gradient are `touchedRows[0]` … `touchedRows[touchedCount - 1]`. */
  readonly touchedRows: Int32Array
  touchedCount: number
  /** 1 where a row is in `touchedRows`. */
  readonly isTouched: Uint8Array
}

/** A minibatch of activations, row-major. */
export interface Matrix {
  readonly rowCount: number
  readonly columnCount: number
  readonly values: Floats
}

export function floats(precision: Precision, length: number): Floats {
  return precision === 'float32' ? new Float32Array(length) : new Float64Array(length)
}

/** Zeros as precise as `like`. */
export function zerosLike(like: Floats, length: number): Floats {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)
}

export function createParameter(rowCount: number, columnCount: number, precision: Precision): Parameter {
  return {
    rowCount,
    columnCount,
    values: floats(precision, rowCount * columnCount),
    gradient: floats(precision, rowCount * columnCount),
    touchedRows: new Int32Array(rowCount),
    touchedCount: 0,
    isTouched: new Uint8Array(rowCount),
  }
}

/** Uniform in ±√(6 / (inputs + outputs)): activations and gradients keep their spread (Glorot and Bengio 2010). */
export function glorotUniform(parameter: Parameter, inputs: number, outputs: number, rng: Rng): Parameter {
  const bound = Math.sqrt(6 / (inputs + outputs))
  for (let at = 0; at < parameter.values.length; at++) parameter.values[at] = (2 * rng.next() - 1) * bound
  return parameter
}

export function touch(parameter: Parameter, row: number): void {
  if (parameter.isTouched[row] === 1) return
  parameter.isTouched[row] = 1
  parameter.touchedRows[parameter.touchedCount++] = row
}

export function touchAll(parameter: Parameter): void {
  for (let row = 0; row < parameter.rowCount; row++) touch(parameter, row)
}

/** Forgets the gradient. O(touched rows × columns). */
export function clearGradient(parameter: Parameter): void {
  const { columnCount, gradient, touchedRows, isTouched } = parameter
  for (let index = 0; index < parameter.touchedCount; index++) {
    const row = touchedRows[index]
    gradient.fill(0, row * columnCount, (row + 1) * columnCount)
    isTouched[row] = 0
  }
  parameter.touchedCount = 0
}
