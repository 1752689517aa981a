/** What a merchandiser sees before saving: a search as it is beside what it would be, and nothing changed by looking. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogueId } from '../src/domain/ids.ts'
import type { MerchandisingPreview } from '../src/http/routes/merchandising.ts'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

const indexName = 'products'
let shop: OpenShop

beforeAll(async () => {
  shop = await openShopForTest()
  const objects = Array.from({ length: 8 }, (_, at) => ({
    objectID: `p${at}`,
    name: at < 6 ? `Oak table` : 'Sofa',
    brand: at % 2 === 0 ? 'Acme' : 'Borealis',
    sold: at,
  }))
  await shop.engine.change(
    indexName as CatalogueId,
    objects.map((record) => ({ kind: 'put', record })),
  )
  await shop.admin.saveRule({
    indexName,
    objectID: 'kept',
    rule: {
      objectID: 'kept',
      conditions: [{ pattern: 'oak', anchoring: 'is' }],
      consequence: { hide: [{ objectID: 'p5' }] },
    },
  })
}, 60_000)
afterAll(() => shop.close())

const preview = async (draft: object, query = 'oak') =>
  (await shop.admin.customPost({
    path: 'haggle/v1/merchandising/preview',
    body: { index: indexName, query, ...draft },
  })) as unknown as MerchandisingPreview
const idsOf = ({ hits }: MerchandisingPreview['after']) => hits.map(({ objectID }) => objectID)
const rule = (objectID: string, consequence: object, more: object = {}) => ({
  ...{ objectID, conditions: [{ pattern: 'oak', anchoring: 'is' }], consequence, ...more },
})

describe('the preview of what is not saved', () => {
  it('pins, hides, boosts, filters and replaces words, beside the search as it is', async () => {
    const { before, after } = await preview({
      rules: [rule('pin', { promote: [{ objectID: 'p7', position: 0 }], hide: [{ objectID: 'p1' }] })],
    })
    expect(before.appliedRules).toEqual(['kept'])
    expect(new Set(idsOf(before))).toEqual(new Set(['p0', 'p1', 'p2', 'p3', 'p4']))
    expect(after.appliedRules).toEqual(['kept', 'pin'])
    expect(after.hits[0]).toMatchObject({ objectID: 'p7', pinned: true })
    expect(idsOf(after)).not.toContain('p1')
    const boosted = await preview({ rules: [rule('b', { params: { optionalFilters: ['brand:Borealis'] } })] })
    expect(new Set(idsOf(boosted.after).slice(0, 2))).toEqual(new Set(['p1', 'p3']))
    const filtered = await preview({ rules: [rule('f', { params: { filters: 'brand:Acme' } })] })
    expect(filtered.after.nbHits).toBe(3)
    const edits = [{ type: 'replace', delete: 'oak', insert: 'sofa' }]
    const replaced = await preview({ rules: [rule('r', { params: { query: { edits } } })] })
    expect(replaced.after).toMatchObject({ query: 'sofa', nbHits: 2 })
  })

  it('changes a rule in its place, leaves one out, and knows when a window is open', async () => {
    expect((await preview({ rules: [rule('kept', { hide: [{ objectID: 'p0' }] })] })).after.hits).toHaveLength(5)
    expect((await preview({ withoutRules: ['kept'] })).after.nbHits).toBe(6)
    const later = noon / 1000 + 3600
    const windowed = {
      rules: [rule('w', { hide: [{ objectID: 'p0' }] }, { validity: [{ from: later, until: later + 60 }] })],
    }
    expect((await preview(windowed)).after.appliedRules).toEqual(['kept'])
    expect((await preview({ ...windowed, atMs: 1000 * later })).after.appliedRules).toEqual(['kept', 'w'])
  })

  it('knows synonyms and the shop’s own order that are not saved', async () => {
    const synonyms = [{ objectID: 's', type: 'oneWaySynonym', input: 'couch', synonyms: ['sofa'] }]
    const { before, after } = await preview({ synonyms }, 'couch')
    expect([before.nbHits, after.nbHits]).toEqual([0, 2])
    const ordered = await preview({ settings: { customRanking: ['desc(sold)'] } })
    expect(idsOf(ordered.after)).toEqual(['p4', 'p3', 'p2', 'p1', 'p0'])
  })

  it('leaves everything as it was: rules, words, counts and exposures', async () => {
    const synonyms = [{ objectID: 's', type: 'synonym', synonyms: ['couch', 'sofa'] }]
    await preview({ synonyms, rules: [rule('pin', { promote: [{ objectID: 'p7', position: 0 }] })] }, 'couch')
    const { nbHits } = await shop.admin.searchSingleIndex({
      indexName,
      searchParams: { query: 'couch', analytics: false },
    })
    expect(nbHits).toBe(0)
    expect((await shop.admin.searchRules({ indexName })).nbHits).toBe(1)
    expect((await shop.admin.searchSynonyms({ indexName })).nbHits).toBe(0)
    const report = await shop.engine.analytics.searches(indexName as CatalogueId, {
      ...{ index: indexName as CatalogueId, fromDay: Math.floor(noon / 86_400_000), days: 1 },
    })
    expect(report.total.searches).toBe(0)
  })

  it('refuses by name what it cannot read or cannot show, and stands as before', async () => {
    await expect(preview({ rules: [rule('x', { promote: 'p1' })] })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('consequence.promote') as string,
    })
    await expect(preview({ settings: { customRanking: ['upwards(sold)'] } })).rejects.toMatchObject({ status: 400 })
    await expect(preview({ settings: { searchableAttributes: ['brand'] } })).rejects.toThrow('once saved')
    expect((await preview({})).after.nbHits).toBe(5)
    const response = await fetch(`${shop.url}/haggle/v1/merchandising/preview`, {
      method: 'POST',
      body: JSON.stringify({ index: indexName, query: '' }),
    })
    expect(response.status).toBe(403)
  })
})
