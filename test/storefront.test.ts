/** A stock InstantSearch page, its scripts as they are published, in a page with nothing else: every widget works. */
import { readFileSync } from 'node:fs'
import { JSDOM, type PageNode, VirtualConsole } from 'jsdom'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openShopForTest, type OpenShop } from './open-shop.ts'

const script = (path: string) => readFileSync(new URL(`../node_modules/${path}`, import.meta.url), 'utf8')
const scripts = [
  script('algoliasearch/dist/lite/builds/browser.umd.js'),
  script('instantsearch.js/dist/instantsearch.production.min.js'),
]
const indexName = 'products'
const objects = Array.from({ length: 60 }, (_, at) => {
  const home = at % 2 === 0
  return {
    objectID: `p${at}`,
    name: `${home ? 'Oak table' : 'Wool scarf'} ${at}`,
    brand: ['Acme', 'Borealis', 'Apple'][at % 3],
    price: 10 + at,
    rating: (at % 5) + 1,
    freeShipping: at % 4 === 0,
    categories: { lvl0: home ? 'Home' : 'Fashion', lvl1: home ? 'Home > Tables' : 'Fashion > Scarves' },
    type: home ? 'furniture' : 'clothing',
    _geoloc: { lat: 48 + at / 100, lng: 2 },
  }
})

let shop: OpenShop
let page: JSDOM
const errors: unknown[] = []

/** The page's own script: what a shop writes, against the published libraries. */
const storefront = (host: string) => `
  const { instantsearch } = window
  const w = instantsearch.widgets
  const at = (id) => '#' + id
  const searchClient = window['algoliasearch/lite'].liteClient('app', 'search-only', {
    hosts: [{ url: '${host}', accept: 'readWrite', protocol: 'http' }],
  })
  window.sent = []
  const search = instantsearch({
    indexName: '${indexName}',
    searchClient,
    insights: { insightsClient: (...call) => { window.sent.push(call) } },
    future: { preserveSharedStateOnUnmount: true },
  })
  window.search = search
  window.item = (hit, { html, components }) =>
    html\`<b>\${components.Highlight({ hit, attribute: 'name' })}</b><i>\${components.Snippet({ hit, attribute: 'name' })}</i>\`
  search.addWidgets([
    w.configure({ hitsPerPage: 8, attributesToSnippet: ['name:3'], userToken: 'ann' }),
    w.searchBox({ container: at('searchBox') }),
    w.hits({ container: at('hits'), templates: { item: window.item } }),
    w.refinementList({ container: at('brand'), attribute: 'brand', searchable: true }),
    w.hierarchicalMenu({ container: at('categories'), attributes: ['categories.lvl0', 'categories.lvl1'] }),
    w.menu({ container: at('type'), attribute: 'type' }),
    w.rangeInput({ container: at('range'), attribute: 'price' }),
    w.rangeSlider({ container: at('slider'), attribute: 'price' }),
    w.ratingMenu({ container: at('rating'), attribute: 'rating' }),
    w.toggleRefinement({ container: at('shipping'), attribute: 'freeShipping', templates: { labelText: 'Free' } }),
    w.numericMenu({ container: at('numeric'), attribute: 'price', items: [{ label: 'All' }, { label: 'Cheap', end: 20 }] }),
    w.sortBy({ container: at('sort'), items: [{ label: 'Best', value: '${indexName}' }, { label: 'Cheap', value: 'price_asc' }] }),
    w.pagination({ container: at('pages') }),
    w.stats({ container: at('stats') }),
    w.hitsPerPage({ container: at('perPage'), items: [{ label: '8', value: 8, default: true }, { label: '20', value: 20 }] }),
    w.currentRefinements({ container: at('current') }),
    w.clearRefinements({ container: at('clear') }),
    w.breadcrumb({ container: at('crumbs'), attributes: ['categories.lvl0', 'categories.lvl1'] }),
    w.index({ indexName: 'price_asc', indexId: 'endless' }).addWidgets([
      w.configure({ hitsPerPage: 5 }),
      w.infiniteHits({ container: at('endless'), templates: { item: (hit) => hit.name } }),
    ]),
    instantsearch.connectors.connectGeoSearch((state) => { window.geo = state })({}),
    instantsearch.connectors.connectQueryRules((state) => { window.banners = state.items })({}),
  ])
  search.start()
`

