/** Two hashes of 32 bits of a list of texts, each text with a number of its own: alike only where the texts are. */
export function hashTexts(texts: readonly { readonly field: number; readonly text: string }[]): [number, number] {
  let one = 0x811c9dc5
  let two = 0x9747b28c
  for (const { field, text } of texts) {
    one = Math.imul(one ^ (field + 0x100), 0x01000193)
    two = Math.imul(two ^ (field + 0x100), 0x5bd1e995)
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      one = Math.imul(one ^ code, 0x01000193)
      two = Math.imul(two ^ code, 0x5bd1e995)
      two ^= two >>> 15
    }
  }
  return [one >>> 0, two >>> 0]
}
