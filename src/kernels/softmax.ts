/**
 * Turns rows of numbers into shares of one: the larger the number, the larger its share.
 *
 * share = e^(x − m) / Σ e^(x − m), log-sum-exp = m + log Σ e^(x − m), m the row's largest number, so that nothing
 * overflows. NaN anywhere in a row spoils that row and no other. O(numbers).
 */
import { wasmBackend } from './backend.ts'
import { type Floats, isSingle } from './vector.ts'

/** Rows of one width, or, where the outputs were sampled, rows of their own lengths. */
export interface Rows {
  readonly rowCount: number
  /** Row r is [pointers[r], pointers[r + 1]); `null` where all are `width` long. */
  readonly pointers: Int32Array | null
  readonly width: number
}

/**
 * Writes the shares of each row, unless `shares` is `null`, and its log-sum-exp. `shares` may be `inputs` itself. An
 * empty row has no shares and the log-sum-exp −∞.
 */
export function softmax(rows: Rows, inputs: Floats, shares: Floats | null, logSums: Floats): void {
  const wasm = inputs.length < worthwhile ? null : wasmBackend()
  if (wasm === null || !isSingle(inputs) || !isSingle(logSums) || !(shares === null || isSingle(shares))) {
    plainSoftmax(rows, inputs, shares, logSums)
    return
  }
  const { rowCount, pointers, width } = rows
  const sums = new Float32Array(rowCount)
  const grain = Math.max(1, Math.ceil((8192 * rowCount) / inputs.length))
  wasm.lend(
    pointers === null ? [inputs] : [inputs, pointers],
    [logSums, sums, ...(shares === null ? [] : [shares])],
    (...at) => {
      const [from, ...others] = at
      const by = pointers === null ? 0 : (others.shift() ?? 0)
      const [largest, total, to = 0] = others
      wasm.run('softmaxRows', [by, width, from, to, largest, total], rowCount, grain)
    },
  )
  for (let row = 0; row < rowCount; row++) logSums[row] += Math.log(sums[row])
}

/** Below this many numbers the way to the fast kernels costs more than it saves. */
const worthwhile = 300

function plainSoftmax(
  { rowCount, pointers, width }: Rows,
  inputs: Floats,
  shares: Floats | null,
  logSums: Floats,
): void {
  for (let row = 0; row < rowCount; row++) {
    const first = pointers === null ? row * width : pointers[row]
    const end = pointers === null ? first + width : pointers[row + 1]
    let largest = -Infinity
    for (let at = first; at < end; at++) largest = Math.max(largest, inputs[at])
    let sum = 0
    for (let at = first; at < end; at++) {
      const power = Math.exp(inputs[at] - largest)
      if (shares !== null) shares[at] = power
      sum += power
    }
    for (let at = first; shares !== null && at < end; at++) shares[at] /= sum
    logSums[row] = largest + Math.log(sum)
  }
}
