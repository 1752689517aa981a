/**
 * Puts the models a haggle is made of into one state, and takes them out again.
 *
 * Arrays of base model k stand under `base<k>.`, those of net n under `net<n>.`; what of the base models is no array
 * (name, version, settings) is in the settings.
 */
import { HaggleError } from '../domain/errors.ts'
import type { Net } from './haggle-discriminator.ts'
import type { ModelState, StateArray } from './model.ts'

type Arrays = Readonly<Record<string, StateArray>>

/** What of a base model's state is not in arrays. */
export interface PackedBase {
  readonly model: string
  readonly version: number
  readonly config: unknown
  readonly arrays: readonly string[]
}

export function packBases(states: readonly ModelState[]): { bases: PackedBase[]; arrays: Arrays } {
  return {
    bases: states.map(({ model, version, config, arrays }) => ({
      model,
      version,
      config,
      arrays: Object.keys(arrays),
    })),
    arrays: merged(states.map(({ arrays }, at) => prefixed(`base${at}`, arrays))),
  }
}

/** @throws `bad-state` where an array is missing. */
export function unpackBases(state: ModelState, bases: readonly PackedBase[]): ModelState[] {
  return bases.map(({ arrays, ...head }, at) => ({
    ...head,
    itemCount: state.itemCount,
    arrays: Object.fromEntries(arrays.map((label) => [label, piece(state, `base${at}.${label}`)])),
  }))
}

export function packNets(nets: readonly Net[]): Arrays {
  return merged(
    nets.map(({ centre, scale, parameters }, at) =>
      prefixed(`net${at}`, { centre, scale, ...Object.fromEntries(parameters.map((each, index) => [index, each])) }),
    ),
  )
}

/** @throws `bad-state` where an array is missing or of another size. */
export function unpackNets(state: ModelState, count: number, features: number, hidden: number): Net[] {
  const sizes = [features, 1, features * hidden, hidden, hidden * hidden, hidden, hidden, 1]
  const part = (label: string, length: number): Float32Array => {
    const array = piece(state, label)
    if (array instanceof Float32Array && array.length === length) return array
    throw new HaggleError('bad-state', `${state.model}: the stored "${label}" has another size. ${remedy}`)
  }
  return Array.from({ length: count }, (_, at) => ({
    centre: part(`net${at}.centre`, features),
    scale: part(`net${at}.scale`, features),
    parameters: sizes.map((size, index) => part(`net${at}.${index}`, size)),
  }))
}

const remedy = 'Train again, or roll back.'

function piece({ model, arrays }: ModelState, label: string): StateArray {
  if (Object.hasOwn(arrays, label)) return arrays[label]
  throw new HaggleError('bad-state', `${model}: the stored model lacks "${label}". ${remedy}`)
}

function prefixed(prefix: string, arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([label, array]) => [`${prefix}.${label}`, array]))
}

function merged(all: readonly Arrays[]): Arrays {
  return Object.assign({}, ...all) as Arrays
}
