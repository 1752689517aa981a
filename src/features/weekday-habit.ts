/** Items of the categories that are in demand on this day of the week. */
import { habitLift, weekdayOf } from '../profiles/habits.ts'
import type { Feature } from './feature.ts'

/** log of how much likelier this weekday is among the events of the item's category than by chance. */
export const weekdayHabit: Feature = {
  name: 'weekday-habit',
  meaning: 'Items of this category are usually looked at on this day of the week.',
  start: ({ counters }) => ({
    value: ({ timeMs }, item) => habitLift(counters.rhythm(item)?.weekdays ?? [], weekdayOf(timeMs)),
  }),
}
