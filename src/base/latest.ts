/** Answers to questions that come again, the latest so many: the one that was asked for longest ago goes first. */
import type { Lookups } from './lookups.ts'

export interface Latest<Answer> {
  of(question: string, answer: () => Answer): Answer
  /** Those that are kept. */
  values(): Iterable<Answer>
  clear(): void
  readonly lookups: Readonly<Lookups>
}

export function createLatest<Answer>(most: number): Latest<Answer> {
  const known = new Map<string, Answer>()
  const lookups: Lookups = { hits: 0, misses: 0 }
  return {
    lookups,
    clear: () => known.clear(),
    values: () => known.values(),
    of: (question, make) => {
      const isKnown = known.has(question)
      const answer = isKnown ? (known.get(question) as Answer) : make()
      lookups[isKnown ? 'hits' : 'misses']++
      known.delete(question)
      known.set(question, answer)
      if (known.size > most) known.delete(known.keys().next().value as string)
      return answer
    },
  }
}
