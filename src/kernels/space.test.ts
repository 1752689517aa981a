import { afterAll, describe, expect, it } from 'vitest'
import { backend, useBackend, wasmBackend } from './backend.ts'
import { createArena } from './memory.ts'
import { openSpace } from './space.ts'

afterAll(() => useBackend({ backend: null, threads: null }))

describe('an arena', () => {
  it('gives out zeros, takes them back, and joins neighbours so that all of it can be given out again', () => {
    const arena = createArena(64)
    const all = arena.buffer.byteLength - 16 * 65_536
    const taken = [1000, 64, 5000, 1].map((bytes) => arena.take(bytes) ?? -1)
    for (const address of taken) expect(address % 64).toBe(0)
    new Uint8Array(arena.buffer, taken[0], 1000).fill(7)
    expect(arena.take(all)).toBeNull()
    for (const at of [2, 0, 3, 1]) arena.give(taken[at])
    expect(arena.taken()).toBe(0)
    const whole = arena.take(all)
    expect(whole).toBe(taken[0])
    expect(new Uint8Array(arena.buffer, whole ?? 0, 1000).every((byte) => byte === 0)).toBe(true)
    expect(() => arena.give(12)).toThrow()
  })
})

describe('a space', () => {
  it('uses the room of one batch for the next, and gives everything back when released', async () => {
    await useBackend({ backend: null, threads: 1 })
    const arena = wasmBackend()?.arena
    const before = arena?.taken()
    const space = openSpace()
    const kept = space.floats(100).fill(3)
    const first = space.batchFloats(300_000).fill(5)
    const afterFirst = arena?.taken()
    space.nextBatch()
    const second = space.batchFloats(300_000)
    expect(second.every((value) => value === 0)).toBe(true)
    expect(second.byteOffset).toBe(first.byteOffset)
    expect(arena?.taken()).toBe(afterFirst)
    expect(kept.every((value) => value === 3)).toBe(true)
    space.release()
    expect(arena?.taken()).toBe(before)
  })

  it('refuses what cannot fit, with the sizes and a way out', async () => {
    await useBackend({ backend: 'simd', threads: 1 })
    expect(backend().name).toBe('simd')
    expect(() => openSpace().floats(2 ** 31)).toThrow(/MiB more and \d+ MiB are left: choose a smaller model/)
  })
})
