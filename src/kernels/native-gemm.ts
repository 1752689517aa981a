/**
 * Hands large products to a BLAS library that the system has, on the same memory, where the shop asks for it.
 *
 * Off unless `HAGGLE_BLAS` is `auto` (tries the usual names) or names a library; never required. Faster than the
 * kernels here by about two where the processor has wider registers than WebAssembly knows (docs/performance.md). Its
 * sums may differ in the last bits from machine to machine.
 */
import { HaggleError } from '../domain/errors.ts'
import { coreCount, openLibrary, setting } from './host.ts'

/** cblas_sgemm, row-major, of arrays in the memory of the kernels: C = scale·op(A)·op(B) + (accumulate ? C : 0). */
export type NativeGemm = (
  transposeA: boolean,
  transposeB: boolean,
  sizes: readonly [m: number, n: number, k: number],
  scale: number,
  operands: readonly [a: Float32Array, strideA: number, b: Float32Array, strideB: number],
  accumulate: boolean,
  c: Float32Array,
  strideC: number,
) => void

const usualNames = ['libopenblas.so.0', 'libopenblas.so', 'libopenblas.dylib', 'libopenblas.dll']
const signature =
  'void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float scale, void *a, int lda, void *b, int ldb, ' +
  'float keep, void *c, int ldc)'

interface Library {
  readonly gemm: NativeGemm
  readonly name: string
}

/** Looked for once, also where none is asked for: every product comes by here. */
let found: Library | null | undefined

function library(): Library | null {
  if (found === undefined) found = open(setting('HAGGLE_BLAS'))
  return found
}

/** `null` where none is asked for. @throws `bad-config` where the one asked for cannot be used. */
export function nativeGemm(): NativeGemm | null {
  return library()?.gemm ?? null
}

/** The library in use, for `haggle doctor`; `null` where none is. */
export function nativeGemmName(): string | null {
  return library()?.name ?? null
}

function open(wanted: string | undefined): Library | null {
  if (wanted === undefined) return null
  const problems: string[] = []
  for (const name of wanted === 'auto' ? usualNames : [wanted]) {
    try {
      const declare = openLibrary(name)
      declare('void openblas_set_num_threads(int threads)')(coreCount())
      const call = declare(signature)
      const [rowMajor, plain, transposed] = [101, 111, 112]
      const gemm: NativeGemm = (ta, tb, [m, n, k], scale, [a, strideA, b, strideB], accumulate, c, strideC) => {
        const sides = [ta ? transposed : plain, tb ? transposed : plain]
        call(rowMajor, ...sides, m, n, k, scale, a, strideA, b, strideB, accumulate ? 1 : 0, c, strideC)
      }
      return { gemm, name }
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new HaggleError(
    'bad-config',
    `HAGGLE_BLAS is "${wanted}", and no such OpenBLAS can be used (${problems[0]}). Install one, or leave it unset.`,
  )
}
