/**
 * What the question itself says of an item that stands in it: how strongly, how long ago, and what was touched since.
 *
 * For where things are met again. Strength log(1 + w), 0 for what does not stand there; age log(1 + minutes) and place
 * log(1 + items touched later), both NaN for what does not. They need nothing but the question, so that they are the same
 * when the discriminator learns and when it answers. Recency and strength are what coming back hangs on: Anderson et
 * al., "The dynamics of repeat consumption", WWW 2014.
 */
import type { Query } from './model.ts'

type Reader = (query: Query, at: number) => number

const minutesADay = 24 * 60

const readers: Readonly<Record<string, Reader>> = {
  'strength in the history': ({ weights }, at) => Math.log1p(weights[at]),
  'age in the history': ({ ageDays }, at) =>
    ageDays === null ? NaN : Math.log1p(minutesADay * Math.max(0, ageDays[at])),
  'place in the history': ({ items }, at) => Math.log1p(items.length - 1 - at),
}

export const historySignals: readonly string[] = Object.keys(readers)

export function isOfHistory(name: string): boolean {
  return Object.hasOwn(readers, name)
}

/** One of `historySignals` for any item. */
export function historySignal(name: string, query: Query): (item: number) => number {
  const places = new Map(Array.from(query.items, (item, at) => [item, at]))
  const absent = name === 'strength in the history' ? 0 : NaN
  return (item) => {
    const at = places.get(item)
    return at === undefined ? absent : readers[name](query, at)
  }
}
