import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type Encoding, readText } from './text-source.ts'

const folder = mkdtempSync(join(tmpdir(), 'haggle-text-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(bytes: Uint8Array, encoding: Encoding = 'utf-8'): Promise<string> {
  const file = join(folder, 'text')
  writeFileSync(file, bytes)
  let text = ''
  for await (const piece of readText(file, encoding)) text += piece
  return text
}

/** Longer than one piece of a file, so that letters are cut between pieces. */
const padding = 65_536

describe('text of a file', () => {
  it('comes whole, wherever its pieces cut a letter, and without a byte order mark', async () => {
    for (const letter of ['é', '€', '👍']) {
      for (let before = padding - 4; before <= padding; before++) {
        const text = `${'a'.repeat(before)}${letter}z`
        expect((await read(Buffer.from(text))) === text).toBe(true)
      }
    }
    expect(await read(Buffer.from('\uFEFFa'))).toBe('a')
  })

  it('with a byte that is no UTF-8 is refused by the place of the first one', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 })
    const bad = fc.constantFrom(
      [0xff],
      [0xc3, 0x28],
      [0xe2, 0x82, 0x28],
      [0xf0, 0x9f, 0x28],
      [0x80],
      [0xed, 0xa0, 0x80],
    )
    const check = async (start: string, bytes: readonly number[], end: string, pad: number) => {
      const before = Buffer.from('x'.repeat(pad) + start)
      const whole = Buffer.concat([before, Uint8Array.from(bytes), Buffer.from(end)])
      await expect(read(whole)).rejects.toThrow(`byte ${before.length} is no UTF-8`)
    }
    await fc.assert(fc.asyncProperty(text, bad, text, fc.constantFrom(0, padding - 3), check), { numRuns: 60 })
  })

  it('that ends within a letter is refused', async () => {
    await expect(read(Buffer.from([0x61, 0xe2, 0x82]))).rejects.toThrow('byte 1 is no UTF-8')
  })

  it('in Latin-1, as Windows writes it, has its accents, quotation marks and euros', async () => {
    expect(await read(Buffer.from([0xe9, 0xa3, 0x80, 0x93]), 'latin-1')).toBe('é£€“')
  })
})
