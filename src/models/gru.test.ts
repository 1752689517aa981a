import { expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import { topK } from '../kernels/top-k.ts'
import { interactionsFrom } from '../preprocess/interactions.ts'
import { gru } from './gru.ts'
import { rowQuery } from './row-query.ts'

const itemCount = 12

/** Rings of items: after i comes i + 1 for some, i − 1 for others, and which only the two last items together tell. */
function rings(rowCount: number) {
  const rng = createRng('rings')
  const entries = Array.from({ length: rowCount }, (_, row) => {
    const [start, step] = [rng.int(itemCount), rng.next() < 0.5 ? 1 : itemCount - 1]
    return Array.from({ length: 4 }, (_, at) => ({
      row,
      item: (start + at * step) % itemCount,
      strength: 1,
      atMs: 1000 * at,
    }))
  })
  return interactionsFrom(entries.flat(), { rowCount, itemCount, asOfMs: 10_000 })
}

it('learns from the order what no set of items tells: which way a visit goes round', async () => {
  const losses: number[] = []
  const run = {
    rng: createRng('gru'),
    breathe: createBreathe(),
    progress: () => undefined,
    epoch: ({ losses: { total } }: { losses: Readonly<Record<string, number>> }) => void losses.push(total),
  }
  const config = { ...gru.defaults, factors: 16, epochs: 40, learningRate: 0.01, dropout: 0, batchSize: 32 }
  const fitted = await gru.fit(rings(300), config, run)
  expect(losses[39]).toBeLessThan(0.6 * losses[0])
  const scores = new Float32Array(itemCount)
  const next = (history: readonly number[]) => {
    const entries = history.map((item, at) => ({ row: 0, item, strength: 1, atMs: 1000 * at }))
    fitted.score(rowQuery(interactionsFrom(entries, { rowCount: 1, itemCount, asOfMs: 10_000 }), 0), scores)
    return topK(scores, 1)[0]
  }
  for (let item = 0; item < itemCount; item++) {
    const [before, after] = [(item + itemCount - 1) % itemCount, (item + 1) % itemCount]
    expect(next([before, item])).toBe(after)
    expect(next([after, item])).toBe(before)
  }
})
