/**
 * How expected what shoppers did in the held-out time was, to a model that had not seen it: what is usual, to compare
 * fresh feedback with (monitor/drift.ts).
 *
 * The log is replayed as the live shop will hear it: at each event the shopper's history as it stood just before. Only
 * items the model had met count, as live only those of its generation do. Cost: one pass through the log with profiles,
 * and a score for each mark.
 */
import { createRng } from '../base/rng.ts'
import { columnSums } from '../kernels/csr.ts'
import { createExpectations } from '../models/expectation.ts'
import { behaviourAt } from '../preprocess/behaviour-log.ts'
import { createProfileBook } from '../profiles/profile-book.ts'
import type { ContestContext } from './contest.ts'
import type { Prepared } from './prepare.ts'
import type { ChosenSurface } from './surface.ts'

const mostKept = 600

export async function heldOutExpectations(
  { config, breathe }: Pick<ContestContext, 'config' | 'breathe'>,
  { log, items, item, testMs, untilMs }: Pick<Prepared, 'log' | 'items' | 'item' | 'testMs' | 'untilMs'>,
  { fitted, train }: NonNullable<ChosenSurface['judged']>,
): Promise<number[][]> {
  const { weights, halfLifeDays } = config.preprocess
  const scores = new Float32Array(fitted.itemCount)
  const met = columnSums(train.matrix, 0)
  const model = {
    indexOf: (itemId: Parameters<typeof item>[0]) => {
      const index = items.indexOf(itemId)
      return index >= 0 && met[index] > 0 ? index : -1
    },
    halfLifeDays,
    limit: config.recommend.historyLimit,
    score: (query: Parameters<typeof fitted.score>[0]) => {
      fitted.score(query, scores)
      return scores
    },
  }
  const expectations = createExpectations(model, weights)
  const profiles = createProfileBook({ config: config.preprocess, item })
  const marks: number[][] = []
  for (let at = 0; at < log.length && log.timeMs[at] < untilMs; at++) {
    const behaviour = behaviourAt(log, at)
    if (behaviour.timeMs >= testMs) {
      const own = expectations.notice(behaviour, profiles.get(behaviour.userId)?.history)
      if (own !== null) marks.push(own.map((value) => Math.round(value * 1e4) / 1e4))
    }
    profiles.remember(behaviour)
    await breathe()
  }
  return createRng(config.training.seed).fork('expectations').shuffle(marks).slice(0, mostKept)
}
