import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRng } from '../base/rng.ts'
import { plainGemm } from './gemm.ts'

/** The module anew, as a process with this setting would see it. */
async function withSetting(value: string) {
  vi.resetModules()
  vi.stubEnv('HAGGLE_BLAS', value)
  return { ...(await import('./native-gemm.ts')), ...(await import('./gemm.ts')) }
}

afterEach(() => vi.unstubAllEnvs())

const available = await withSetting('auto').then(({ nativeGemmName }) => {
  try {
    return nativeGemmName() !== null
  } catch {
    return false
  }
})
if (!available) console.log('native gemm: skipped, this machine has no OpenBLAS (or no koffi)')

describe('a BLAS of the system', () => {
  it('is not used unless asked for', async () => {
    const { nativeGemm, nativeGemmName } = await withSetting('')
    expect([nativeGemm(), nativeGemmName()]).toEqual([null, null])
  })

  it('is refused with its name and a way out where it cannot be opened', async () => {
    const { nativeGemm } = await withSetting('/no/such/library.so')
    expect(() => nativeGemm()).toThrow(/HAGGLE_BLAS is "\/no\/such\/library.so".*leave it unset/)
  })

  it.skipIf(!available)('multiplies as the reference does, in every transpose, adding and scaling', async () => {
    const { gemm, nativeGemmName } = await withSetting('auto')
    expect(nativeGemmName()).toContain('blas')
    const rng = createRng('blas')
    const [m, n, k] = [37, 53, 41]
    const numbers = (length: number) => new Float32Array(length).map(() => rng.normal())
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        for (const accumulate of [false, true]) {
          const [a, b, c] = [numbers(m * k), numbers(k * n), numbers(m * n)]
          const expected = c.slice()
          const options = { transposeA, transposeB, accumulate, scale: -0.5 }
          gemm(m, n, k, a, b, c, options)
          plainGemm(m, n, k, a, b, expected, options)
          c.forEach((value, at) => expect(Math.abs(value - expected[at])).toBeLessThan(1e-4))
        }
      }
    }
  })
})
