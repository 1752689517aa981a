/**
 * A thread that helps: it sleeps until a kernel is opened, takes pieces of it until none is left, and sleeps again.
 * Plain JavaScript, so that it starts as it stands from the sources, from `dist` and in a browser. See pool.ts for the
 * words of the control block.
 */
import { setFlagsFromString } from 'node:v8'
import { workerData } from 'node:worker_threads'

setFlagsFromString('--experimental-wasm-relaxed-simd')
setFlagsFromString('--no-liftoff')

const { module, memory, control, names, workspace, textAt } = workerData
const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } })
exports.setWorkspace(workspace)
const kernels = names.map((name) => exports[name])
const words = new Int32Array(control, 0, 16)
const values = new Float64Array(control, 64, 24)
const text = new Uint8Array(control, textAt)
const [STATE, BUSY, NEXT, KERNEL, COUNT, GRAIN, ARGUMENTS, FAILED] = [0, 1, 2, 3, 4, 5, 6, 7]

let seen = 0
for (;;) {
  for (let spins = 0; Atomics.load(words, STATE) === seen && spins < 5000; ) spins++
  Atomics.wait(words, STATE, seen)
  Atomics.add(words, BUSY, 1)
  seen = Atomics.load(words, STATE)
  try {
    // Odd: open. A thread that comes too late finds it closed and leaves.
    if (seen % 2 !== 0) help()
  } catch (error) {
    report(error)
  } finally {
    Atomics.sub(words, BUSY, 1)
    Atomics.notify(words, BUSY)
  }
}

/** The caller fails with what failed here. */
function report(error) {
  const said = new TextEncoder().encode(String(error)).subarray(0, text.length)
  text.set(said)
  Atomics.store(words, FAILED, said.length)
}

function help() {
  const kernel = kernels[words[KERNEL]]
  const count = words[COUNT]
  const grain = words[GRAIN]
  const given = Array.from(values.subarray(0, words[ARGUMENTS]))
  for (let from = Atomics.add(words, NEXT, grain); from < count; from = Atomics.add(words, NEXT, grain)) {
    kernel(...given, from, Math.min(count, from + grain))
  }
}

function abort() {
  throw new Error('A kernel aborted.')
}
