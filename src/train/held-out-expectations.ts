/**
 * How expected what shoppers did in held-out times was, to models that had not seen them: what is usual, to compare fresh
 * feedback with (monitor/drift.ts). Two times, for one alone may be unlike the others.
 *
 * The log is replayed as the live shop will hear it: at each event the shopper's history as it stood just before. Only
 * items the model had met count, as live only those of its generation do. Of more than are kept an even sample is marked
 * (reservoir: Vitter, ACM TOMS 1985), so that few are scored. Cost: one pass through the log with profiles, and a score
 * for each of some mostKept·(1 + ln(noticed / mostKept)).
 */
import type { Config } from '../base/config.ts'
import { createRng } from '../base/rng.ts'
import type { ItemId } from '../domain/ids.ts'
import { columnSums } from '../kernels/csr.ts'
import { createExpectations, type Expectations } from '../models/expectation.ts'
import type { Query } from '../models/model.ts'
import { behaviourAt } from '../preprocess/behaviour-log.ts'
import { createProfileBook } from '../profiles/profile-book.ts'
import type { ContestContext } from './contest.ts'
import type { Prepared } from './prepare.ts'
import type { Asked } from './surface.ts'

const mostKept = 600

type Shop = Pick<Prepared, 'log' | 'items' | 'item'>

export async function heldOutExpectations(
  { config, breathe }: Pick<ContestContext, 'config' | 'breathe'>,
  shop: Shop,
  times: readonly Asked[],
): Promise<number[][]> {
  if (times.length === 0) return []
  const { log, item } = shop
  const profiles = createProfileBook({ config: config.preprocess, item })
  const asked = times.map((time) => ({ ...time, expectations: expectationsOf(time, shop, config) }))
  const marks: number[][] = []
  const chance = createRng(config.training.seed).fork('expectations')
  const sampling = chance.fork('sample')
  let noticed = 0
  for (let at = 0; at < log.length; at++) {
    const behaviour = behaviourAt(log, at)
    const own = asked
      .find(({ fromMs, untilMs }) => fromMs <= behaviour.timeMs && behaviour.timeMs < untilMs)
      ?.expectations.notice(behaviour, profiles.get(behaviour.userId)?.history)
    if (own) {
      const place = noticed < mostKept ? noticed : sampling.int(noticed + 1)
      if (place < mostKept) marks[place] = own().map((value) => Math.round(value * 1e4) / 1e4)
      noticed++
    }
    profiles.remember(behaviour)
    await breathe()
  }
  return chance.shuffle(marks)
}

function expectationsOf({ fitted, train }: Asked, { items }: Shop, { preprocess, recommend }: Config): Expectations {
  const scores = new Float32Array(fitted.itemCount)
  const met = columnSums(train.matrix, 0)
  const indexOf = (itemId: ItemId) => {
    const index = items.indexOf(itemId)
    return index >= 0 && met[index] > 0 ? index : -1
  }
  const score = (query: Query) => {
    fitted.score(query, scores)
    return scores
  }
  const { weights, halfLifeDays } = preprocess
  return createExpectations({ indexOf, halfLifeDays, limit: recommend.historyLimit, score }, weights)
}
