/**
 * Data sets people have: what their files look like, so that one of them is imported by its path alone.
 *
 * A preset is a family of shapes, since a data set is several files and comes in several editions. All of it is data;
 * a mapping of one's own can say nothing less. A log that merely mentions items adds bare ones (`onlyNew`), so that
 * they can be recommended before, or without, a catalogue.
 */
import type { FileFormat } from './file-format.ts'
import type { ItemMapping } from './item-mapping.ts'
import type { ImportMapping } from './mapping.ts'
import type { FileSample } from './sample-file.ts'

export interface Shape {
  /** All that are given must hold. */
  readonly file?: RegExp
  readonly columns?: readonly string[]
  readonly fits?: (sample: FileSample) => boolean
  readonly mapping: ImportMapping
}

export interface Preset {
  readonly name: string
  readonly holds: string
  readonly shapes: readonly Shape[]
}

const mentioned = (id: string): ItemMapping => ({ id, attributes: {}, onlyNew: true })
const table = (delimiter: string, columns?: string[], more: object = {}): FileFormat => ({
  kind: 'table',
  delimiter,
  ...(columns === undefined ? {} : { columns }),
  ...more,
})

const words = (sample: FileSample) => sample.lines.map((line) => line.trim().split(/\s+/))
const allNumbers = (cells: readonly string[]) => cells.every((cell) => /^-?\d+(\.\d+)?$/.test(cell))
/** Every line has as many columns, all of them numbers. */
const numberTable = (sample: FileSample, columns: number) =>
  sample.lines.length > 0 && words(sample).every((cells) => cells.length === columns && allNumbers(cells))

const haggle: Preset = {
  name: 'haggle',
  holds: 'our own shapes: flat events, and catalogue records with an objectID',
  shapes: [
    { columns: ['objectID'], mapping: { items: { id: 'objectID', attributes: {}, rest: true } } },
    {
      columns: ['user', 'type', 'time'],
      mapping: {
        events: {
          user: 'user',
          type: 'type',
          time: { column: 'time', format: 'auto' },
          item: 'item',
          query: 'query',
          quantity: 'quantity',
          price: 'price',
          order: 'order',
          rating: 'rating',
          position: 'position',
          queryId: 'queryId',
          name: 'name',
        },
      },
    },
  ],
}

/** Who rated a film has seen it: a conversion, stronger than a view and no purchase. */
const ratings = (user: string, item: string, rating: string, time: string): ImportMapping => ({
  events: { user, item, rating, type: { value: 'conversion' }, time: { column: time, format: 's' } },
  items: mentioned(item),
})

const genreNames =
  "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western".split(
    '|',
  )
const genreFlags = { flags: Object.fromEntries(genreNames.map((name) => [name, name])) }
const genreList = (column: string) => ({ column, as: 'list' as const, separator: '|' })
const ratingColumns = ['user', 'item', 'rating', 'time']
const filmColumns = ['id', 'title', 'genres']
const films = (id: string): ItemMapping => ({
  id,
  attributes: { title: 'title', genres: genreList('genres'), tags: genreList('genres') },
})

const movielens: Preset = {
  name: 'movielens',
  holds: 'MovieLens 100K, 1M, 10M and CSV editions: ratings and films',
  shapes: [
    {
      file: /^u\.item$/,
      mapping: {
        format: table('|', ['id', 'title', 'releaseDate', 'videoDate', 'url', ...genreNames], {
          quoted: false,
          encoding: 'latin-1',
        }),
        items: {
          id: 'id',
          attributes: {
            title: 'title',
            releaseDate: { column: 'releaseDate', as: 'date', format: 'dd-mon-yyyy' },
            url: 'url',
            genres: genreFlags,
            tags: genreFlags,
          },
        },
      },
    },
    {
      file: /^movies\.dat$/,
      mapping: { format: table('::', filmColumns, { quoted: false, encoding: 'latin-1' }), items: films('id') },
    },
    { columns: ['movieId', 'title', 'genres'], mapping: { items: films('movieId') } },
    {
      columns: ['userId', 'movieId', 'rating', 'timestamp'],
      mapping: ratings('userId', 'movieId', 'rating', 'timestamp'),
    },
    {
      file: /^ratings\.dat$/,
      mapping: { format: table('::', ratingColumns), ...ratings('user', 'item', 'rating', 'time') },
    },
    {
      fits: (sample) => numberTable(sample, 4) && words(sample).every((cells) => Number(cells[3]) > 1e8),
      mapping: { format: { kind: 'spaces', columns: ratingColumns }, ...ratings('user', 'item', 'rating', 'time') },
    },
  ],
}

const shopTypes = { addtocart: 'addToCart', cart: 'addToCart', transaction: 'purchase' }

