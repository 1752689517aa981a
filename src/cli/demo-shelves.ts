/**
 * What a shop's people would set up before the demo opens: filters and sort orders; and in a simulated shop a few
 * products sold out and the place of honour that brands pay for.
 *
 * Until there are campaigns, a sponsored place is a rule: it pins a product to the top of the searches for its kind and
 * says so in `userData`, so that the page can say so too.
 */
import type { CatalogueId } from '../domain/ids.ts'
import type { Item, ItemRecord, Json } from '../domain/item.ts'
import type { Engine } from '../engine.ts'

const textual = ['typo', 'geo', 'words', 'filters', 'proximity', 'attribute', 'exact', 'custom']
/** Of a replica, after the name of the catalogue: what it is sorted by. */
const orders: Readonly<Record<string, string>> = {
  price_asc: 'asc(price)',
  price_desc: 'desc(price)',
  newest: 'desc(createdAt)',
  rated: 'desc(rating)',
}
const soldOutEvery = 23
const itemsAtOnce = 100_000

export async function setUpShelves(engine: Engine): Promise<void> {
  const catalogue = engine.config.catalogue as CatalogueId
  await engine.shops.changeSettings(
    catalogue,
    {
      searchableAttributes: [
        ...[
          'title,zh.title',
          'brand',
          'categories,zh.categories',
          'color,style,material,zh.color,zh.style,zh.material',
        ],
        'description,zh.description',
      ],
      attributesForFaceting: [
        ...['', 'zh.'].flatMap((own) =>
          ['lvl0', 'lvl1', 'lvl2'].map((level) => `${own}hierarchicalCategories.${level}`),
        ),
        ...['searchable(brand)', 'color', 'zh.color', 'price', 'inStock', 'rating'],
      ],
      replicas: Object.keys(orders).map((name) => `${catalogue}_${name}`),
    },
    false,
  )
  for (const [name, order] of Object.entries(orders)) {
    await engine.shops.changeSettings(`${catalogue}_${name}` as CatalogueId, { ranking: [order, ...textual] }, false)
  }
}

/** Of a shop that never was: nobody's records are changed. */
export async function dressShelves(engine: Engine): Promise<void> {
  const catalogue = engine.config.catalogue as CatalogueId
  const { items } = await engine.shop(catalogue).listItems({ text: '', from: 0, limit: itemsAtOnce })
  const gone = new Set(items.filter((_, at) => at % soldOutEvery === soldOutEvery - 1))
  await engine.change(
    catalogue,
    [...gone].map(({ record }) => ({ kind: 'put', record: { ...record, inStock: false } })),
  )
  const left = items.filter((item) => !gone.has(item))
  await engine.shops.saveEntries(catalogue, 'rule', sponsorships(left), true)
}

/** For every kind of product one of the best rated that can be had. */
function sponsorships(items: readonly Item[]): Record<string, Json>[] {
  const byKind = new Map<string, Item>()
  for (const item of items) {
    const kind = item.categoryPath.at(-1)
    if (kind === undefined || !item.inStock) continue
    const best = byKind.get(kind)
    if (best === undefined || ratingOf(item) > ratingOf(best)) byKind.set(kind, item)
  }
  return [...byKind].map(([kind, { id, record }], at) => ({
    objectID: `sponsored-${at}`,
    description: `Sponsored: ${kind}`,
    conditions: [...wordsFor(kind), ...chineseFor(record)].map((pattern) => ({ pattern, anchoring: 'contains' })),
    consequence: { promote: [{ objectID: id, position: 0 }], userData: { sponsored: id } },
  }))
}

/** As the shelf says it, and one of them. */
function wordsFor(kind: string): string[] {
  const many = kind.toLowerCase()
  return many.endsWith('s') ? [many, many.slice(0, -1)] : [many]
}

function chineseFor({ zh }: ItemRecord): string[] {
  const { categories } = (zh ?? {}) as { readonly categories?: readonly string[] }
  return categories?.slice(-1) ?? []
}

function ratingOf({ record }: Item): number {
  return typeof record.rating === 'number' ? record.rating : 0
}
