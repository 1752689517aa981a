/** The first page: a greeting, the row for this shopper, what others do, and the departments. */
import type { CardOptions } from './card.ts'
import { byId, element } from './element.ts'
import { createRow } from './rows.ts'
import { pictureOf, type Placed, type Product, type Shop } from './shop.ts'
import { department, text } from './texts.ts'
import { attributeOf } from './words.ts'

const forYou = { model: 'recommended-for-you', limit: 12 }
const others = [
  ['recently-viewed', 'recent'],
  ['buy-again', 'again'],
  ['trending-items', 'trending'],
] as const
const rowLength = 12

export interface Home {
  /** Asks for the row of this shopper again, and shows how it changed. */
  readonly row: () => Promise<readonly Placed[]>
  /** Asks for everything. */
  readonly fill: () => Promise<readonly Placed[]>
}

export function createHome(shop: Shop, options: CardOptions, show: (department: string) => void): Home {
  const own = createRow('for-you', text('forYou'), options)
  const rows = others.map(([model, title]) => createRow(model, text(title), options))
  const tiles = element('nav', { class: 'departments', 'aria-label': text('departments') })
  const { name } = shop.shopper
  byId('home').append(
    element(
      'div',
      { class: 'hero' },
      element('h1', {}, name === null ? text('greeting') : text('hello', { name })),
      element('p', {}, text('lead')),
    ),
    own.root,
    tiles,
    ...rows.map(({ root }) => root),
  )
  void departmentsOf(shop).then((found) => {
    tiles.replaceChildren(
      ...found.map(([title, product]) =>
        element(
          'button',
          { type: 'button', onclick: () => show(title) },
          element('img', { src: pictureOf(shop.settings, product), alt: '', width: 72, height: 72 }),
          department(title),
        ),
      ),
    )
  })

  return {
    row: async () => {
      const [placed] = await shop.recommend([forYou])
      own.show(placed)
      return placed
    },
    fill: async () => {
      const asked = others.map(([model]) => ({ model, limit: rowLength }))
      const [placed, ...lists] = await shop.recommend([forYou, ...asked])
      own.show(placed)
      for (const [at, row] of rows.entries()) row.show(lists[at])
      return placed
    },
  }
}

/** Each department with a product that stands for it. */
async function departmentsOf({ client, settings }: Shop): Promise<[string, Product][]> {
  const { index } = settings
  const lvl0 = attributeOf(settings, 'hierarchicalCategories.lvl0')
  const counting = { indexName: index, hitsPerPage: 0, facets: [lvl0], analytics: false }
  const { results: counted } = await client.search({ requests: [counting] })
  const { facets } = counted[0] as { facets?: Record<string, Record<string, number>> }
  const names = Object.keys(facets?.[lvl0] ?? {}).sort()
  if (names.length === 0) return []
  const requests = names.map((name) => ({
    ...{ indexName: `${index}_rated`, hitsPerPage: 1, analytics: false, attributesToRetrieve: ['*', '-image'] },
    facetFilters: [`${lvl0}:${name}`],
  }))
  const { results } = await client.search<Product>({ requests })
  return names.map((name, at): [string, Product] => [name, (results[at] as unknown as { hits: Product[] }).hits[0]])
}
