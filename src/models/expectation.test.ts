import { describe, expect, it } from 'vitest'
import { hourMs } from '../base/clock.ts'
import type { ItemId, UserId } from '../domain/ids.ts'
import { createExpectations } from './expectation.ts'

const item = (id: string) => id as ItemId

describe('what was expected of a shopper', () => {
  const model = {
    indexOf: (id: ItemId) => 'abc'.indexOf(id),
    halfLifeDays: 60,
    limit: 10,
    score: () => Float32Array.of(3, 2, 1),
  }
  const history = [{ itemId: item('a'), weight: 1, lastMs: 0 }]
  const view = (userId: string, id: string, timeMs: number) =>
    ({ userId: userId as UserId, itemId: item(id), type: 'view', timeMs }) as never

  it('is noticed once in half a day, and again at once of a shopper who was forgotten', () => {
    const expectations = createExpectations(model, { view: 1 })
    expect(expectations.notice(view('ann', 'c', 0), history)?.()[0]).toBeCloseTo(1)
    expect(expectations.notice(view('bob', 'b', 0), history)?.()[0]).toBeCloseTo(0)
    expect(expectations.notice(view('ann', 'b', hourMs), history)).toBeNull()
    expectations.forget('ann' as UserId)
    expect(expectations.notice(view('ann', 'b', hourMs), history)).not.toBeNull()
    expect(expectations.notice(view('bob', 'c', hourMs), history)).toBeNull()
    expect(expectations.notice(view('bob', 'c', 13 * hourMs), history)).not.toBeNull()
  })
})
