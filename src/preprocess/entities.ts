/**
 * Reads a text as a browser would show it: `Tom &amp; Jerry` is "Tom & Jerry", and `<b>` is no word.
 *
 * An entity becomes its character, a tag a blank; `offsets[i]` is where character i of the reading stands in the text as
 * given, with one more entry for its end, and `null` where the two are the same. Placeholders (`<number>`) stay.
 */
export interface Decoded {
  readonly text: string
  readonly offsets: Int32Array | null
  /** Where placeholders begin in `text`. */
  readonly placeholders: ReadonlySet<number>
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: ' ',
  gt: ' ',
  quot: '"',
  apos: "'",
  rsquo: '’',
  lsquo: '’',
  ldquo: '“',
  rdquo: '”',
  szlig: 'ß',
  aelig: 'æ',
  oelig: 'œ',
}
const marks: Readonly<Record<string, string>> = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  uml: '\u0308',
  tilde: '\u0303',
  cedil: '\u0327',
  ring: '\u030a',
  caron: '\u030c',
  slash: '',
}
const markup = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));|<(\/?[a-z!][^<>]*)>/gi
const accented = /^([a-z])(acute|grave|circ|uml|tilde|cedil|ring|caron|slash)$/i
const nothing: ReadonlySet<number> = new Set()

export function decodeEntities(text: string, placeholderNames: ReadonlySet<string>): Decoded {
  if (!/[&<]/.test(text)) return { text, offsets: null, placeholders: nothing }
  let reading = ''
  const offsets: number[] = []
  const placeholders = new Set<number>()
  let end = 0
  const copy = (to: number): void => {
    for (let at = end; at < to; at++) offsets.push(at)
    reading += text.slice(end, to)
  }
  for (const match of text.matchAll(markup)) {
    const [whole, decimal, hexadecimal, name, tag] = match
    copy(match.index)
    end = match.index
    if (tag !== undefined && placeholderNames.has(whole.toLowerCase())) {
      placeholders.add(reading.length)
      copy(match.index + whole.length)
    } else {
      const shown = tag === undefined ? character(decimal, hexadecimal, name) : ' '
      for (let at = 0; at < shown.length; at++) offsets.push(match.index)
      reading += shown
    }
    end = match.index + whole.length
  }
  copy(text.length)
  offsets.push(text.length)
  return { text: reading, offsets: Int32Array.from(offsets), placeholders }
}

function character(decimal: string | undefined, hexadecimal: string | undefined, name: string): string {
  const code = decimal === undefined ? (hexadecimal === undefined ? null : parseInt(hexadecimal, 16)) : Number(decimal)
  if (code !== null)
    return code > 31 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ' '
  const letter = accented.exec(name)
  if (letter !== null) return letter[1] + marks[letter[2].toLowerCase()]
  return named[name] ?? ' '
}
