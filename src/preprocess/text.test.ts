import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenise } from './text.ts'

describe('tokenise', () => {
  it('folds case, accents, compatibility forms and apostrophes', () => {
    expect(tokenise('Crème BRÛLÉE — Men’s ｆｕｌｌ')).toEqual(['creme', 'brulee', 'mens', 'full'])
    expect(tokenise('Straße Smørrebrød Łódź')).toEqual(['strasse', 'smorrebrod', 'lodz'])
  })

  it('keeps numbers whole and letters with digits together', () => {
    expect(tokenise('iPhone15 6.7" 1,5 l, 100%')).toEqual(['iphone15', '6.7', '1,5', 'l', '100'])
  })

  it('takes Chinese as pairs of characters, also beside Latin words', () => {
    expect(tokenise('苹果手机壳 iPhone 红')).toEqual(['苹果', '果手', '手机', '机壳', 'iphone', '红'])
    expect(tokenise('送iphone手机')).toEqual(['送', 'iphone', '手机'])
  })

  it('keeps scripts whose vowels are marks', () => {
    expect(tokenise('हिन्दी 한국어')).toEqual(['हिन्दी', '한국어'])
  })

  it('leaves stop words out unless nothing else is there', () => {
    expect(tokenise('The cup of tea')).toEqual(['cup', 'tea'])
    expect(tokenise('To be or')).toEqual(['to', 'be', 'or'])
    expect(tokenise(' – ! ')).toEqual([])
  })

  it('finds in its own words nothing new', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('Ωmega', 'naïve', '3.5', 'x9', 'DÉJÀ', 'œuf')), (words) => {
        const once = tokenise(words.join(' '))
        expect(tokenise(once.join(' '))).toEqual(once)
      }),
    )
  })
})
