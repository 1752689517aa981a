import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { compareModels, describeEvaluation, evaluateShop } from './evaluate-shop.ts'
import { openTestShop, shop, type TasteOptions, tasteEvents } from './taste-fixture.ts'

const tastes: TasteOptions = {
  users: 60,
  groups: 3,
  itemsPerGroup: 12,
  fromDay: 0,
  untilDay: 60,
  visitsPerUser: 6,
  seed: 'evaluated',
}

let close: (() => Promise<void>) | null = null
afterEach(() => close?.())

async function openShop(users: number) {
  const opened = await openTestShop(61, { models: ['item-knn', 'ease', 'rp3beta'] })
  close = opened.close
  await opened.store.events.append(tasteEvents({ ...tastes, users }), opened.clock.now())
  return opened
}

describe('an evaluation', () => {
  it('compares every model on every surface, publishes nothing, and writes a page', async () => {
    const { run, store } = await openShop(60)
    const folder = await mkdtemp(join(tmpdir(), 'haggle-report-'))
    const reportPath = join(folder, 'report.html')
    const evaluation = await evaluateShop({ ...run, reportPath })
    expect(Object.keys(evaluation.surfaces)).toContain('recommended-for-you')
    const board = evaluation.surfaces['recommended-for-you']?.board
    expect(board?.lines.map(({ model }) => model).sort()).toEqual(['ease', 'item-knn', 'popularity', 'rp3beta'])
    expect(board?.lines.at(-1)?.model).toBe('popularity')
    expect(board?.lines.at(-1)?.toBest?.high).toBeLessThan(0)
    expect(await store.generations.list(shop)).toEqual([])
    const page = await readFile(reportPath, 'utf8')
    expect(page).toContain('proposals taken up')
    expect(page).toContain('known items')
    expect(describeEvaluation(evaluation)).toMatch(/recommended-for-you \(\d+ rows\)[^]*popularity/)
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation)
    await rm(folder, { recursive: true })
  })

  it('says what composing the lists costs and gains, where the catalogue has categories', async () => {
    const { run, store, clock } = await openShop(60)
    const without = await evaluateShop(run, compareModels)
    expect(without.surfaces['recommended-for-you']?.composed).toBeNull()
    const met = new Set<string>()
    for await (const events of store.events.scan({ catalogue: shop }))
      for (const { itemId } of events) met.add(`${itemId}`)
    const records = [...met].map((objectID, at) => ({ objectID, categories: [`Kind ${at % 5}`] }))
    await store.catalogues.apply(
      shop,
      records.map((record) => ({ kind: 'put', record })),
      clock.now(),
    )
    const evaluation = await evaluateShop(run, compareModels)
    const { composed, board } = evaluation.surfaces['recommended-for-you'] ?? expect.fail('it is judged')
    const [before, after] = composed?.diversity ?? [1, 0]
    expect(after).toBeGreaterThan(before)
    expect(composed?.model).toBe(board.lines[0].model)
    expect(board.lines[0].diversity).toBe(before)
    expect(describeEvaluation(evaluation)).toMatch(
      /As served, with its lists composed: .* G@20 [+−].*diversity 0\.\d+ → /,
    )
    expect(evaluation.surfaces['related-products']?.composed ?? null).toBeNull()
  })

  it('says when there is too little to compare', async () => {
    const { run } = await openShop(2)
    await expect(evaluateShop(run, compareModels)).rejects.toMatchObject({ code: 'no-data' })
  })
})
