import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { type Json, readItem } from '../domain/item.ts'
import { facetValues } from './condition.ts'
import { compileFilter, compilePreference, type FilterParameters } from './filter.ts'

const itemOf = (record: Record<string, Json>) => readItem('shop' as CatalogueId, { objectID: 'A1', ...record })
const passes = (parameters: FilterParameters, record: Record<string, Json>) => compileFilter(parameters)(itemOf(record))

const boot: Record<string, Json> = {
  brand: 'Acme & Sons',
  price: 49.5,
  inStock: true,
  colours: ['Red', 'dark blue'],
  size: { eu: [41, 42], label: 'M' },
  variants: [
    { sku: 'x1', stock: 0 },
    { sku: 'x2', stock: 7 },
  ],
  'a.b': 'literal',
  _tags: ['sale', 'New In'],
  note: null,
}

describe('filters', () => {
  it.each([
    ['', true],
    ['brand:"acme & sons"', true],
    ["brand:'Acme & Sons'", true],
    ['brand:Acme', false],
    ['colours:red', true],
    ['colours:"dark blue" AND colours:red', true],
    ['NOT colours:red', false],
    ['NOT NOT colours:red', true],
    ['price < 49.5', false],
    ['price<=49.5', true],
    ['price = 49.5', true],
    ['price != 49.5', false],
    ['weight != 3', true],
    ['price > 1e1', true],
    ['price:10 TO 49.5', true],
    ['price:50 TO 60', false],
    ['price:-5 TO -1', false],
    ['inStock:true', true],
    ['size.eu:42', true],
    ['size.eu > 42', false],
    ['size.label:m', true],
    ['variants.stock >= 7', true],
    ['variants.sku:x2', true],
    ['a.b:literal', true],
    ['objectID:A1', true],
    ['objectID:a1', false],
    ['sale', true],
    ['Sale', false],
    ['"New In"', true],
    ['_tags:"New In"', true],
    ['colours:green OR colours:red', true],
    ['colours:red<score=3>', true],
    ['url:http://x', false],
    ['note:null', false],
    ['size:M', false],
    ['constructor:x', false],
    ['colours:green AND price > 1 OR price > 2', false],
    ['(colours:green AND price > 1) OR price > 2', true],
    ['((brand:x OR (colours:red)))', true],
  ])('%s → %s', (filters, expected) => {
    expect(passes({ filters }, boot)).toBe(expected)
  })

  it('reads quotes and backslashes within quoted values', () => {
    expect(passes({ filters: String.raw`name:"a \"b\" \\ c"` }, { name: String.raw`a "b" \ c` })).toBe(true)
  })

  it.each([
    ['brand:', 'a value of "brand" at character 7, found the end'],
    ['brand:x AND', 'a filter at character 12'],
    ['brand:x brand:y', 'AND or OR at character 9, found "brand:y"'],
    ['(brand:x', '")" at character 9'],
    ['price > cheap', 'a number at character 9'],
    ['price:1 TO x', 'a number at character 12'],
    ['AND brand:x', 'a filter at character 1'],
    ['"open', 'a filter at character 1'],
    ['('.repeat(100), 'at most 32 parentheses'],
    ['x'.repeat(20_001), 'at most 20000'],
  ])('refuses %j naming the place', (filters, message) => {
    const refused = () => compileFilter({ filters })
    expect(refused).toThrow(HaggleError)
    expect(refused).toThrow(message)
  })

  it('combines all kinds of filters with AND', () => {
    const parameters = { filters: 'brand:"Acme & Sons"', facetFilters: ['colours:red'], numericFilters: ['price<50'] }
    expect(passes(parameters, boot)).toBe(true)
    expect(passes({ ...parameters, tagFilters: 'gone' }, boot)).toBe(false)
  })

  it('looks a thousand values of one attribute up at once', () => {
    const ids = Array.from({ length: 1000 }, (_, at) => `objectID:Z${at}`)
    const filters = `${ids.join(' OR ')} OR objectID:A1`
    expect(passes({ filters }, boot)).toBe(true)
  })
})

describe('the lists', () => {
  it.each([
    [{ facetFilters: 'brand:Acme & Sons' }, true],
    [{ facetFilters: [['colours:green', 'colours:red'], 'inStock:true'] }, true],
    [{ facetFilters: ['colours:green', 'colours:red'] }, false],
    [{ facetFilters: ['colours:-red'] }, false],
    [{ facetFilters: ['colours:-green'] }, true],
    [{ facetFilters: [String.raw`colours:\-green`] }, false],
    [{ facetFilters: '[["colours:green","colours:red"]]' }, true],
    [{ facetFilters: [[]] }, true],
    [{ facetFilters: null }, true],
    [{ numericFilters: ['price:40 to 50', ['price<1', 'size.eu=41']] }, true],
    [{ numericFilters: 'price>40,price<45' }, false],
    [{ numericFilters: ['price != 49.5'] }, false],
    [{ tagFilters: ['sale', ['gone', 'New In']] }, true],
    [{ tagFilters: '-sale' }, false],
  ] satisfies [FilterParameters, boolean][])('%j → %s', (parameters, expected) => {
    expect(passes(parameters, boot)).toBe(expected)
  })

  it.each([
    [{ facetFilters: ['x:1', ['y:2', 3]] }, 'facetFilters[1][1]: expected a string, found 3'],
    [{ facetFilters: ['nothing'] }, 'facetFilters[0]: expected attribute:value'],
    [{ facetFilters: { a: 1 } }, 'facetFilters: expected a list'],
    [{ facetFilters: '[broken' }, 'facetFilters: the list is not valid JSON'],
    [{ numericFilters: ['price'] }, 'numericFilters[0]: expected attribute, operator, number'],
  ])('refuses %j', (parameters, message) => {
    expect(() => compileFilter(parameters)).toThrow(message)
  })

  it('prefers what meets optional filters and excludes nothing', () => {
    const parameters = {
      optionalFilters: ['brand:Acme & Sons<score=3>', ['colours:red<score=2>', 'colours:green'], 'inStock:-true'],
    }
    expect(compileFilter(parameters)(itemOf({}))).toBe(true)
    expect(compilePreference(parameters)?.(itemOf(boot))).toBe(5)
    expect(compilePreference(parameters)?.(itemOf({}))).toBe(1)
    expect(compilePreference({})).toBeNull()
  })
})

