import { describe, expect, it } from 'vitest'
import { defaultConfig, loadConfig, readConfig } from './config.ts'

describe('config', () => {
  it('fills every default', () => {
    expect(readConfig({ server: { port: 1 } })).toEqual({
      ...defaultConfig(),
      server: { ...defaultConfig().server, port: 1 },
    })
    expect(defaultConfig().preprocess.weights.purchase).toBe(5)
  })

  it('refuses unknown keys and wrong types by name', () => {
    expect(() => readConfig({ server: { prot: 1 } }, 'my file')).toThrow(/my file: unknown key "server\.prot"/)
    expect(() => readConfig({ server: { port: 'x' } })).toThrow(/"server\.port": expected integer/)
    expect(() => readConfig([])).toThrow(/expected an object/)
    expect(() => readConfig({ preprocess: { earliest: 'long ago' } })).toThrow(/"preprocess\.earliest"/)
  })

  it('lets the environment override the file and says so when it is wrong', () => {
    expect(loadConfig(null, { HAGGLE_PORT: '99' }).server.port).toBe(99)
    const { kernels } = loadConfig(null, { HAGGLE_KERNELS: 'simd', HAGGLE_THREADS: '3' })
    expect(kernels).toEqual({ backend: 'simd', threads: 3 })
    expect(loadConfig(null, { HAGGLE_KERNELS: '', HAGGLE_THREADS: '' }).kernels).toEqual(defaultConfig().kernels)
    expect(() => loadConfig(null, { HAGGLE_KERNELS: 'mmx' })).toThrow(/environment: "kernels\.backend"/)
    expect(() => loadConfig(null, { HAGGLE_THREADS: '0' })).toThrow(/environment: "kernels\.threads"/)
    expect(() => loadConfig(null, { HAGGLE_PORT: 'many' })).toThrow(/environment: "server\.port"/)
    expect(() => loadConfig('/nowhere/x.json', {})).toThrow(/does not exist/)
  })
})