const retailrocket: Preset = {
  name: 'retailrocket',
  holds: 'RetailRocket: views, carts and purchases of a shop',
  shapes: [
    {
      columns: ['timestamp', 'visitorid', 'event', 'itemid'],
      mapping: {
        events: {
          user: 'visitorid',
          item: 'itemid',
          type: { column: 'event', values: shopTypes },
          time: { column: 'timestamp', format: 'ms' },
          order: 'transactionid',
        },
        items: mentioned('itemid'),
      },
    },
    {
      columns: ['timestamp', 'user', 'item', 'event'],
      mapping: {
        events: {
          user: 'user',
          item: 'item',
          type: { column: 'event', values: shopTypes },
          time: { column: 'timestamp', format: 'auto' },
        },
        items: mentioned('item'),
      },
    },
  ],
}

const yoochoose: Preset = {
  name: 'yoochoose',
  holds: 'YooChoose (RecSys 2015) sessions: clicks and purchases; each session is a stranger',
  shapes: [
    {
      columns: ['SessionId', 'ItemId', 'Time'],
      mapping: {
        events: {
          user: 'SessionId',
          item: 'ItemId',
          type: { value: 'view' },
          time: { column: 'Time', format: 'auto' },
        },
        items: mentioned('ItemId'),
      },
    },
    {
      file: /^yoochoose-(clicks|test)\.dat$/,
      mapping: {
        format: table(',', ['session', 'time', 'item', 'category']),
        events: { user: 'session', item: 'item', type: { value: 'view' }, time: { column: 'time', format: 'iso' } },
        items: mentioned('item'),
      },
    },
    {
      file: /^yoochoose-buys\.dat$/,
      mapping: {
        format: table(',', ['session', 'time', 'item', 'price', 'quantity']),
        events: {
          user: 'session',
          item: 'item',
          order: 'session',
          type: { value: 'purchase' },
          time: { column: 'time', format: 'iso' },
          // The set writes 0 where it does not know.
          price: { column: 'price', values: { '0': '' } },
          quantity: { column: 'quantity', values: { '0': '' } },
        },
        items: mentioned('item'),
      },
    },
  ],
}

interface InvoiceColumns {
  readonly invoice: string
  readonly price: string
  readonly customer: string
}

/** An invoice without a customer stands for a shopper nobody knows by name; one that begins with C was cancelled. */
const invoices = (
  { invoice, price, customer }: InvoiceColumns,
  timeFormat: string,
  format?: FileFormat,
): ImportMapping => ({
  ...(format === undefined ? {} : { format }),
  events: {
    user: { column: customer, otherwise: { column: invoice, prefix: 'order:' } },
    item: 'StockCode',
    type: { column: invoice, values: { 'C*': 'return', '*': 'purchase' } },
    time: { column: 'InvoiceDate', format: timeFormat },
    quantity: 'Quantity',
    price,
    order: invoice,
  },
  items: {
    id: 'StockCode',
    attributes: { title: 'Description', price: { column: price, as: 'number' } },
    // Write-offs cost nothing and are described as "damaged" or "?".
    require: ['title', 'price'],
  },
})

const firstEdition = { invoice: 'InvoiceNo', price: 'UnitPrice', customer: 'CustomerID' }
const secondEdition = { invoice: 'Invoice', price: 'Price', customer: 'Customer ID' }
const american = (sample: FileSample) => /^\d{1,2}\/\d{1,2}\/\d{4} /.test(String(sample.rows[0]?.InvoiceDate))

const onlineRetail: Preset = {
  name: 'online-retail',
  holds: 'UCI Online Retail I and II: invoices of a year, products from the same lines',
  shapes: [firstEdition, secondEdition].flatMap((edition): Shape[] => {
    const columns = ['StockCode', 'Description', 'Quantity', 'InvoiceDate', ...Object.values(edition)]
    return [
      {
        columns,
        fits: american,
        // As spreadsheets export it.
        mapping: invoices(edition, 'm/d/yyyy h:mm', { ...table(','), encoding: 'latin-1' } as FileFormat),
      },
      { columns, mapping: invoices(edition, 'iso') },
    ]
  }),
}

/** Who reviews has bought. */
const reviews = (user: string, item: string, rating: string, time: string, format: 's' | 'ms'): ImportMapping => ({
  events: { user, item, rating, type: { value: 'purchase' }, time: { column: time, format } },
  items: mentioned(item),
})

