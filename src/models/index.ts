/**
 * The models Haggle knows, by name; the only place, besides its own file, where a model is named.
 */
import { HaggleError } from '../domain/errors.ts'
import { cfgan } from './cfgan.ts'
import { coOccurrence } from './co-occurrence.ts'
import { content } from './content.ts'
import { ease } from './ease.ts'
import { gru } from './gru.ts'
import { createHaggle } from './haggle.ts'
import { ials } from './ials.ts'
import { itemKnn } from './item-knn.ts'
import { lowPass, pureSvd } from './low-pass.ts'
import type { Model } from './model.ts'
import { nextBasket } from './next-basket.ts'
import { popularity } from './popularity.ts'
import { revisit } from './revisit.ts'
import { rp3beta } from './rp3beta.ts'
import { sessionKnn } from './session-knn.ts'
import { sparseEase } from './sparse-ease.ts'
import { tifuKnn } from './tifu-knn.ts'
import { transition } from './transition.ts'
import { userKnn } from './user-knn.ts'
import { vae } from './vae.ts'

const simple = named([
  popularity,
  itemKnn,
  userKnn,
  rp3beta,
  ease,
  ials,
  sparseEase,
  pureSvd,
  lowPass,
  vae,
  content,
  cfgan,
  coOccurrence,
  sessionKnn,
  transition,
  gru,
  revisit,
  tifuKnn,
  nextBasket,
])

export const models: Readonly<Record<string, Model>> = { ...simple, ...named([createHaggle(simple, configFor)]) }

function named(all: readonly Model[]): Record<string, Model> {
  return Object.fromEntries(all.map((model) => [model.name, model]))
}

/** @throws `bad-config` with the list of names where there is no such model. */
export function modelNamed(name: string): Model {
  if (!Object.hasOwn(models, name)) {
    throw new HaggleError('bad-config', `There is no model "${name}". There are: ${Object.keys(models).join(', ')}.`)
  }
  return models[name]
}

/** Settings that are counts: whole, and at least 1. */
const counts = new Set([
  'neighbours',
  'window',
  'sample',
  'samples',
  'historyLength',
  'maximumLength',
  'factors',
  'iterations',
  'epochs',
  'batchSize',
  'maximumItems',
  'candidates',
  'folds',
  'hidden',
  'steps',
  'seeds',
  'maximumSlates',
  'groupSize',
  'targets',
  'powerIterations',
  'support',
  'negatives',
])

/** Settings that are divided by. */
const positives = new Set(['halfLifeDays', 'targetHalfLifeDays'])

/**
 * The model's defaults with `overrides` laid over them.
 * @throws `bad-config` naming every key that is unknown or of another type than its default (`null` stands for a number
 * that may be left open).
 */
export function configFor<Config>(model: Model<Config>, overrides: unknown = {}): Config {
  if (typeof overrides !== 'object' || overrides === null || Array.isArray(overrides)) {
    throw new HaggleError('bad-config', `${model.name}: expected an object of settings.`)
  }
  const defaults = model.defaults as Readonly<Record<string, unknown>>
  const problems = Object.entries(overrides).flatMap(([key, value]) =>
    Object.hasOwn(defaults, key)
      ? problemWith(key, defaults[key], value)
      : [`unknown key "${key}" (there are: ${Object.keys(defaults).join(', ')})`],
  )
  if (problems.length > 0) throw new HaggleError('bad-config', `${model.name}: ${problems.join('; ')}.`)
  return { ...defaults, ...overrides } as Config
}

function problemWith(key: string, standard: unknown, value: unknown): string[] {
  if (standard === null && value === null) return []
  if (Array.isArray(standard)) {
    if (!Array.isArray(value)) return [`"${key}" must be a list`]
    return value.flatMap((entry, at) => problemWith(`${key}[${at}]`, standard[0], entry))
  }
  if (counts.has(key))
    return Number.isInteger(value) && (value as number) >= 1 ? [] : [`"${key}" must be a whole number from 1`]
  if (positives.has(key))
    return Number.isFinite(value) && (value as number) > 0 ? [] : [`"${key}" must be a number above 0`]
  if (standard === null || typeof standard === 'number') {
    return Number.isFinite(value) && (value as number) >= 0 ? [] : [`"${key}" must be a number from 0`]
  }
  return typeof value === typeof standard ? [] : [`"${key}" must be a ${typeof standard}`]
}
