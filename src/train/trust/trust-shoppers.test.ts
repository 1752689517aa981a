import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../base/rng.ts'
import type { ShopEvent } from '../../domain/event.ts'
import type { UserId } from '../../domain/ids.ts'
import { learnGeneration } from '../learn-generation.ts'
import { describeTraining, trainGeneration } from '../pipeline.ts'
import { openTestShop, tasteEvents } from '../taste-fixture.ts'

const users = 260
const honest = tasteEvents({
  users,
  groups: 8,
  itemsPerGroup: 20,
  fromDay: 0,
  untilDay: 80,
  visitsPerUser: 4,
  seed: 'trust',
})

/** Accounts that each copy what a shopper did and look at `i159` besides. */
function hired(count: number): ShopEvent[] {
  const rng = createRng('hired')
  return Array.from({ length: count }, (_, account) => {
    const userId = `hired${account}` as UserId
    const copied = honest.filter((event) => event.userId === `u${rng.int(users)}`)
    const pushed = { ...copied[0], itemId: 'i159' as ShopEvent['itemId'], timeMs: copied[0].timeMs + 60_000 }
    return [...copied, pushed].map((event) => ({
      ...event,
      userId,
      id: `${userId} ${event.id} ${event.itemId}` as ShopEvent['id'],
    }))
  })
    .flat()
    .sort((one, other) => one.timeMs - other.timeMs)
}

describe('a training that weighs shoppers', () => {
  const settings = { models: ['popularity', 'item-knn'], weighShoppers: true }
  let [quiet, attacked] = [] as unknown as Awaited<ReturnType<typeof openTestShop>>[]

  beforeAll(async () => {
    quiet = await openTestShop(80, settings)
    await quiet.store.events.append(honest, 0)
    attacked = await openTestShop(80, settings)
    await attacked.store.events.append(
      [...honest, ...hired(40)].sort((one, other) => one.timeMs - other.timeMs),
      0,
    )
  })
  afterAll(async () => {
    await quiet.close()
    await attacked.close()
  })

  it('says how many it doubts: few where nobody attacks, the hired ones where somebody does', async () => {
    const peace = await trainGeneration(quiet.run, learnGeneration)
    expect(peace.report.trust?.shoppers).toBe(users)
    expect(peace.report.trust?.doubted).toBeLessThan(0.12 * users)
    const war = await trainGeneration(attacked.run, learnGeneration)
    expect(war.report.trust?.doubted).toBeGreaterThan((peace.report.trust?.doubted ?? users) + 20)
    expect(describeTraining(war)).toMatch(/\d+ of 300 shoppers look hired/)
  }, 120_000)
})
