/**
 * JSON from outside, no deeper than anything of ours goes: what walks through it later may call itself.
 *
 * Depth is counted on the text, before anything is built; 10 MB take some 20 ms.
 */
const deepest = 64

/** @throws `SyntaxError` as `JSON.parse` does, and where it goes too deep. */
export function parseJson(text: string): unknown {
  checkDepth(text)
  return JSON.parse(text)
}

/** @throws `SyntaxError` */
export function checkDepth(text: string): void {
  if (isDeep(text)) throw new SyntaxError(`more than ${deepest} levels within each other`)
}

function isDeep(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quoted) {
      if (code === backslash) at++
      else if (code === quote) quoted = false
    } else if (code === quote) quoted = true
    else if (code === bracket || code === brace) {
      if (++depth > deepest) return true
    } else if (code === bracketEnd || code === braceEnd) depth--
  }
  return false
}

const [quote, backslash, bracket, bracketEnd, brace, braceEnd] = Array.from('"\\[]{}', (sign) => sign.charCodeAt(0))
