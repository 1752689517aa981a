/** Items of the categories that are in demand at this hour. */
import { habitLift, hourOf } from '../profiles/habits.ts'
import type { Feature } from './feature.ts'

/**
 * log(24 × share of this hour, UTC, among the events of the item's category), smoothed as `habitLift` says: no unit,
 * 0 is chance.
 */
export const hourHabit: Feature = {
  name: 'hour-habit',
  meaning: 'Items of this category are usually looked at at this hour of the day.',
  start: ({ counters }) => ({
    value: ({ timeMs }, item) => habitLift(counters.rhythm(item)?.hours ?? [], hourOf(timeMs)),
  }),
}
