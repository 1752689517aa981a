/**
 * Reads a misspelt query as it was meant, so that it is answered as the right one would be.
 *
 * A word that no product has is read as its correction, where that is `sure` nats likelier than any other reading. Once
 * one word was misspelt others may be: then one that is known is read as a commoner word, a slip away, where that is
 * `surer` nats likelier in this company. A query whose words are all known is left alone. Cost: nothing where nothing
 * is corrected; else the query is planned and gathered once or twice more, without being scored.
 */
import type { Gathered, GatheredWord, Meant, Slips } from './lexical-gather.ts'
import type { PlannedWord } from './query-plan.ts'
import type { QueryUnit } from './query-units.ts'

export interface Understood {
  readonly units: readonly QueryUnit[]
  readonly words: readonly PlannedWord[]
  readonly excluded: readonly QueryUnit[]
  /** The words as they were meant, blanks between; absent where they are read as typed. */
  readonly meant?: string
}

export interface MeantContext {
  readonly plan: (units: readonly QueryUnit[]) => readonly PlannedWord[]
  readonly gather: (words: readonly PlannedWord[], slips: Slips) => Gathered
  /** A word of the catalogue, cut as a query is. */
  readonly unitsOf: (term: number) => readonly QueryUnit[]
}

const sure = 0.7
const surer = 1
/** A number is not left out, nor taken for another. */
const digit = /\d/

export function readAsMeant(typed: Understood, context: MeantContext): Understood {
  const first = correct(typed, context, 'unknown', ({ isKnown, margin }) => !isKnown && margin >= sure)
  if (first === typed) return typed
  return correct(first, context, 'commoner', ({ isKnown, margin }) => margin >= (isKnown ? surer : sure))
}

/** What was typed itself where nothing in it is believed to be a slip. */
function correct(
  typed: Understood,
  { plan, gather, unitsOf }: MeantContext,
  slips: Slips,
  isSure: (meant: Meant) => boolean,
): Understood {
  const isRead = ({ meant, word }: GatheredWord) =>
    meant !== null && word.typos === 0 && !digit.test(word.text) && isSure(meant)
  const read = new Map(
    gather(typed.words, slips).words.flatMap((each) => (isRead(each) ? [[each.word.unit, each.meant as Meant]] : [])),
  )
  if (read.size === 0) return typed
  const units = typed.units.flatMap((unit) => {
    const meant = read.get(unit)
    if (meant === undefined) return [unit]
    return unitsOf(meant.term).map((each) => ({ ...each, slip: { typed: unit.text, typos: meant.typos } }))
  })
  return { ...typed, units, words: plan(units), meant: units.map(({ text }) => text).join(' ') }
}
