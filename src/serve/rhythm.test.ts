import { describe, expect, it } from 'vitest'
import { dayMs } from '../base/clock.ts'
import type { EventType } from '../domain/event.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import { createRhythm } from './rhythm.ts'

const ann = 'ann' as UserId
const act = (user: string, type: EventType, item: string, day: number) => ({
  userId: user as UserId,
  type,
  itemId: item as ItemId,
  timeMs: day * dayMs,
})

/** Ten shoppers buy coffee every 20 days, and one kettle each. */
function shop() {
  const rhythm = createRhythm()
  for (let shopper = 0; shopper < 10; shopper++) {
    rhythm.remember(act(`s${shopper}`, 'purchase', 'kettle', 0))
    for (const day of [0, 20, 40, 60]) rhythm.remember(act(`s${shopper}`, 'purchase', 'coffee', day))
  }
  return rhythm
}
const score = (rhythm: ReturnType<typeof createRhythm>, user: UserId, item: string, day: number) =>
  rhythm.due(user, day * dayMs).find((each) => each.itemId === item)?.score

describe('the rhythm of buying again', () => {
  it('knows from others that coffee is used up and a kettle is not', () => {
    const rhythm = shop()
    rhythm.remember(act('ann', 'purchase', 'kettle', 100))
    rhythm.remember(act('ann', 'purchase', 'coffee', 100))
    expect(rhythm.due(ann, 120 * dayMs).map((each) => each.itemId)).toEqual(['coffee', 'kettle'])
    expect(score(rhythm, ann, 'coffee', 120)).toBeGreaterThan(5 * (score(rhythm, ann, 'kettle', 120) as number))
  })

  it('is most due when the usual interval has passed, and less before and after', () => {
    const rhythm = shop()
    rhythm.remember(act('ann', 'purchase', 'coffee', 100))
    const on = (day: number) => score(rhythm, ann, 'coffee', day) as number
    expect(on(120)).toBeGreaterThan(on(110))
    expect(on(110)).toBeGreaterThan(on(101))
    expect(on(120)).toBeGreaterThan(on(150))
    expect(on(120)).toBeLessThanOrEqual(1)
  })

  it("moves towards the shopper's own interval", () => {
    const rhythm = shop()
    for (let day = 100; day <= 180; day += 5) rhythm.remember(act('ann', 'purchase', 'coffee', day))
    rhythm.remember(act('bob', 'purchase', 'coffee', 180))
    const bob = 'bob' as UserId
    expect(score(rhythm, ann, 'coffee', 185)).toBeGreaterThan(2 * (score(rhythm, bob, 'coffee', 185) as number))
  })

  it('takes two purchases on one day for one', () => {
    const rhythm = shop()
    const before = rhythm.due('s0' as UserId, 80 * dayMs)
    rhythm.remember(act('s1', 'purchase', 'kettle', 0.1))
    expect(rhythm.due('s0' as UserId, 80 * dayMs)).toEqual(before)
  })

  it('forgets a shopper, and knows nothing of a stranger', () => {
    const rhythm = shop()
    expect(rhythm.due(ann, 0)).toEqual([])
    rhythm.forget('s0' as UserId)
    expect(rhythm.due('s0' as UserId, 80 * dayMs)).toEqual([])
  })
})
