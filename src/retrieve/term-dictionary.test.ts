import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance } from './edit-distance.ts'
import { createTermDictionary } from './term-dictionary.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'ä', '手'), minLength: 1, maxLength: 8 })

describe('createTermDictionary', () => {
  it('finds every word by its beginning and by a beginning with one slip, also those added since', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 40 }), word, (words, prefix) => {
        const dictionary = createTermDictionary((text) => text)
        for (const [at, text] of words.entries()) {
          dictionary.add(text)
          if (at === 1) dictionary.withPrefix('a')
        }
        const texts = (terms: number[]): string[] => terms.map((term) => dictionary.text(term)).sort()
        expect(texts(dictionary.withPrefix(prefix))).toEqual(words.filter((text) => text.startsWith(prefix)).sort())
        // A Latin beginning is not sought among Chinese words.
        const latin = prefix.replaceAll('手', 'a')
        const near = words.filter((text) => editDistance(latin, text, 1, true) <= 1 && !/手/.test(text))
        const found = texts(dictionary.withPrefixNear(latin)).filter((text) => !/手/.test(text))
        expect(found).toEqual(near.sort())
      }),
      { seed: 6, numRuns: 1000 },
    )
  })

  it('knows the forms of a word and how a Chinese one sounds', () => {
    const dictionary = createTermDictionary((text) => text.replace(/s$/, ''))
    const [shoe, shoes, other] = ['shoe', 'shoes', 'other'].map((text) => dictionary.add(text))
    expect(dictionary.add('shoe')).toBe(shoe)
    expect(dictionary.termsOfStem(dictionary.stemOf(shoe)).sort()).toEqual([shoe, shoes])
    expect(dictionary.stemOf(other)).not.toBe(dictionary.stemOf(shoe))
    const phone = dictionary.add('手机')
    dictionary.addSound(phone, 'shouji')
    expect(dictionary.sounding('shouji', false)).toEqual([phone])
    expect(dictionary.sounding('shou', true)).toEqual([phone])
    expect(dictionary.sounding('shou', false)).toEqual([])
  })
})
