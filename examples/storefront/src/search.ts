/** The shelves: InstantSearch with its own widgets; only hits and the search box are drawn by this page. */
import instantsearch from 'instantsearch.js/es'
import connectHits from 'instantsearch.js/es/connectors/hits/connectHits'
import { history } from 'instantsearch.js/es/lib/routers'
import {
  clearRefinements,
  configure,
  currentRefinements,
  hierarchicalMenu,
  pagination,
  panel,
  rangeInput,
  refinementList,
  sortBy,
  stats,
  toggleRefinement,
} from 'instantsearch.js/es/widgets'
import { type Acts, card } from './card.ts'
import { byId, element, icon } from './element.ts'
import type { Settings } from './settings.ts'
import { againMs, type Placed, type Product, type Shop } from './shop.ts'
import { searchBox } from './suggestions.ts'
import { department, text, type Texts } from './texts.ts'
import { attributeOf } from './words.ts'

const hitsPerPage = 24
const orders = [
  ['', 'best'],
  ['_price_asc', 'cheapest'],
  ['_price_desc', 'dearest'],
  ['_newest', 'newest'],
  ['_rated', 'rated'],
] as const

export interface Shelves {
  home(): void
  show(department: string): void
}

/** @param onHome hears whether nothing is searched or filtered. */
export function startSearch(shop: Shop, acts: Acts, onHome: (home: boolean) => void): Shelves {
  const { settings, shopper } = shop
  const { index } = settings
  const attributes = facetsOf(settings)
  const labels = new Map<string, keyof Texts>(Object.entries(attributes).map(([label, name]) => [name, label as never]))
  const search = instantsearch({
    indexName: index,
    searchClient: shop.client,
    routing: { router: history({ cleanUrlOnDispose: false }) },
    insights: {
      insightsClient: shop.insights,
      // Lists that were seen are known to the shop as answers given; only what shoppers open counts as viewed.
      onEvent: ({ insightsMethod, payload, eventType }, send) => {
        if (insightsMethod !== undefined && eventType !== 'view')
          (send as (...call: unknown[]) => void)(insightsMethod, payload)
      },
    },
    future: { preserveSharedStateOnUnmount: true },
  })
  search.addWidgets([
    configure({
      ...{ hitsPerPage, userToken: shopper.token, clickAnalytics: true, enablePersonalization: true },
      ...{
        attributesToRetrieve: ['*', '-image'],
        attributesToHighlight: [attributeOf(settings, 'title')],
        maxValuesPerFacet: 100,
      },
    }),
    searchBox(shop, acts.open),
    hits(shop, acts),
    stats({
      container: '#stats',
      templates: {
        text: ({ nbHits, query }) =>
          text(query === '' ? 'found' : 'foundFor', {
            count: nbHits.toLocaleString(document.documentElement.lang),
            query,
          }),
      },
    }),
    sortBy({
      container: '#sort',
      items: orders.map(([order, label]) => ({ value: `${index}${order}`, label: text(label) })),
    }),
    currentRefinements({
      container: '#current',
      transformItems: (items) =>
        items.map((item) => ({ ...item, label: text(labels.get(item.attribute) ?? 'category') })),
    }),
    clearRefinements({ container: '#current-clear', templates: { resetLabel: () => text('clearAll') } }),
    pagination({ container: '#pages', padding: 2, scrollTo: '#results' }),
    ...facets(settings),
  ])
  search.start()
  search.on('render', () => {
    nameControls()
    const { configure: _, ...rest } = search.getUiState()[index] ?? {}
    onHome(Object.values(rest).every((part) => part === undefined || part === '' || part === 1))
    byId('results-title').textContent = text(rest.query ? 'results' : 'allProducts')
  })
  search.on('error', () => {
    byId('hits').replaceChildren(element('p', { class: 'empty' }, text('failed')))
    setTimeout(() => search.refresh(), againMs)
  })
  return {
    home: () => search.setUiState({ [index]: {} }),
    show: (name) => search.setUiState({ [index]: { hierarchicalMenu: { [attributes.category]: [name] } } }),
  }
}

const turns = { first: 'pageFirst', previous: 'pageBefore', next: 'pageNext', last: 'pageLast' } as const

/** The kit names these for the ear in English only, and knows no other words for them. */
function nameControls(): void {
  document.querySelector('#sort select')?.setAttribute('aria-label', text('sort'))
  for (const link of document.querySelectorAll('#pages a')) {
    const turn = Object.entries(turns).find(([name]) => link.closest(`.ais-Pagination-item--${name}Page`) !== null)
    const page = turn === undefined ? text('page', { n: link.textContent ?? '' }) : text(turn[1])
    link.setAttribute('aria-label', page)
  }
}

