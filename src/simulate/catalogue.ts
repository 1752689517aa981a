/**
 * The goods of the simulated shop: products with believable titles, brands, categories, prices and pictures.
 *
 * Next to the record a shop would publish, each product keeps what only the simulator knows: its quality, and
 * a hidden character (shared by a brand's line) that shoppers like or dislike and no attribute names. Hidden characters
 * are what behaviour can teach and content cannot.
 */
import { dayMs } from '../base/clock.ts'
import type { Rng } from '../base/rng.ts'
import type { ItemRecord } from '../domain/item.ts'
import {
  bookFirst,
  bookSecond,
  brandEndings,
  brandStems,
  colours,
  departments,
  genders,
  lineNames,
  type Shelf,
  shelves,
  styles,
} from './goods.ts'
import { inChinese } from './goods-in-chinese.ts'
import { picture } from './picture.ts'

/** Dimensions of the hidden character. */
export const hiddenFactors = 4

const brandsPerDepartment = 9
const linesPerBrand = 4
/** Share of the catalogue that is new within the simulated time. */
const launchShare = 0.12
/** In the order of `genders`. */
const wearers = ['', "Women's ", "Men's ", "Kids' "] as const
const seasonNames = ['winter', 'spring', 'summer', 'autumn'] as const

export interface SimulatedProduct {
  readonly index: number
  readonly record: ItemRecord
  /** Index into `shelves`, `colours` (-1 for none), `styles` and `genders`. */
  readonly shelf: number
  readonly colour: number
  readonly style: number
  readonly gender: number
  /** Dense number of the brand, below `brandCount`. */
  readonly brand: number
  readonly priceMinor: number
  /** Natural logarithm of the price over the shelf's usual price: about -1 to 1. */
  readonly tier: number
  /** Standard normal: how good it is to everyone. */
  readonly quality: number
  readonly hidden: Float32Array
  readonly createdAtMs: number
}

export interface CatalogueOptions {
  /** The simulated time; products come out before and during it. */
  readonly fromMs: number
  readonly untilMs: number
  /** Products that come out in the 30 days after it. */
  readonly upcoming?: number
  /** False leaves out `image`. */
  readonly pictures?: boolean
  /** True adds `zh`: what is said of it, in Chinese. */
  readonly chinese?: boolean
}

interface Brand {
  readonly name: string
  readonly tier: number
  readonly style: number
  readonly lines: readonly { readonly name: string; readonly hidden: Float32Array }[]
}

export const brandCount = departments.length * brandsPerDepartment

export function createProducts(rng: Rng, count: number, options: CatalogueOptions): SimulatedProduct[] {
  const brands = createBrands(rng.fork('brands'))
  const draw = rng.fork('products')
  const weights = shelves.map(() => 0.35 + draw.next())
  const total = count + (options.upcoming ?? 0)
  return Array.from({ length: total }, (_, index) => {
    // Every shelf has something before any has much.
    const shelf = index < Math.min(shelves.length, count) ? index : draw.weighted(weights)
    return createProduct(draw, index, shelf, brands, launchTime(draw, index >= count, options), options)
  })
}

function createBrands(rng: Rng): Brand[] {
  return departments.flatMap((department) => {
    const stems = rng.shuffle([...brandStems])
    return Array.from({ length: brandsPerDepartment }, (_, place) => {
      const names = rng.shuffle([...lineNames])
      return {
        name: stems[place] + rng.pick(brandEndings[department]),
        tier: rng.normal() * 0.35,
        style: rng.int(styles.length),
        lines: names.slice(0, linesPerBrand).map((name) => ({ name, hidden: normals(rng, 1) })),
      }
    })
  })
}

function normals(rng: Rng, spread: number): Float32Array {
  return Float32Array.from({ length: hiddenFactors }, () => rng.normal() * spread)
}

function launchTime(rng: Rng, upcoming: boolean, { fromMs, untilMs }: CatalogueOptions): number {
  if (upcoming) return untilMs + Math.floor(rng.next() * 30 * dayMs)
  if (rng.next() < launchShare) return fromMs + Math.floor(rng.next() * (untilMs - fromMs))
  return fromMs - Math.floor(-Math.log(1 - rng.next()) * 400 * dayMs)
}

