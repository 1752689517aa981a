import { expect, it } from 'vitest'
import { createManualClock } from '../base/clock.ts'
import { silentProgress } from '../base/progress.ts'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { createTrainingWatch } from './training-watch.ts'

const shop = 'shop' as CatalogueId

it('tells the stage, the stages before it, and the losses fit by fit; then how it ended, until the next begins', async () => {
  const watch = createTrainingWatch(createManualClock(5))
  expect(watch.now(shop)).toBeNull()
  const seen = watch.begin(shop)
  const progress = seen.progress(silentProgress)
  const onEpoch = seen.epochs()
  progress.report('choose', 1, 4, 'cfgan')
  for (const epoch of [1, 2, 1, 2, 3]) onEpoch('session', 'cfgan', { epoch, losses: { total: epoch } })
  onEpoch('session', 'gru', { epoch: 4, losses: { total: 0 } })
  progress.report('judge', 1, 2)
  const now = watch.now(shop)
  expect(now).toMatchObject({ status: 'running', stage: 'judge', fraction: 0.5 })
  expect(now?.stages.map(({ stage }) => stage)).toEqual(['choose', 'judge'])
  expect(now?.curves.map(({ model, stage, epochs }) => [model, stage, epochs.length])).toEqual([
    ['cfgan', 'choose', 2],
    ['cfgan', 'choose', 3],
    ['gru', 'choose', 1],
  ])
  await expect(seen.end(Promise.reject(new HaggleError('no-data', 'nothing')))).rejects.toThrow('nothing')
  expect(watch.now(shop)).toMatchObject({ status: 'failed', message: 'nothing', endedAtMs: 5 })
  const again = watch.begin(shop)
  await again.end(Promise.resolve('bytes'))
  expect(watch.now(shop)).toMatchObject({ status: 'done', curves: [] })
})
