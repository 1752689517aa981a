/**
 * A small picture for a product that has no photograph: a flat shape for its department, in the product's own colour.
 *
 * SVG as a data URI, under 1 kB, so that a demo page needs no image server.
 */
const shapes: Readonly<Record<string, string>> = {
  Fashion: '<path d="M36 30l-18 12 8 16 10-5v37h48V53l10 5 8-16-18-12c-4 8-44 8-48 0z"/>',
  Home: '<path d="M44 24h32l14 34H30z"/><path d="M57 58h6v26h-6zM42 84h36v6H42z" opacity=".6"/>',
  Kitchen:
    '<path d="M28 50h64v26a14 14 0 0 1-14 14H42a14 14 0 0 1-14-14z"/>' +
    '<path d="M24 42h72v6H24zM54 34h12v6H54z" opacity=".6"/>',
  Electronics:
    '<rect x="40" y="20" width="40" height="76" rx="8"/><path d="M45 30h30v52H45z" fill="#fff" opacity=".35"/>',
  Outdoor: '<path d="M60 26L18 92h84z"/><path d="M60 52L44 92h32z" fill="#fff" opacity=".4"/>',
  Beauty: '<rect x="42" y="46" width="36" height="48" rx="7"/><path d="M52 24h16v18H52z" opacity=".6"/>',
  Books:
    '<path d="M30 26h52a8 8 0 0 1 8 8v62H38a8 8 0 0 1-8-8z"/>' +
    '<path d="M40 40h36v5H40zM40 51h24v5H40z" fill="#fff" opacity=".6"/>',
  Toys:
    '<rect x="26" y="58" width="34" height="34" rx="4"/>' +
    '<circle cx="80" cy="75" r="17" opacity=".7"/><path d="M52 22l20 32H32z" opacity=".85"/>',
  Garden:
    '<path d="M40 64h40l-6 32H46z"/>' +
    '<path d="M60 62C38 56 36 36 40 26c16 4 22 18 20 36zM62 62c0-18 8-28 20-32 4 14-4 28-20 32z" opacity=".7"/>',
  Sports:
    '<circle cx="60" cy="60" r="34"/>' +
    '<path d="M26 60c22-10 46-10 68 0M60 26c-10 22-10 46 0 68" fill="none" stroke="#fff" stroke-width="4"/>',
}

export interface PictureOptions {
  readonly department: string
  /** `#rrggbb`. */
  readonly colour: string
  /** Any number; turns the background's hue a little, so that neighbours differ. */
  readonly variant: number
}

export function picture({ department, colour, variant }: PictureOptions): string {
  const hue = (variant * 47) % 360
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">',
    `<rect width="120" height="120" fill="hsl(${hue} 30% 91%)"/><ellipse cx="60" cy="99" rx="38" ry="5" opacity=".1"/>`,
    `<g fill="${colour}">${shapes[department] ?? shapes.Toys}</g></svg>`,
  ].join('')
  // Only what a data URI cannot hold is escaped: the rest stays readable and short.
  return `data:image/svg+xml,${svg.replaceAll('"', "'").replace(/[#<>%]/g, encodeURIComponent)}`
}