/** What may be filtered by, under the label it has. */
function facetsOf(settings: Settings) {
  return {
    category: attributeOf(settings, 'hierarchicalCategories.lvl0'),
    brand: 'brand',
    price: 'price',
    colour: attributeOf(settings, 'color'),
    inStock: 'inStock',
  }
}

function facets(settings: Settings) {
  const { category, brand, price, colour, inStock } = facetsOf(settings)
  const more = {
    showMoreText: ({ isShowingMore }: { isShowingMore: boolean }) => text(isShowingMore ? 'showLess' : 'showMore'),
  }
  /** A facet that says nothing is left out. */
  const titled = (name: keyof Texts) => ({
    templates: { header: () => text(name) },
    hidden: ({ items }: { items?: readonly unknown[] }) => items?.length === 0,
  })
  return [
    toggleRefinement({
      container: '#stock',
      attribute: inStock,
      on: true,
      templates: { labelText: () => text('inStock') },
    }),
    panel<typeof hierarchicalMenu>(titled('category'))(hierarchicalMenu)({
      container: '#categories',
      attributes: [0, 1, 2].map((level) => category.replace(/0$/, String(level))),
      limit: 12,
      sortBy: ['name:asc'],
      transformItems: (items) => items.map((item) => ({ ...item, label: department(item.label) })),
    }),
    panel<typeof rangeInput>({ ...titled('price'), hidden: ({ range }) => range.min === range.max })(rangeInput)({
      container: '#price',
      attribute: price,
      templates: { separatorText: () => '–', submitText: () => text('go') },
    }),
    panel<typeof refinementList>(titled('brand'))(refinementList)({
      container: '#brands',
      attribute: brand,
      ...{ searchable: true, searchablePlaceholder: text('findBrand'), limit: 6, showMore: true, showMoreLimit: 40 },
      templates: more,
    }),
    panel<typeof refinementList>(titled('colour'))(refinementList)({
      container: '#colours',
      attribute: colour,
      limit: 12,
    }),
  ]
}

interface Marked {
  readonly title?: { readonly value: string }
}
type Hit = Product & { readonly _highlightResult?: Marked & { readonly zh?: Marked } }

function hits({ settings }: Shop, acts: Acts) {
  const root = byId('hits')
  return connectHits(({ items, results }) => {
    if (results === undefined) return
    const queryID = results.queryID ?? ''
    const sponsored = new Set(((results.userData ?? []) as { sponsored?: string }[]).map((each) => each.sponsored))
    if (items.length === 0) return root.replaceChildren(element('p', { class: 'empty' }, text('nothing')))
    const first = results.page * results.hitsPerPage
    root.replaceChildren(
      element(
        'div',
        { class: 'grid' },
        ...(items as unknown as Hit[]).map((hit, at) => {
          const placed: Placed = { product: bare(hit), queryID, position: first + at + 1 }
          const badge = sponsored.has(hit.objectID) && at === 0 ? text('sponsored') : null
          const { title, zh } = hit._highlightResult ?? {}
          const marked = (zh?.title ?? title)?.value
          return card(placed, {
            settings,
            acts,
            badge,
            ...(marked === undefined ? {} : { title: highlighted(marked) }),
          })
        }),
      ),
    )
  })({ escapeHTML: false })
}

/** Without what InstantSearch and the answer add: the cart keeps it. */
function bare(hit: Hit): Product {
  return Object.fromEntries(Object.entries(hit).filter(([name]) => !name.startsWith('_'))) as unknown as Product
}

/** Marks come as tags in text that is otherwise the record's own. */
function highlighted(marked: string): Node {
  const parts = marked.split(/<em>|<mark>|__ais-highlight__/)
  const made = document.createDocumentFragment()
  made.append(parts[0])
  for (const part of parts.slice(1)) {
    const [word, rest = ''] = part.split(/<\/em>|<\/mark>|__\/ais-highlight__/)
    made.append(element('mark', {}, word), rest)
  }
  return made
}

/** Filters fold away where there is no room beside the hits. */
export function foldFilters(): void {
  const toggle = byId('filters-toggle')
  toggle.append(icon('filter'), text('filters'))
  toggle.addEventListener('click', () => {
    toggle.ariaExpanded = String(byId('filters').classList.toggle('open'))
  })
}
