/**
 * Which settings of a model are worth trying: a range for a number, a list for anything else.
 *
 * Each model declares its own beside its defaults; a setting that is not named stays as it is. Numbers are drawn evenly
 * (`linear`) or evenly in their logarithm (`log`), to three digits, so that a person can read and repeat them.
 */
import type { Rng } from '../base/rng.ts'

export interface NumberRange {
  readonly from: number
  readonly to: number
  readonly scale: 'linear' | 'log'
  /** Only whole numbers. */
  readonly whole?: true
}

export interface OneOf<Value> {
  readonly among: readonly Value[]
}

export type Choices<Value> = OneOf<Value> | ([Extract<Value, number>] extends [never] ? never : NumberRange)

export type SearchSpace<Config> = { readonly [Key in keyof Config]?: Choices<Config[Key]> }

/** A space whose model is not known. */
export type AnySpace = Readonly<Record<string, NumberRange | OneOf<unknown>>>

export type Settings = Readonly<Record<string, unknown>>

/**
 * One point of the space: a value for each of its settings.
 * @param changes the chance that a setting is drawn anew instead of standing as in `standard`; one is drawn in any case
 */
export function drawSettings(space: AnySpace, standard: Settings, changes: number, rng: Rng): Settings {
  const keys = Object.keys(space)
  const certain = rng.pick(keys)
  const drawn = keys.map((key) => {
    const value = draw(space[key], rng)
    return [key, key === certain || rng.next() < changes ? value : standard[key]]
  })
  return Object.fromEntries(drawn) as Settings
}

function draw(choices: NumberRange | OneOf<unknown>, rng: Rng): unknown {
  if ('among' in choices) return rng.pick(choices.among)
  const { from, to, scale, whole = false } = choices
  const share = rng.next()
  const value = scale === 'log' ? from * (to / from) ** share : from + share * (to - from)
  return whole ? Math.round(value) : Number(value.toPrecision(3))
}
