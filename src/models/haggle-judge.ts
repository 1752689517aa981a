/**
 * Looks at a whole slate at once with all nets, in less time than it takes to score one base model.
 *
 * The nets of haggle-discriminator.ts laid side by side: W₁ of all in one table, W₂ as the blocks of another, w and v as
 * their means over the nets, so that a slate is two products of small tables, two bends and one sum for each candidate.
 * In float32 by the kernels (tanh right to 2e-7), in float64 without them. Cost: 2·slate·(features + hidden·nets)·hidden·nets
 * operations; memory 4·slate·(features + 2·hidden·nets) bytes, given back.
 */
import { activate } from '../kernels/elementwise.ts'
import { gemm } from '../kernels/gemm.ts'
import { openSpace, type Space } from '../kernels/space.ts'
import { type Net, standard } from './haggle-discriminator.ts'

/** One logit for each row of features: the mean of the nets'. */
export type Judge = (features: Float32Array) => Float32Array

/** Where all judges of this thread work, one after the other: opening a place takes as long as half the work. */
let bench: Space | null = null

/** At least one net, all of one size. */
export function createJudge(nets: readonly Net[]): Judge {
  const [{ centre, scale }] = nets
  if (nets.every((net) => alike(net.centre, centre) && alike(net.scale, scale))) return sideBySide(nets)
  // Taught on different slates, they see different numbers.
  const each = nets.map((net) => sideBySide([net]))
  return (features) => {
    const all = each.map((judge) => judge(features))
    return all[0].map((_, at) => all.reduce((sum, logits) => sum + logits[at] / nets.length, 0))
  }
}

/** Nobody where no net was taught. */
export function judgeOf(nets: readonly Net[]): Judge | null {
  return nets.length === 0 ? null : createJudge(nets)
}

function alike(one: Float32Array, other: Float32Array): boolean {
  return one.every((value, at) => value === other[at])
}

function sideBySide(nets: readonly Net[]): Judge {
  const [{ centre, scale, parameters }] = nets
  const inputs = centre.length
  const hidden = parameters[3].length
  const wide = hidden * nets.length
  const [first, second] = [new Float32Array(inputs * wide), new Float32Array(wide * wide)]
  const [firstBias, secondBias] = [new Float32Array(wide), new Float32Array(wide)]
  const [last, straight] = [new Float32Array(wide), new Float32Array(inputs)]
  let constant = 0
  nets.forEach((net, at) => {
    const [w, bias, w1, b1, w2, b2, w3, b3] = net.parameters
    const from = at * hidden
    for (let row = 0; row < inputs; row++) {
      first.set(w1.subarray(row * hidden, (row + 1) * hidden), row * wide + from)
      straight[row] += w[row] / nets.length
    }
    for (let row = 0; row < hidden; row++) {
      second.set(w2.subarray(row * hidden, (row + 1) * hidden), (from + row) * wide + from)
      last[from + row] = w3[row] / nets.length
    }
    firstBias.set(b1, from)
    secondBias.set(b2, from)
    constant += (bias[0] + b3[0]) / nets.length
  })
  return (features) => {
    const rows = features.length / inputs
    bench ??= openSpace()
    bench.nextBatch()
    const seen = bench.batchFloats(rows * inputs, true)
    const [lower, upper] = [bench.batchFloats(rows * wide, true), bench.batchFloats(rows * wide, true)]
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < inputs; column++, at++) {
        seen[at] = standard(features[at], centre[column], scale[column])
      }
    }
    gemm(rows, wide, inputs, seen, first, lower)
    activate('tanh', lower, firstBias)
    gemm(rows, wide, wide, lower, second, upper)
    activate('tanh', upper, secondBias)
    const logits = new Float32Array(rows)
    for (let row = 0; row < rows; row++) {
      logits[row] = constant + product(seen, row * inputs, straight) + product(upper, row * wide, last)
    }
    return logits
  }
}

/** Of a row that starts at `from` with `weights`. */
function product(rows: ArrayLike<number>, from: number, weights: Float32Array): number {
  let sum = 0
  for (let at = 0; at < weights.length; at++) sum += rows[from + at] * weights[at]
  return sum
}