describe('facet values', () => {
  it('lists the distinct values of a plain, nested or list attribute', () => {
    expect(facetValues(itemOf(boot).record, 'colours')).toEqual(['Red', 'dark blue'])
    expect(facetValues(itemOf(boot).record, 'variants.stock')).toEqual(['0', '7'])
    expect(facetValues(itemOf(boot).record, 'nowhere')).toEqual([])
  })
})

/** A filter as a tree, how it is written, and what it means by the most obvious reading. */
type Tree =
  | { kind: 'facet'; attribute: string; value: string }
  | { kind: 'number'; attribute: string; operator: string; number: number }
  | { kind: 'range'; attribute: string; low: number; high: number }
  | { kind: 'not'; part: Tree }
  | { kind: 'and' | 'or'; parts: Tree[] }

const attribute = fc.constantFrom('a', 'b.c', 'd')
const value = fc.constantFrom('x', 'Y', '3', 'two words', 'true', `it's "so"`, '-1')
const small = fc.integer({ min: -3, max: 4 })
const { tree } = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ kind: fc.constant('facet' as const), attribute, value }),
    fc.record({
      kind: fc.constant('number' as const),
      attribute,
      operator: fc.constantFrom('<', '<=', '=', '!=', '>', '>='),
      number: small,
    }),
    fc.record({ kind: fc.constant('range' as const), attribute, low: small, high: small }),
  ),
  tree: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.record({ kind: fc.constant('not' as const), part: tie('tree') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
  ),
}))

function written(node: Tree): string {
  switch (node.kind) {
    case 'facet':
      return `${node.attribute}:"${node.value.replaceAll('"', '\\"')}"`
    case 'number':
      return `${node.attribute} ${node.operator} ${node.number}`
    case 'range':
      return `${node.attribute}:${node.low} TO ${node.high}`
    case 'not':
      return `NOT (${written(node.part)})`
    default:
      return node.parts.map((part) => `(${written(part)})`).join(node.kind === 'and' ? ' AND ' : ' OR ')
  }
}

function leaves(record: Json | undefined, path: string): Json[] {
  if (record === undefined || record === null) return []
  if (Array.isArray(record)) return record.flatMap((each: Json) => leaves(each, path))
  if (path === '') return typeof record === 'object' ? [] : [record]
  const [first, ...rest] = path.split('.')
  return typeof record === 'object' ? leaves((record as Record<string, Json>)[first], rest.join('.')) : []
}

function meant(node: Tree, record: Json): boolean {
  switch (node.kind) {
    case 'facet':
      return leaves(record, node.attribute).some(
        (each) => `${each as string}`.toLowerCase() === node.value.toLowerCase(),
      )
    case 'number': {
      const numbers = leaves(record, node.attribute).filter((each) => typeof each === 'number')
      const { number } = node
      if (node.operator === '!=') return !numbers.includes(number)
      const is: Record<string, (n: number) => boolean> = {
        '<': (n) => n < number,
        '<=': (n) => n <= number,
        '=': (n) => n === number,
        '>': (n) => n > number,
        '>=': (n) => n >= number,
      }
      return numbers.some(is[node.operator])
    }
    case 'range':
      return leaves(record, node.attribute).some((n) => typeof n === 'number' && n >= node.low && n <= node.high)
    case 'not':
      return !meant(node.part, record)
    case 'and':
      return node.parts.every((part) => meant(part, record))
    default:
      return node.parts.some((part) => meant(part, record))
  }
}

const scalar = fc.oneof(
  fc.constantFrom('x', 'y', '3', 'TWO words', `It's "so"`),
  small,
  fc.boolean(),
  fc.constant(null),
)
const field = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))
const record = fc.record(
  {
    a: field,
    b: fc.oneof(field, fc.record({ c: field }), fc.array(fc.record({ c: field }), { maxLength: 2 })),
    d: field,
  },
  { requiredKeys: [] },
)

describe('any filter', () => {
  it('means what a naive reading of the same tree means', () => {
    fc.assert(
      fc.property(tree, fc.array(record, { minLength: 1, maxLength: 5 }), (node, records) => {
        const filter = compileFilter({ filters: written(node) })
        for (const each of records) expect(filter(itemOf(each as Record<string, Json>))).toBe(meant(node, each as Json))
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('is read or refused with bad-request, whatever the text', () => {
    const word = fc.constantFrom('a', ':', 'AND', 'OR', 'NOT', '(', ')', '"', "'", '<', '>=', '1', 'TO', ' ', '\\', '-')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (filters) => {
          try {
            compileFilter({ filters })(itemOf(boot))
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad-request' })
          }
        },
      ),
      { numRuns: 500, seed: 2 },
    )
  })
})
