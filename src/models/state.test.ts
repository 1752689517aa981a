import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ItemId } from '../domain/ids.ts'
import type { Bundle } from './bundle.ts'
import type { ModelState } from './model.ts'
import { decodeBundle, decodeState, encodeBundle, encodeState, openState } from './state.ts'

const badState = expect.objectContaining({ code: 'bad-state' }) as Error

const state: ModelState = {
  model: 'example',
  version: 3,
  config: { ridge: 0.1, name: 'ключ 手机壳' },
  itemCount: 2,
  arrays: {
    weights: Float32Array.of(1, NaN, -0, Infinity),
    sums: Float64Array.of(Math.PI),
    pointers: Int32Array.of(0, 1, 2),
    small: Int8Array.of(-128, 127, 1),
    mask: Uint8Array.of(255),
    none: new Float32Array(0),
  },
}

const bundle: Bundle = {
  items: ['a', 'b', 'ü'] as ItemId[],
  weights: { view: 1, purchase: 5 },
  halfLifeDays: 30,
  behaviourScales: [{ name: 'views', centre: 1, spread: 2 }],
  surfaces: { 'recommended-for-you': state, session: { ...state, version: 4 } },
}

it('gives back what was put in, in memory of any alignment', () => {
  const bytes = encodeState(state)
  expect(decodeState(bytes)).toEqual(state)
  for (const shift of [1, 4, 7]) {
    const shifted = new Uint8Array(bytes.length + shift)
    shifted.set(bytes, shift)
    expect(decodeState(shifted.subarray(shift))).toEqual(state)
    expect(decodeState(Buffer.from(shifted.buffer, shift))).toEqual(state)
  }
})

it('reads arrays that are parts of larger ones', () => {
  const part = { ...state, arrays: { weights: new Float32Array([9, 1, 2, 9]).subarray(1, 3) } }
  expect(decodeState(encodeState(part)).arrays.weights).toEqual(Float32Array.of(1, 2))
})

it('does not copy the arrays where it need not', () => {
  const bytes = encodeState(state)
  expect(decodeState(bytes).arrays.weights.buffer).toBe(bytes.buffer)
})

it('refuses every flipped bit, every shorter length and anything longer', () => {
  const bytes = encodeState(state)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const flipped = bytes.slice()
      flipped[at] ^= 1 << bit
      expect(() => decodeState(flipped)).toThrow(badState)
    }),
  )
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeState(bytes.subarray(0, length))).toThrow(badState)
  }
  expect(() => decodeState(new Uint8Array([...bytes, 0]))).toThrow(badState)
})

it('opens a state only for its own model and version, with arrays of the right kind and size', () => {
  const opened = openState(state, 'example', 3)
  expect(opened.floats('weights', 4)).toBe(state.arrays.weights)
  expect(() => opened.floats('weights', 5)).toThrow(badState)
  expect(() => opened.floats('sums', 1)).toThrow(badState)
  expect(() => opened.floats('absent', 0)).toThrow(badState)
  expect(() => opened.csr(2, 2)).toThrow(badState)
  expect(() => openState(state, 'example', 2)).toThrow(badState)
  expect(() => openState(state, 'other', 3)).toThrow(badState)
})

it('takes a bundle apart into artefacts and puts it together again', () => {
  const artefacts = encodeBundle(bundle)
  expect(artefacts.map(({ name }) => name)).toEqual(['bundle', 'surface/recommended-for-you', 'surface/session'])
  expect(decodeBundle(artefacts.toReversed())).toEqual(bundle)
  expect(decodeBundle(encodeBundle({ ...bundle, surfaces: {} }))).toEqual({ ...bundle, surfaces: {} })
})

it('leaves artefacts of others alone and refuses a bundle without its frame or with a broken one', () => {
  const artefacts = encodeBundle(bundle)
  expect(decodeBundle([...artefacts, { name: 'curves', bytes: Uint8Array.of(1) }])).toEqual(bundle)
  expect(() => decodeBundle(artefacts.slice(1))).toThrow(badState)
  expect(() => decodeBundle([{ ...artefacts[0], bytes: artefacts[0].bytes.subarray(1) }])).toThrow(badState)
  expect(() => decodeBundle([artefacts[0], { ...artefacts[1], bytes: artefacts[1].bytes.subarray(8) }])).toThrow(
    badState,
  )
})
