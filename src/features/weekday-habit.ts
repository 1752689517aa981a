/** Items of the categories that are in demand on this day of the week. */
import { habitLift, weekdayOf } from '../profiles/habits.ts'
import type { Feature } from './feature.ts'

/**
 * log(7 × share of this weekday, UTC, among the events of the item's category), smoothed as `habitLift` says: no
 * unit, 0 is chance.
 */
export const weekdayHabit: Feature = {
  name: 'weekday-habit',
  meaning: 'Items of this category are usually looked at on this day of the week.',
  start: ({ counters }) => ({
    value: ({ timeMs }, item) => habitLift(counters.rhythm(item)?.weekdays ?? [], weekdayOf(timeMs)),
  }),
}
