/** What shoppers type: a shelf's name, at times with a brand, a style or a colour in mind, at times misspelt. */
import type { Rng } from '../base/rng.ts'
import { colours, shelves, styles } from './goods.ts'
import { likingAt, type Shopper } from './shoppers.ts'
import type { SearchTerms } from './storefront.ts'
import type { World } from './world.ts'

const rates = { brand: 0.22, style: 0.1, colour: 0.12, misspelt: 0.07 }

export interface Searcher {
  readonly world: World
  readonly shopper: Shopper
  readonly rng: Rng
  readonly timeMs: number
}

/** `shelf` must not be empty. */
export function searchTerms({ world, shopper, rng, timeMs }: Searcher, shelf: number): SearchTerms {
  // They have something in mind: the best of three of the shelf's products.
  const ideal = [0, 1, 2]
    .map(() => rng.pick(world.onShelf(shelf)))
    .reduce((a, b) => (likingAt(shopper, a, timeMs) > likingAt(shopper, b, timeMs) ? a : b))
  const brand = rng.next() < rates.brand ? ideal.brand : -1
  const style = rng.next() < rates.style ? ideal.style : -1
  const colour = rng.next() < rates.colour ? ideal.colour : -1
  const words = [
    brand < 0 ? '' : (ideal.record.brand as string),
    style < 0 ? '' : styles[style][0],
    colour < 0 ? '' : colours[colour][0],
    shelves[shelf].path[2],
  ]
  const text = words
    .filter((word) => word !== '')
    .join(' ')
    .toLowerCase()
  const spelt = rng.next() >= rates.misspelt
  return { shelf, brand, style, colour, spelt, text: spelt ? text : misspelt(rng, text) }
}

/** The shelf and nothing else: what is typed where more words found nothing. */
export function plainTerms(shelf: number): SearchTerms {
  return { shelf, brand: -1, colour: -1, style: -1, spelt: true, text: shelves[shelf].path[2].toLowerCase() }
}

/** Two letters changed places, one left out, or one typed twice. */
function misspelt(rng: Rng, text: string): string {
  const at = 1 + rng.int(Math.max(1, text.length - 2))
  const [before, here, next] = [text.slice(0, at), text[at] ?? '', text[at + 1] ?? '']
  const rest = text.slice(at + 2)
  return [before + next + here + rest, before + next + rest, before + here + here + next + rest][rng.int(3)]
}
