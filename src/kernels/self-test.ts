/**
 * Tells whoever runs the shop which arithmetic is at work, why, whether it is right, and how fast it is just now.
 *
 * A product of two 512 × 512 tables (2·512³ operations) on all threads, some of its entries compared with sums in
 * float64; and a copy of 32 MiB on one thread, bytes read and bytes written both counted. The best of several rounds,
 * about a tenth of a second in all with WebAssembly.
 */
import { createRng } from '../base/rng.ts'
import { backend, type KernelSettings, useBackend } from './backend.ts'
import { gemm } from './gemm.ts'
import { nativeGemmName } from './native-gemm.ts'
import { openSpace } from './space.ts'
import { type Floats } from './vector.ts'

export interface KernelReport {
  readonly backend: string
  readonly threads: number
  readonly why: string
  /** The BLAS library that products go to; `off` where none was asked for. */
  readonly 'native gemm': string
  readonly 'self-test': string
  readonly 'gemm GFLOP/s': number
  readonly 'copy GB/s': number
}

const size = 512
const copied = 8 << 20

export async function kernelReport(settings: KernelSettings): Promise<KernelReport> {
  await useBackend(settings)
  const { name, threads, why } = backend()
  const { seconds, right } = multiply()
  return {
    backend: name,
    threads,
    why,
    'native gemm': nativeGemmName() ?? 'off',
    'self-test': right ? 'agrees with the reference' : 'WRONG RESULTS: set kernels.backend to "plain"',
    'gemm GFLOP/s': rounded((2 * size ** 3) / seconds / 1e9),
    'copy GB/s': rounded((2 * 4 * copied) / copySeconds() / 1e9),
  }
}

function multiply(): { seconds: number; right: boolean } {
  const space = openSpace()
  try {
    const rng = createRng('self-test')
    const [a, b, c] = [0, 1, 2].map(() => space.floats(size * size))
    for (let at = 0; at < a.length; at++) {
      a[at] = rng.next() - 0.5
      b[at] = rng.next() - 0.5
    }
    const seconds = best(() => gemm(size, size, size, a, b, c))
    return { seconds, right: agrees(a, b, c) }
  } finally {
    space.release()
  }
}

/** Every 997th entry, against its definition. */
function agrees(a: Floats, b: Floats, c: Floats): boolean {
  for (let at = 0; at < c.length; at += 997) {
    const row = Math.floor(at / size)
    let sum = 0
    for (let step = 0; step < size; step++) sum += a[row * size + step] * b[step * size + (at % size)]
    if (!(Math.abs(sum - c[at]) < 1e-4)) return false
  }
  return true
}

function copySeconds(): number {
  const from = new Float32Array(copied).fill(1)
  const to = new Float32Array(copied)
  return best(() => to.set(from))
}

/** The shortest of a few runs; the first ones compile and touch the memory. */
function best(work: () => void): number {
  let shortest = Infinity
  for (let round = 0; round < 6; round++) {
    const started = performance.now()
    work()
    shortest = Math.min(shortest, performance.now() - started)
  }
  return shortest / 1000
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
