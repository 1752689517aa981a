/**
 * Keeps a shop's text exactly as it came, where a database would cut or change it.
 *
 * Databases end a text at the character NUL (SQLite's driver) or refuse it (PostgreSQL), and neither holds half a
 * surrogate pair. Such characters are written as U+001A and four hex digits, and U+001A itself likewise.
 */
const unsafe = /[\0\x1a\ud800-\udfff]/u
const everyUnsafe = /[\0\x1a\ud800-\udfff]/gu
const escaped = /\x1a([0-9a-f]{4})/g

export function encodeText(text: string): string {
  if (!unsafe.test(text)) return text
  return text.replace(everyUnsafe, (character) => `\x1a${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function decodeText(text: string): string {
  if (!text.includes('\x1a')) return text
  return text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
