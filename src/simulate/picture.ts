/**
 * A small picture for a product that has no photograph: what it is, in the product's own colour, on a ground that goes
 * with its style.
 *
 * SVG as a data URI, under 2 kB, so that a page needs no image server. The same attributes give the same bytes.
 */
import { forms } from './picture-forms.ts'

export interface PictureOptions {
  /** Name of the shelf; one that is not drawn shows a parcel. */
  readonly shelf: string
  /** Which of the shelf's nouns it is. */
  readonly noun: number
  /** `#rrggbb`. */
  readonly colour: string
  /** Any number; chooses the ground. */
  readonly style: number
}

/** Hue and saturation of the grounds. */
const grounds = [
  [210, 16],
  [36, 34],
  [95, 18],
  [340, 40],
  [75, 26],
  [190, 30],
  [22, 42],
  [265, 24],
] as const
const parcel =
  '<path class="c" d="M24 46l36-16 36 16v38L60 100 24 84z"/><path class="l" d="M24 46l36-16 36 16-36 16z"/>' +
  '<path class="n" d="M60 62v38M42 38l36 16v14"/>'

export function picture({ shelf, noun, colour, style }: PictureOptions): string {
  const [hue, saturation] = grounds[style % grounds.length]
  const drawings = forms[shelf] ?? [parcel]
  const shadow = shade(colour, -0.38)
  const ground = (lightness: number) => `hsl(${hue} ${saturation}% ${lightness}%)`
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">',
    `<rect width="120" height="120" fill="${ground(92)}"/><circle cx="60" cy="58" r="47" fill="${ground(96)}"/>`,
    `<ellipse cx="60" cy="99" rx="42" ry="5" fill="${ground(78)}"/>`,
    `<g stroke="${shadow}" stroke-width="1.3" stroke-linejoin="round" stroke-linecap="round">`,
    paint(drawings[noun % drawings.length], colour, shadow),
    '</g></svg>',
  ].join('')
  // Only what a data URI cannot hold is escaped: the rest stays readable and short.
  return `data:image/svg+xml,${svg.replaceAll('"', "'").replace(/[#<>%]/g, encodeURIComponent)}`
}

/** A picture has no style sheet of its own: what is written as a class becomes the attributes it stands for. */
function paint(drawing: string, colour: string, shadow: string): string {
  const attributes: Readonly<Record<string, string>> = {
    c: `fill="${colour}"`,
    d: `fill="${shade(colour, -0.24)}"`,
    l: `fill="${shade(colour, 0.42)}"`,
    w: 'fill="#fffdf8"',
    n: 'fill="none" stroke-opacity=".75"',
    o: `fill="none" stroke="${shadow}" stroke-width="2"`,
    'o w2': `fill="none" stroke="${shade(colour, 0.42)}" stroke-width="2"`,
    s: '',
    e: `fill="${shadow}"`,
    g: 'fill="#5f9460" stroke="#3c6b45"',
  }
  return drawing
    .replace(/ class="([^"]+)"/g, (_, name: string) => (attributes[name] === '' ? '' : ` ${attributes[name]}`))
    .replaceAll('$c', colour)
    .replaceAll('$d', shadow)
}

/** Towards white for a positive share, towards black for a negative one. */
function shade(colour: string, share: number): string {
  const target = share < 0 ? 20 : 255
  const channels = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16)
    return Math.round(value + (target - value) * Math.abs(share))
  })
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