const ids = [
  'searchBox',
  'hits',
  'brand',
  'categories',
  'type',
  'range',
  'slider',
  'rating',
  'shipping',
  'numeric',
  'sort',
  'pages',
  'stats',
  'perPage',
  'current',
  'clear',
  'crumbs',
  'endless',
]

beforeAll(async () => {
  shop = await openShopForTest()
  await shop.admin.saveObjects({ indexName, objects })
  await shop.admin.setSettings({
    indexName,
    indexSettings: {
      attributesForFaceting: [
        'searchable(brand)',
        'categories.lvl0',
        'categories.lvl1',
        'type',
        'price',
        'rating',
        'freeShipping',
      ],
      replicas: ['price_asc'],
      customRanking: ['desc(price)'],
    },
  })
  await shop.admin.setSettings({ indexName: 'price_asc', indexSettings: { ranking: ['asc(price)'] } })
  await shop.admin.saveRule({
    indexName,
    objectID: 'b',
    rule: {
      objectID: 'b',
      conditions: [{ pattern: 'scarf', anchoring: 'contains' }],
      consequence: { userData: { title: 'Winter' } },
    },
  })
  const virtualConsole = new VirtualConsole()
  virtualConsole.on('jsdomError', (error) => errors.push(error))
  const html = `<!doctype html><body>${ids.map((id) => `<div id="${id}"></div>`).join('')}</body>`
  page = new JSDOM(html, {
    url: 'http://localhost/',
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    virtualConsole,
  })
  for (const each of scripts) page.window.eval(each)
  page.window.eval(storefront(shop.url.slice('http://'.length)))
  await settled()
})
afterAll(async () => {
  page.window.close()
  await shop.close()
})

const all = (selector: string): PageNode[] => [...page.window.document.querySelectorAll(selector)]
const one = (selector: string): PageNode => {
  const found = page.window.document.querySelector(selector)
  if (found === null) throw new Error(`The page has no ${selector}`)
  return found
}
const texts = (selector: string) => all(selector).map(({ textContent }) => textContent.trim())
const settled = () =>
  vi.waitFor(() => {
    expect(page.window.eval('search.status')).toBe('idle')
    expect(page.window.eval('search.renderState.products.stats?.nbHits')).toBeTypeOf('number')
  })
/** Waits until the page shows what an act should bring. */
const shows = (read: () => unknown, wanted: unknown) =>
  vi.waitFor(() => expect(read()).toEqual(wanted), { timeout: 5_000 })
const found = () => page.window.eval('search.renderState.products.stats.nbHits')
const act = (js: string) => page.window.eval(js)
const state = 'search.renderState.products'
const clear = async () => {
  act('search.setUiState({})')
  await shows(found, 60)
}

