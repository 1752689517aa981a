/**
 * How one parameter of a search is read, whether it comes as JSON or as text out of a URL.
 *
 * A reader returns the value, or fails with what was expected; the caller names the parameter.
 */
import { parseJson } from '../base/json.ts'
import type { Json } from '../domain/item.ts'

/** Thrown by readers only: what was expected. */
export class Expected extends Error {}

export type Reader<Value> = (value: Json) => Value

function expect(what: string): never {
  throw new Expected(what)
}

export const text =
  (longest = 20_000): Reader<string> =>
  (value) => {
    if (typeof value === 'number') return String(value)
    if (typeof value !== 'string') return expect('a string')
    return value.length > longest ? expect(`at most ${longest} characters`) : value
  }

export const flag: Reader<boolean> = (value) => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  return expect('true or false')
}

export const whole =
  (least: number, most: number): Reader<number> =>
  (value) => {
    const number = numberOf(value)
    if (!Number.isInteger(number) || number < least || number > most)
      return expect(`a whole number from ${least} to ${most}`)
    return number
  }

export const real =
  (least: number, most: number): Reader<number> =>
  (value) => {
    const number = numberOf(value)
    return number >= least && number <= most ? number : expect(`a number from ${least} to ${most}`)
  }

function numberOf(value: Json): number {
  if (typeof value === 'string' && value.trim() !== '') return Number(value)
  return typeof value === 'number' ? value : Number.NaN
}

const mostEntries = 5_000

/** A list of strings; a bare string is JSON or separated by commas. */
export const textsUpTo =
  (most: number): Reader<readonly string[]> =>
  (value) => {
    const list = listOf(value)
    if (!list.every((each) => typeof each === 'string')) return expect('a list of strings')
    return list.length > most ? expect(`at most ${most} entries`) : list
  }

export const texts = textsUpTo(mostEntries)

function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[]
  if (typeof value !== 'string') return expect('a list')
  if (value.trimStart().startsWith('[')) {
    const parsed = fromJson(value)
    return Array.isArray(parsed) ? (parsed as readonly Json[]) : expect('a list')
  }
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function fromJson(value: string): Json {
  try {
    return parseJson(value) as Json
  } catch {
    return expect('valid JSON')
  }
}

export const oneOf =
  <Word extends string>(...words: readonly Word[]): Reader<Word> =>
  (value) =>
    words.find((word) => word === value) ?? expect(words.map((word) => `"${word}"`).join(' or '))

/** The first reader that takes the value. */
export const either =
  <A, B>(a: Reader<A>, b: Reader<B>): Reader<A | B> =>
  (value) => {
    try {
      return a(value)
    } catch (error) {
      if (!(error instanceof Expected)) throw error
      try {
        return b(value)
      } catch (other) {
        if (!(other instanceof Expected)) throw other
        return expect(`${error.message}, or ${other.message}`)
      }
    }
  }

/** Any JSON; read further by whoever uses it. */
export const json: Reader<Json> = (value) => value

export const object: Reader<{ readonly [key: string]: Json }> = (value) => {
  const read = typeof value === 'string' ? fromJson(value) : value
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return expect('an object')
  return read as { readonly [key: string]: Json }
}

/** `[[1,2,3,4]]`, one list alone, or its text `1,2,3,4`. */
export const numberLists: Reader<readonly (readonly number[])[]> = (value) => {
  const outer = listOf(value)
  const lists = outer.some((each) => Array.isArray(each)) ? outer : [outer]
  if (lists.flat().length > mostEntries) return expect(`at most ${mostEntries} numbers`)
  return lists.map((list) => {
    if (!Array.isArray(list)) return expect('lists of numbers')
    return (list as readonly Json[]).map((each) => {
      const number = numberOf(each)
      return Number.isFinite(number) ? number : expect('lists of numbers')
    })
  })
}

/** Steps of distance: `[{from, value}]`. */
export const steps: Reader<readonly { readonly from: number; readonly value: number }[]> = (value) =>
  listOf(value).map((step) => {
    const { from = 0, value: width } = object(step)
    if (typeof from !== 'number' || typeof width !== 'number') return expect('a list of {from, value}')
    return { from, value: width }
  })