const amazon: Preset = {
  name: 'amazon',
  holds: 'Amazon reviews 2014, 2018 and 2023, and the product records of the last two',
  shapes: [
    {
      columns: ['reviewerID', 'asin', 'unixReviewTime'],
      mapping: reviews('reviewerID', 'asin', 'overall', 'unixReviewTime', 's'),
    },
    {
      columns: ['user_id', 'parent_asin', 'rating', 'timestamp'],
      mapping: reviews('user_id', 'parent_asin', 'rating', 'timestamp', 'ms'),
    },
    {
      columns: ['user_id', 'item_id', 'rating', 'timestamp'],
      mapping: reviews('user_id', 'item_id', 'rating', 'timestamp', 'ms'),
    },
    {
      columns: ['asin', 'title', 'category', 'also_buy'],
      mapping: {
        items: {
          id: 'asin',
          attributes: {
            title: { column: 'title', as: 'html' },
            description: { column: 'description', as: 'html' },
            brand: { column: 'brand', as: 'html' },
            categories: { column: 'category', as: 'list' },
            price: { column: 'price', as: 'number' },
            image: { column: 'imageURLHighRes', as: 'first' },
          },
        },
      },
    },
    {
      columns: ['parent_asin', 'title', 'main_category', 'store'],
      mapping: {
        items: {
          id: 'parent_asin',
          attributes: {
            title: { column: 'title', as: 'html' },
            description: { column: 'description', as: 'html' },
            brand: 'store',
            categories: { column: 'categories', as: 'list' },
            mainCategory: 'main_category',
            price: { column: 'price', as: 'number' },
            rating: { column: 'average_rating', as: 'number' },
            ratingCount: { column: 'rating_number', as: 'number' },
          },
        },
      },
    },
    {
      columns: ['item_id', 'title', 'brand', 'category', 'price', 'image_url'],
      mapping: {
        items: {
          id: 'item_id',
          attributes: {
            title: { column: 'title', as: 'html' },
            brand: 'brand',
            categories: { column: 'category', as: 'list' },
            price: { column: 'price', as: 'number' },
            image: 'image_url',
            rating: { column: 'avg_rating', as: 'number' },
            ratingCount: { column: 'n_ratings', as: 'number' },
          },
        },
      },
    },
  ],
}

const tafeng: Preset = {
  name: 'tafeng',
  holds: 'Ta-Feng supermarket baskets: the JSON of basket lists, and the original CSV',
  shapes: [
    {
      fits: (sample) =>
        sample.format.kind !== 'table' && /^\{\s*"train"\s*:\s*\{\s*"[^"]*"\s*:\s*\[\s*\[/.test(sample.start),
      mapping: {
        format: { kind: 'baskets' },
        events: {
          user: 'user',
          item: 'item',
          order: 'basket',
          type: { value: 'purchase' },
          time: { column: 'share', format: 'share' },
        },
        items: mentioned('item'),
      },
    },
    {
      columns: ['TRANSACTION_DT', 'CUSTOMER_ID', 'PRODUCT_ID', 'AMOUNT', 'SALES_PRICE'],
      mapping: {
        events: {
          user: 'CUSTOMER_ID',
          item: 'PRODUCT_ID',
          type: { value: 'purchase' },
          time: { column: 'TRANSACTION_DT', format: 'm/d/yyyy' },
          quantity: 'AMOUNT',
        },
        items: { id: 'PRODUCT_ID', attributes: { categories: 'PRODUCT_SUBCLASS' }, onlyNew: true },
      },
    },
  ],
}

const myntra: Preset = {
  name: 'myntra',
  holds: 'a fashion catalogue (Myntra)',
  shapes: [
    {
      columns: ['ProductID', 'ProductName', 'ProductBrand', 'Gender', 'PrimaryColor'],
      mapping: {
        items: {
          id: 'ProductID',
          attributes: {
            title: 'ProductName',
            brand: 'ProductBrand',
            gender: 'Gender',
            price: { column: 'Price', as: 'number' },
            description: { column: 'Description', as: 'html' },
            color: 'PrimaryColor',
          },
        },
      },
    },
  ],
}

const lightgcn: Preset = {
  name: 'lightgcn',
  holds: 'lists without times: `user item item …` a line, or `user item rating`',
  shapes: [
    {
      fits: (sample) => numberTable(sample, 3),
      mapping: {
        format: { kind: 'spaces', columns: ['user', 'item', 'rating'] },
        events: {
          user: 'user',
          item: 'item',
          rating: 'rating',
          type: { value: 'conversion' },
          time: { unknown: true },
        },
        items: mentioned('item'),
      },
    },
    {
      fits: (sample) => sample.lines.length > 0 && words(sample).every(allNumbers),
      mapping: {
        format: { kind: 'lists' },
        events: {
          user: 'user',
          item: 'item',
          type: { value: 'conversion' },
          time: { column: 'share', format: 'share' },
        },
        items: mentioned('item'),
      },
    },
  ],
}

/** The first shape that fits a file is its own: what can be told by names stands before what is told by looks. */
export const presets: readonly Preset[] = [
  haggle,
  retailrocket,
  yoochoose,
  onlineRetail,
  amazon,
  tafeng,
  myntra,
  movielens,
  lightgcn,
]