describe('a stock storefront', () => {
  it('shows products, facets with their counts, ranges, pages and a total', async () => {
    await shows(() => texts('#hits li').length, 8)
    expect(one('#hits li').textContent).toContain('Wool scarf 59')
    expect(texts('#brand .ais-RefinementList-item')).toHaveLength(3)
    expect(texts('#brand .ais-RefinementList-count')).toEqual(['20', '20', '20'])
    expect(texts('#type .ais-Menu-count')).toEqual(['30', '30'])
    expect(texts('#categories .ais-HierarchicalMenu-label')).toEqual(['Fashion', 'Home'])
    expect(texts('#rating .ais-RatingMenu-count').length).toBeGreaterThanOrEqual(4)
    expect(texts('#stats')[0]).toMatch(/^60 results/)
    expect(act(`${state}.range.price.range`)).toEqual({ min: 10, max: 69 })
    expect(texts('#pages .ais-Pagination-item--page').length).toBeGreaterThan(3)
    expect(texts('#endless li')).toEqual([0, 1, 2, 3, 4].map((at) => objects[at].name))
    expect(errors).toEqual([])
  })

  it('searches as one types and marks the words', async () => {
    act(`${state}.searchBox.refine('oak')`)
    await shows(found, 30)
    await shows(() => texts('#hits mark').slice(0, 2), ['Oak', 'Oak'])
    act(`${state}.searchBox.refine('scarf')`)
    await shows(() => act('window.banners'), [{ title: 'Winter' }])
    await clear()
  })

  it('refines by brand, which goes on counting the other brands, and searches among brands', async () => {
    all('#brand input[type=checkbox]')[0].click()
    await shows(found, 20)
    expect(texts('#brand .ais-RefinementList-count')).toEqual(['20', '20', '20'])
    expect(texts('#current .ais-CurrentRefinements-categoryLabel')).toEqual(['Acme'])
    one('#clear button').click()
    await shows(found, 60)
    act(`${state}.refinementList.brand.searchForItems('borea')`)
    await shows(() => texts('#brand .ais-RefinementList-item').map((text) => text.replace(/\s/g, '')), ['Borealis20'])
    act(`${state}.refinementList.brand.searchForItems('')`)
    await clear()
  })

  it('walks down the categories and back by the breadcrumb', async () => {
    one('#categories a').click()
    await shows(found, 30)
    await shows(() => texts('#categories .ais-HierarchicalMenu-label'), ['Fashion', 'Scarves', 'Home'])
    await shows(() => texts('#crumbs .ais-Breadcrumb-item').length, 2)
    one('#crumbs a').click()
    await shows(found, 60)
  })

  it('refines by menu, range, rating, toggle and numeric menu', async () => {
    one('#type a').click()
    await shows(found, 30)
    await clear()
    act(`${state}.range.price.refine([20, 29])`)
    await shows(found, 10)
    await clear()
    act(`${state}.ratingMenu.rating.refine('4')`)
    await shows(found, 24)
    await clear()
    one('#shipping input').click()
    await shows(found, 15)
    await clear()
    all('#numeric input')[1].click()
    await shows(found, 11)
    await clear()
  })

  it('sorts, turns pages, shows more a page and more and more', async () => {
    act(`search.setUiState({ products: { sortBy: 'price_asc' } })`)
    await shows(() => texts('#hits li b')[0], objects[0].name)
    await clear()
    act(`${state}.pagination.refine(2)`)
    await shows(() => texts('#hits li b')[0], objects[43].name)
    act(`${state}.hitsPerPage.refine(20)`)
    await shows(() => texts('#hits li').length, 20)
    await clear()
    one('#endless .ais-InfiniteHits-loadMore').click()
    await shows(() => texts('#endless li').length, 10)
  })

  it('shows a map and searches within it', async () => {
    expect(act('window.geo.items.length')).toBe(8)
    act(`window.geo.refine({ northEast: { lat: 48.085, lng: 3 }, southWest: { lat: 48.055, lng: 1 } })`)
    await shows(found, 3)
    act(`window.geo.clearMapRefinement()`)
    await shows(found, 60)
  })

  it('tells the shop what was seen and clicked, with the answer it stood in', async () => {
    one('#hits li').click()
    await shows(() => JSON.stringify(act('window.sent')).includes('viewedObjectIDs'), true)
    const sent = act('window.sent') as [string, { algoliaSource?: string[] }][]
    // By these the shop knows them from products that were opened.
    for (const [method, payload] of sent) {
      if (method === 'viewedObjectIDs') expect(payload.algoliaSource).toContain('instantsearch-internal')
    }
    const queryID = act(`${state}.hits.results.queryID`)
    expect(queryID).toMatch(/^[0-9a-f]{32}$/)
    await shop.engine.shop(indexName as never).flush()
    expect(await shop.engine.store.exposures.get(queryID as never)).toMatchObject({ surface: 'search' })
  })
})
