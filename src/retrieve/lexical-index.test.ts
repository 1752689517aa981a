import { describe, expect, it } from 'vitest'
import { createRng } from '../base/rng.ts'
import type { ItemId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { addBit, emptyBits } from './bits.ts'
import type { LexicalSettings, SearchOptions } from './lexical.ts'
import { createLexicalIndex } from './lexical-index.ts'

type Fields = { [attribute: string]: Json }

function indexOf(records: Readonly<Record<string, Fields | string>>, settings: Partial<LexicalSettings> = {}) {
  const index = createLexicalIndex(settings)
  for (const [id, fields] of Object.entries(records)) {
    index.put(id as ItemId, { objectID: id, ...(typeof fields === 'string' ? { title: fields } : fields) })
  }
  const ids = (query: string, options: Partial<SearchOptions> = {}) =>
    index.search(query, { limit: 20, ...options }).answers.map(({ itemId }) => itemId as string)
  return { index, ids }
}

describe('the lexical index', () => {
  it('forgives slips, also in first letters, and takes the likelier correction', () => {
    const { ids } = indexOf({
      a: 'Wireless Headphones',
      b: 'Wooden Table',
      c: 'Running Shoes',
      d: 'Ocean Shore Poster',
    })
    for (const typed of ['headphoes', 'eadphones', 'ehadphones', 'hedphons', 'wireles haedphones', 'xheadphones']) {
      expect(ids(typed), typed).toEqual(['a'])
    }
    expect(ids('running sheos')).toEqual(['c'])
    expect(ids('headphoes', { typoTolerance: false, removeWordsIfNoResults: 'none' })).toEqual([])
    expect(ids('tabel', { disableTypoToleranceOnWords: ['tabel'] })).toEqual([])
  })

  it('knows the words of a query from another one, until the catalogue or what is set changes', () => {
    const { index, ids } = indexOf({ a: 'red shoe', b: 'red shoes', c: 'blue shoe' })
    const onlyB = emptyBits(3)
    addBit(onlyB, index.slotOf('b' as ItemId) as number)
    expect(ids('red shoe', { allowed: onlyB })).toEqual(['b'])
    expect(ids('red shoe').sort()).toEqual(['a', 'b'])
    expect(index.search('red shoe', { limit: 0 })).toMatchObject({ answers: [], total: 2 })
    expect(index.lookups).toEqual({ hits: 2, misses: 1 })
    index.put('d' as ItemId, { objectID: 'd', title: 'Red Shoe' })
    expect(ids('red shoe').sort()).toEqual(['a', 'b', 'd'])
    index.put('e' as ItemId, { objectID: 'e', title: '' })
    index.remove('d' as ItemId)
    expect(ids('red shoe').sort()).toEqual(['a', 'b'])
    expect(ids('red shoe', { ignorePlurals: false, queryType: 'prefixNone' })).toEqual(['a'])
    index.configure({ ignorePlurals: false, queryType: 'prefixNone' })
    expect(ids('red shoe')).toEqual(['a'])
    expect(index.lookups).toEqual({ hits: 2, misses: 5 })
  })

  it('finds words written apart and together, compounds and units in every way', () => {
    const { ids } = indexOf({
      a: 'Sony WH-1000XM4',
      b: 'Head Phones for Kids',
      c: 'Headphones Pro',
      d: 'Shampoo 500ml',
      e: 'Balm 500 ml',
      f: 'T-Shirt',
      g: 'Lamp 50 ml',
    })
    for (const typed of ['wh-1000xm4', 'wh1000xm4', 'wh 1000xm4', 'WH1000']) expect(ids(typed), typed).toEqual(['a'])
    for (const typed of ['headphones', 'head phones']) expect(ids(typed).sort(), typed).toEqual(['b', 'c'])
    for (const typed of ['500ml', '500 ml', '500 millilitres']) expect(ids(typed).sort(), typed).toEqual(['d', 'e'])
    for (const typed of ['tshirt', 't-shirt', 't shirt', 'T-shirts']) expect(ids(typed), typed).toEqual(['f'])
  })

  it('finds Chinese by words, single characters and sounds, apart or not, traditional or not', () => {
    const { ids } = indexOf({
      a: '苹果手机壳防摔',
      b: '手机 壳 红色',
      c: '華為手機殼',
      d: 'Nike运动鞋男',
      e: '二手书',
      f: '充电宝大容量',
      g: '苹果手机保护壳',
    })
    for (const typed of ['手机壳', '手机 壳', '手機殼', 'shoujike', 'shouji ke']) {
      expect(ids(typed).slice(0, 3).sort(), typed).toEqual(['a', 'b', 'c'])
    }
    expect(ids('手机保护')).toEqual(['g'])
    expect(ids('鞋')).toEqual(['d'])
    expect(ids('男鞋').length).toBe(1)
    expect(ids('nike运动鞋')).toEqual(['d'])
    expect(ids('nikee 运动鞋')).toEqual(['d'])
    expect(ids('chongdianbao')).toEqual(['f'])
    expect(ids('充宝电')).toEqual(['f'])
    expect(ids('ＮＩＫＥ')).toEqual(['d'])
  })

  it('ranks what is more telling first: the title, all words, words as typed, words side by side', () => {
    const { ids } = indexOf(
      {
        inText: { title: 'Lamp', description: 'Made of red and of clear glass' },
        apart: { title: 'Red lamp with a foot of glass', description: '' },
        near: { title: 'Red glass lamp', description: '' },
        beginning: { title: 'Glassware, reddish', description: '' },
      },
      { searchableAttributes: ['title', 'unordered(description)'] },
    )
    expect(ids('red glass')).toEqual(['near', 'apart', 'inText'])
    expect(ids('glass')[0]).toBe('near')
    expect(ids('glass').at(-1)).toBe('inText')
    expect(ids('red glass', { restrictSearchableAttributes: ['description'] })).toEqual(['inText'])
  })

  it('orders equals as the shop does, then always the same way, which is not the order of ids', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`id${String(at).padStart(2, '0')}`, 'Red Dress']),
    )
    const { index, ids } = indexOf(many)
    const found = ids('red dress', { limit: 30 })
    expect(found).not.toEqual([...found].sort())
    const shuffled = indexOf(Object.fromEntries(createRng(1).shuffle(Object.entries(many))))
    expect(shuffled.ids('red dress', { limit: 30 })).toEqual(found)
    const prefer = (a: number, b: number) => (index.idOf(a) as string).localeCompare(index.idOf(b) as string)
    expect(ids('red dress', { limit: 30, prefer })).toEqual([...found].sort())
    expect(ids('', { limit: 30, prefer })).toEqual([...found].sort())
  })

  it('follows the criteria it is given', () => {
    const { ids } = indexOf({
      slip: 'Fancy Shoe Shoe',
      exact: 'Shop of fancy things and a long way from any of them shore',
      other: 'Shoe',
    })
    expect(ids('fancy shore', { criteria: ['typo', 'proximity'], typosBelow: 9 })).toEqual(['exact', 'slip'])
    expect(ids('fancy shore', { criteria: ['proximity', 'typo'], typosBelow: 9 })).toEqual(['slip', 'exact'])
    expect(ids('fancy shore', { typoTolerance: 'min' })).toEqual(['exact'])
  })

  it('lets words go where no product has them all, as it is told to', () => {
    const { ids } = indexOf({ a: 'Red Dress', b: 'Blue Dress', c: 'Red Car' })
    // A word that had to be guessed may be wrong in more than one way: the first page is filled.
    expect(ids('red dress umbrella')).toEqual(['a', 'c', 'b'])
    expect(ids('umbrella dress red', { removeWordsIfNoResults: 'lastWords' })).toEqual([])
    expect(ids('dress umbrella red', { removeWordsIfNoResults: 'lastWords' }).sort()).toEqual(['a', 'b'])
    expect(ids('dress umbrella red', { removeWordsIfNoResults: 'firstWords' }).sort()).toEqual(['a', 'c'])
    expect(ids('red dress umbrella', { removeWordsIfNoResults: 'none' })).toEqual([])
    expect(ids('red dress umbrella', { removeWordsIfNoResults: 'none', optionalWords: ['umbrella'] })).toEqual(['a'])
    expect(ids('the dress for you').sort()).toEqual(['a', 'b'])
    expect(ids('red dress', { matching: 'any' }).sort()).toEqual(['a', 'b', 'c'])
    expect(ids('red dress', { matching: 'any' })[0]).toBe('a')
  })

  it('takes phrases and exclusions only where advanced syntax is on', () => {
    const { ids } = indexOf({ a: 'red wool dress', b: 'red dress wool', c: 'dress' })
    expect(ids('"red dress"', { advancedSyntax: true })).toEqual(['b'])
    expect(ids('"red dress"').length).toBe(2)
    expect(ids('dress -wool', { advancedSyntax: true })).toEqual(['c'])
    expect(ids('dress -"red dress"', { advancedSyntax: true }).sort()).toEqual(['a', 'c'])
    expect(ids('-wool', { advancedSyntax: true })).toEqual(['c'])
  })

  it('knows the synonyms of the shop', () => {
    const { ids, index } = indexOf(
      {
        sofa: 'Leather Sofa',
        couch: 'Velvet Couch',
        tv: 'Television Table',
        phone: 'iPhone 15',
        street: '<street> map',
        box: 'Box',
      },
      {
        synonymList: [
          { type: 'synonym', synonyms: ['sofa', 'couch'] },
          { type: 'onewaysynonym', input: 'smartphone', synonyms: ['iphone'] },
          { type: 'synonym', synonyms: ['tv stand', 'television table'] },
          { type: 'altcorrection1', word: 'crate', corrections: ['box'] },
          { type: 'placeholder', placeholder: '<street>', replacements: ['broadway', 'fifth avenue'] },
        ],
      },
    )
    expect(ids('couch')).toEqual(['couch', 'sofa'])
    expect(ids('sofas').sort()).toEqual(['couch', 'sofa'])
    expect(ids('smartphone')).toEqual(['phone'])
    expect(ids('iphone')).toEqual(['phone'])
    expect(ids('tv stand')).toEqual(['tv'])
    expect(ids('crate')).toEqual(['box'])
    expect(index.search('crate', { limit: 1 }).answers[0].typos).toBe(1)
    expect(ids('broadway map')).toEqual(['street'])
    expect(ids('fifth avenue map')).toEqual(['street'])
    expect(ids('couch', { synonyms: false })).toEqual(['couch'])
  })

  it('sees a change at once, and says when products must be put again', () => {
    const { index, ids } = indexOf({ a: 'Red Dress' })
    index.put('a' as ItemId, { objectID: 'a', title: 'Blue Coat' })
    expect(ids('dress')).toEqual([])
    expect(ids('coat')).toEqual(['a'])
    index.remove('a' as ItemId)
    expect([index.size, ids('coat'), ids('')]).toEqual([0, [], []])
    expect(index.configure({ typoTolerance: false })).toBe(false)
    expect(index.configure({ languages: ['de'] })).toBe(true)
    index.put('a' as ItemId, { objectID: 'a', title: 'Gartenstühle' })
    expect(ids('gartenstuhl')).toEqual(['a'])
  })

  it('comes back from its bytes, and refuses those of other settings', () => {
    const { index, ids } = indexOf({ a: { title: 'Red Dress', maker: 'Acme' }, b: '手机壳', c: 'gone' })
    index.remove('c' as ItemId)
    const again = createLexicalIndex()
    again.load(index.serialise())
    for (const query of ['red dres', 'shoujike', 'acme', '手机', 'gone']) {
      expect(again.search(query, { limit: 9 }).answers, query).toEqual(index.search(query, { limit: 9 }).answers)
    }
    again.put('d' as ItemId, { objectID: 'd', title: 'Red Hat', maker: 'Acme' })
    expect(again.search('acme hat', { limit: 9 }).total).toBe(1)
    expect(ids('acme')).toEqual(['a'])
    expect(() => createLexicalIndex({ languages: ['fr'] }).load(index.serialise())).toThrow(/other settings/)
    expect(() => again.load(index.serialise().slice(0, 60))).toThrow(/cannot be read/)
  })

  it('keeps its memory while products come and go', () => {
    const index = createLexicalIndex()
    const rng = createRng(2)
    const name = () => Array.from({ length: 7 }, () => String.fromCharCode(97 + rng.int(26))).join('')
    for (let round = 0; round < 25; round++) {
      for (let at = 0; at < 300; at++) {
        index.put(`p${at}` as ItemId, { objectID: `p${at}`, title: `${name()} ${name()} shoe`, text: name() })
      }
    }
    // 22,500 different words passed through, 900 are in use: they were swept once.
    expect(index.reader.termCount).toBeLessThan(20_001)
    expect(index.search('shoe', { limit: 1 }).total).toBe(300)
  })
})
