/**
 * The bend between two layers, without which any stack of them would be one straight line; and the sums of columns.
 *
 * sigmoid(x) = 1 / (1 + e⁻ˣ), tanh, relu(x) = max(0, x). Each slope is written in terms of the output, so that only
 * outputs are kept for the way back. The fast exponential is right to 2e-7 of its value. O(numbers).
 */
import { type Wasm, wasmBackend } from './backend.ts'
import { type Floats, isSingle } from './vector.ts'

export type Activation = 'sigmoid' | 'tanh' | 'relu' | 'none'

const functions: Readonly<Record<Activation, (input: number) => number>> = {
  sigmoid: (input) => 1 / (1 + Math.exp(-input)),
  tanh: Math.tanh,
  relu: (input) => Math.max(0, input),
  none: (input) => input,
}

const slopes: Readonly<Record<Activation, (output: number) => number>> = {
  sigmoid: (output) => output * (1 - output),
  tanh: (output) => 1 - output * output,
  relu: (output) => (output > 0 ? 1 : 0),
  none: () => 1,
}

/** As the kernels number them. */
const kinds: readonly Activation[] = ['none', 'sigmoid', 'tanh', 'relu']

/** Below this many numbers the way to the fast kernels costs more than it saves. */
const worthwhile = 500
/** Numbers a piece: some 20 µs of work. */
const grain = 16_384

function fastFor(length: number): Wasm | null {
  return length < worthwhile ? null : wasmBackend()
}

/** Adds `bias` to every row of its length, then bends, in place. NaN stays NaN, so that a failed fit is seen. */
export function activate(activation: Activation, values: Floats, bias: Floats | null = null): void {
  const wasm = fastFor(values.length)
  if (wasm === null || !isSingle(values) || !(bias === null || isSingle(bias))) plainActivate(activation, values, bias)
  else if (bias === null) {
    // Without a bias there are no rows: each number may be one.
    wasm.lend([], [values], (to) =>
      wasm.run('activate', [to, 4, 0, kinds.indexOf(activation)], values.length >> 2, grain >> 2),
    )
    plainActivate(activation, values.subarray(values.length & ~3), null)
  } else {
    const rows = values.length / bias.length
    wasm.lend([bias], [values], (from, to) =>
      wasm.run('activate', [to, bias.length, from, kinds.indexOf(activation)], rows, Math.ceil(grain / bias.length)),
    )
  }
}

function plainActivate(activation: Activation, values: Floats, bias: Floats | null): void {
  const apply = functions[activation]
  if (bias === null) for (let at = 0; at < values.length; at++) values[at] = apply(values[at])
  else {
    for (let row = 0; row < values.length; row += bias.length) {
      for (let at = 0; at < bias.length; at++) values[row + at] = apply(values[row + at] + bias[at])
    }
  }
}

/** Turns the gradient with respect to the outputs into that with respect to the inputs, in place. */
export function activationGradient(activation: Activation, outputs: Floats, gradient: Floats): void {
  if (activation === 'none') return
  const wasm = fastFor(gradient.length)
  if (wasm !== null && isSingle(outputs) && isSingle(gradient)) {
    wasm.lend([outputs], [gradient], (from, to) =>
      wasm.run('activationGradient', [from, to, kinds.indexOf(activation)], gradient.length, grain),
    )
    return
  }
  const slope = slopes[activation]
  for (let at = 0; at < gradient.length; at++) gradient[at] *= slope(outputs[at])
}

/** `sums[c] += Σ values[r][c]` over all rows; as many columns as there are sums. */
export function addColumnSums(values: Floats, sums: Floats): void {
  const width = sums.length
  const rows = values.length / width
  const wasm = fastFor(values.length)
  if (wasm !== null && isSingle(values) && isSingle(sums)) {
    // Cut between columns, where whole registers end.
    const columns = Math.max(16, Math.ceil(grain / rows / 16) * 16)
    wasm.lend([values], [sums], (from, to) => wasm.run('addColumnSums', [from, rows, width, to], width, columns))
    return
  }
  for (let row = 0; row < values.length; row += width) {
    for (let at = 0; at < width; at++) sums[at] += values[row + at]
  }
}
