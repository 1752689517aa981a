import { describe, expect, it } from 'vitest'
import { createBreathe } from '../base/breathe.ts'
import { createRng } from '../base/rng.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { readItem } from '../domain/item.ts'
import { createSearchIndex } from './search-index.ts'
import { createSearchRelevance } from './search-relevance.ts'
import { ranked } from '../retrieve/textual-order.ts'

const catalogue = 'shop' as CatalogueId
function openShop(count: number) {
  const index = createSearchIndex({ languages: ['en'] })
  const relevance = createSearchRelevance(index, { intentOf: () => null, meaningOf: () => null })
  const put = (objectID: string, title: string, description = '') => {
    index.follow(objectID as ItemId, readItem(catalogue, { objectID, title, description }))
    relevance.refresh(index.lexical.slotOf(objectID as ItemId) ?? -1)
  }
  for (let at = 0; at < count; at++) {
    const [thing, where] = [
      ['sofa', 'living room cushions velvet'],
      ['lamp', 'desk bulb glass light'],
      ['boots', 'hiking leather laces'],
    ][at % 3]
    put(`${thing}-${at}`, `Plain ${thing}`, where)
  }
  const ask = (query: string) => {
    const { answers, query: parsed } = index.lexical.search(query, { limit: 1000, matching: 'any' })
    const slots = answers.map(({ slot }) => slot)
    const ranked = relevance.rank({
      query,
      parsed,
      slots,
      answers,
      item: index.item,
      userId: null,
      impact: 0,
      nowMs: 0,
    })
    return slots
      .map((slot, at) => ({ id: index.item(slot).id, score: ranked?.relevance[at] ?? Number.NaN }))
      .sort((a, b) => b.score - a.score)
  }
  return { relevance, put, ask }
}

describe('the order of a search', () => {
  it('does not wait for meaning, and is no worse with it', async () => {
    const { relevance, put, ask } = openShop(60)
    put('case', 'Case with room for a lamp', 'Aluminium')
    expect(ask('lamp')[0].id).toMatch(/^lamp/)
    await relevance.learn(createRng('1'), createBreathe())
    expect(ask('lamp')[0].id).toMatch(/^lamp/)
    expect(ask('lamp').at(-1)?.id).toBe('case')
  })

  it('puts those beyond the ranked ones behind them, all above nothing', () => {
    const { ask } = openShop(900)
    const scores = ask('lamp').map(({ score }) => score)
    expect(scores.length).toBe(300)
    expect(scores.every((score) => score > 0)).toBe(true)
    expect(scores.slice(0, ranked).every((score) => score > 1)).toBe(true)
    expect(scores.slice(ranked).every((score) => score <= 1)).toBe(true)
  })

  it('has something to learn at first and after a fifth has changed, and takes changes meanwhile', async () => {
    const { relevance, put, ask } = openShop(60)
    expect(relevance.isStale).toBe(true)
    const learning = relevance.learn(createRng('1'), createBreathe())
    put('new', 'Velvet sofa without cushions')
    expect(relevance.isStale).toBe(false)
    await learning
    expect(relevance.isStale).toBe(false)
    expect(ask('sofa without cushions')[0].id).toBe('new')
    for (let at = 0; at < 20; at++) put(`late-${at}`, 'Late lamp')
    expect(relevance.isStale).toBe(true)
  })

  it('leaves a handful of products alone', () => {
    expect(openShop(6).relevance.isStale).toBe(false)
  })
})
