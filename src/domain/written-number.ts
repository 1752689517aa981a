/** Numbers as people write them, prices above all. */

/** `12,50`, `1.299,5`, `0,125`: thousands are set apart by three digits, and never by themselves behind a zero. */
const decimalComma = /^[+-]?(0,\d+|(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,}))$/

/**
 * `1299.5`, `$1,299.50`, and `1.299,50 €` where the comma can only be a decimal one; `1,299` is 1299 unless `decimal`
 * says otherwise. NaN where it is no number.
 */
export function readWrittenNumber(text: string, decimal: '.' | ',' = '.'): number {
  const bare = text.replace(/^\p{Sc}\s*|\s*\p{Sc}$/gu, '')
  const comma = decimal === ',' || decimalComma.test(bare)
  const plain = comma ? bare.replaceAll('.', '').replace(',', '.') : bare.replace(/,(?=\d{3}\b)/g, '')
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN
}