function createProduct(
  rng: Rng,
  index: number,
  shelfIndex: number,
  brands: readonly Brand[],
  createdAtMs: number,
  options: CatalogueOptions,
): SimulatedProduct {
  const shelf = shelves[shelfIndex]
  const [department] = shelf.path
  // A department's first brands are its big ones: Zipf with exponent .7.
  const place = rng.weighted(Float64Array.from({ length: brandsPerDepartment }, (_, rank) => (rank + 1) ** -0.7))
  const brandIndex = departments.indexOf(department) * brandsPerDepartment + place
  const brand = brands[brandIndex]
  const line = rng.pick(brand.lines)
  const style = rng.next() < 0.6 ? brand.style : rng.int(styles.length)
  const colour = hasColour(shelf) ? rng.int(colours.length) : -1
  const gender = department === 'Fashion' ? 1 + rng.weighted([5, 4, 1]) : 0
  const priceMinor = retailPrice(shelf.price * Math.exp(brand.tier + rng.normal() * 0.25))
  const quality = rng.normal()
  const noise = normals(rng, 0.5)
  const traits = {
    index,
    shelf: shelfIndex,
    brand: brandIndex,
    colour,
    style,
    gender,
    priceMinor,
    tier: Math.log(priceMinor / 100 / shelf.price),
    quality,
    hidden: line.hidden.map((value, factor) => value * 0.9 + noise[factor]),
    createdAtMs,
  }
  const words = describe(rng, shelf, brand.name, line.name, traits)
  const rating = Math.min(5, Math.max(1, 4 + 0.45 * quality + rng.normal() * 0.2))
  return { ...traits, record: createRecord(traits, shelf, brand.name, words, rating, options) }
}

type Traits = Omit<SimulatedProduct, 'record'>
interface Words {
  readonly title: string
  readonly description: string
  /** Which of the shelf's nouns and materials, and which of the style's adjectives. */
  readonly noun: number
  readonly material: number
  readonly adjective: number
  readonly line: string
  readonly book: readonly [first: number, second: number] | null
}

/** What is used up comes in one colour, clothes apart. */
function hasColour({ path: [department], rebuyDays }: Shelf): boolean {
  return department === 'Fashion' || !(department === 'Books' || department === 'Beauty' || rebuyDays !== null)
}

/** Prices people are used to: 4.49, 23.90, 149.00. */
function retailPrice(price: number): number {
  if (price < 10) return Math.max(99, Math.round(price * 2) * 50 - 1)
  return price < 100 ? Math.round(price) * 100 - 10 : Math.round(price / 5) * 500 - 100
}

function describe(rng: Rng, shelf: Shelf, brand: string, line: string, traits: Traits): Words {
  const [, adjectives, mood, sentence] = styles[traits.style]
  const adjective = rng.int(adjectives.length)
  const which = rng.int(shelf.nouns.length)
  const noun = shelf.nouns[which]
  const material = rng.int(shelf.materials.length)
  const drawn = { noun: which, material, adjective, line }
  if (shelf.path[0] === 'Books' && shelf.path[1] !== 'Paper') {
    const book = [rng.int(bookFirst.length), rng.int(bookSecond.length)] as const
    return {
      ...drawn,
      book,
      title: `The ${bookFirst[book[0]]} ${bookSecond[book[1]]}: A ${mood} ${capitalise(noun)}`,
      description: `A ${mood.toLowerCase()} ${noun}, ${shelf.materials[material]}, from ${brand}'s ${line} series.`,
    }
  }
  const colour = traits.colour < 0 ? '' : `, ${colours[traits.colour][0]}`
  const wearer = wearers[traits.gender]
  return {
    ...drawn,
    book: null,
    title: `${brand} ${line} ${wearer}${adjectives[adjective]} ${capitalise(noun)}${colour}`,
    description: `${capitalise(noun)} from ${brand}'s ${line} line. Made of ${shelf.materials[material]}. ${sentence}`,
  }
}

function capitalise(text: string): string {
  return text.replace(/(^|\s)[a-z]/g, (letter) => letter.toUpperCase())
}

function createRecord(
  traits: Traits,
  shelf: Shelf,
  brand: string,
  words: Words,
  rating: number,
  { pictures = true, chinese = false }: CatalogueOptions,
): ItemRecord {
  const [lvl0, group, name] = shelf.path
  const season = shelf.peakMonth === null ? null : seasonNames[Math.floor(((shelf.peakMonth + 1) % 12) / 3)]
  const [colourName, colour] = colours[traits.colour < 0 ? traits.index % colours.length : traits.colour]
  return {
    objectID: `P${String(traits.index + 1).padStart(5, '0')}`,
    title: words.title,
    description: words.description,
    brand,
    categories: [...shelf.path],
    hierarchicalCategories: { lvl0, lvl1: `${lvl0} > ${group}`, lvl2: `${lvl0} > ${group} > ${name}` },
    price: traits.priceMinor / 100,
    ...(traits.colour < 0 ? {} : { color: colourName }),
    material: shelf.materials[words.material],
    style: styles[traits.style][0],
    ...(traits.gender === 0 ? {} : { gender: genders[traits.gender] }),
    ...(season === null ? {} : { season }),
    inStock: true,
    createdAt: new Date(traits.createdAtMs).toISOString(),
    rating: Math.round(rating * 10) / 10,
    ...(pictures ? { image: picture({ shelf: name, noun: words.noun, colour, style: traits.style }) } : {}),
    ...(chinese ? { zh: inChinese({ ...traits, ...words, brand, season }) } : {}),
  }
}
