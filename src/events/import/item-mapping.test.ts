import { describe, expect, it } from 'vitest'
import { textOf } from './field.ts'
import { compileItems } from './item-mapping.ts'
import { plainText } from './plain-text.ts'

describe('what a column holds', () => {
  it('that is missing is written in many ways', () => {
    for (const value of ['', ' ', 'NaN', 'NULL', '\\N', null, undefined, Number.NaN, [], {}])
      expect(textOf(value)).toBeNull()
    expect([textOf(0), textOf(5n), textOf(false)]).toEqual(['0', '5', 'false'])
  })
})

describe('a description', () => {
  it('is the text a reader would see', () => {
    expect(plainText('<p>Caf&eacute;&nbsp;&amp; bar</p><script>x < y</script><br/>&#8364;5 &#x26; 3 < 4')).toBe(
      'Café & bar €5 & 3 < 4',
    )
    expect(plainText('  plain\n text ')).toBe('plain text')
    expect(plainText('&unknown; &#0;')).toBe('&unknown;')
  })
})

describe('a mapping of items', () => {
  it('keeps each column under its attribute, cleaned as said, and the rest under its own name', () => {
    const read = compileItems({
      id: 'sku',
      attributes: {
        title: { column: 'name', as: 'html' },
        price: { column: 'cost', as: 'number' },
        categories: { column: 'path', as: 'list', separator: '/' },
        image: { column: 'images', as: 'first' },
        inStock: { column: 'stock', as: 'boolean' },
        createdAt: { column: 'since', as: 'date', format: 'dd/mm/yyyy' },
        colours: { flags: { red: 'Red', blue: 'Blue' } },
        source: { value: 'crawl' },
      },
      rest: true,
    })
    const row = {
      sku: 7,
      name: '<b>Boot</b>',
      cost: '$9.50',
      path: 'Shoes/Boots',
      images: ['1.jpg', '2.jpg'],
      stock: 'no',
      since: '01/02/2024',
      red: '1',
      blue: '0',
      weight: 2,
      note: '',
    }
    expect(read(row)).toEqual({
      problem: null,
      record: {
        objectID: '7',
        title: 'Boot',
        price: 9.5,
        categories: ['Shoes', 'Boots'],
        image: '1.jpg',
        inStock: false,
        createdAt: '2024-02-01T00:00:00.000Z',
        colours: ['Red'],
        source: 'crawl',
        weight: 2,
      },
    })
  })

  it('makes no record without an id, which is an error, or without what it requires, which is none', () => {
    const read = compileItems({
      id: 'sku',
      attributes: { price: { column: 'cost', as: 'number' } },
      require: ['price'],
    })
    expect(read({ cost: 1 })).toEqual({ record: null, problem: 'there is no item id' })
    expect(read({ sku: 'a', cost: 'ask' })).toEqual({ record: null, problem: null })
  })
})
