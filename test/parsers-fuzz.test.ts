/**
 * Everything that reads what comes from outside, fed with anything: it answers, or refuses in words; it never fails.
 *
 * 3,000 cases; `HAGGLE_FUZZ=1000000` tries that many, spread over the parsers, `HAGGLE_FUZZ_SEED` others.
 */
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTags } from '../src/analytics/tag-expression.ts'
import { defaultConfig, readConfig } from '../src/base/config.ts'
import { HaggleError } from '../src/domain/errors.ts'
import type { CatalogueId } from '../src/domain/ids.ts'
import { parseInsights } from '../src/events/parse-insights.ts'
import { readAnalyticsQuestion } from '../src/http/analytics-wire.ts'
import { readCursor } from '../src/http/search-wire.ts'
import { createStemmer } from '../src/preprocess/stem.ts'
import { readFilter, readPreferences } from '../src/retrieve/filter.ts'
import { readGeo } from '../src/retrieve/geo.ts'
import { readRights } from '../src/serve/key-rights.ts'
import { readRule } from '../src/serve/rule.ts'
import { knownSettings, parseParams, readParameters } from '../src/serve/search-parameters.ts'
import { readLimits, readSecuredKey } from '../src/serve/secured-key.ts'
import { readSynonym } from '../src/serve/synonym.ts'
import { noon, openShopForTest, type OpenShop } from './open-shop.ts'

const cases = Number(process.env.HAGGLE_FUZZ ?? 3_000)
const seed = process.env.HAGGLE_FUZZ_SEED === undefined ? {} : { seed: Number(process.env.HAGGLE_FUZZ_SEED) }

/** Words of all the grammars, so that random text gets past their first letters. */
const morsel = fc.constantFrom(
  ...[
    'AND',
    'OR',
    'NOT',
    'TO',
    ' ',
    ':',
    '"',
    "'",
    '\\',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    '<',
    '>',
    '=',
    '!=',
    '-',
    '%',
    '&',
  ],
  ...[
    'price',
    'brand',
    '_tags',
    'objectID',
    '__proto__',
    'constructor',
    '<score=3>',
    '1e999',
    '-0',
    '.5',
    '1 TO 5',
    'true',
  ],
  ...[
    'filters=',
    'validUntil=',
    'restrictIndices=',
    'hitsPerPage=',
    '{facet:brand}',
    'searchable(',
    '\0',
    '\ud800',
    '手机',
    '👍',
  ],
)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.oneof(morsel, fc.string({ maxLength: 4 })), { maxLength: 25 }).map((parts) => parts.join('')),
  fc.tuple(morsel, fc.integer({ min: 1, max: 3_000 })).map(([part, times]) => part.repeat(times)),
)
const name = fc.constantFrom(
  ...[
    'objectID',
    'query',
    'filters',
    'facetFilters',
    'numericFilters',
    'optionalFilters',
    'facets',
    'page',
    'hitsPerPage',
  ],
  ...[
    'distinct',
    'typoTolerance',
    'insideBoundingBox',
    'aroundLatLng',
    'aroundRadius',
    'aroundPrecision',
    'ranking',
    'customRanking',
  ],
  ...[
    'replicas',
    'attributesForFaceting',
    'searchableAttributes',
    'renderingContent',
    'queryLanguages',
    'ruleContexts',
    'userToken',
  ],
  ...[
    'conditions',
    'condition',
    'consequence',
    'params',
    'promote',
    'hide',
    'validity',
    'pattern',
    'anchoring',
    'enabled',
    'edits',
  ],
  ...[
    'type',
    'synonyms',
    'input',
    'word',
    'corrections',
    'placeholder',
    'replacements',
    'acl',
    'indexes',
    'referers',
    'validity',
  ],
  ...[
    'events',
    'eventType',
    'eventName',
    'index',
    'objectIDs',
    'timestamp',
    'queryID',
    'positions',
    'objectData',
    'price',
    'value',
  ],
  ...[
    'cursor',
    'asked',
    'after',
    'startDate',
    'endDate',
    'limit',
    'offset',
    'tags',
    'server',
    'training',
    'dataFolder',
    'cutoffs',
  ],
)
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      text,
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom<unknown>('view', 'is', 'synonym', 'search', { toString: 1 }),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof({ arbitrary: name, weight: 5 }, { arbitrary: text, weight: 1 }), tie('value'), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
  ),
})).value
const object = fc.dictionary(fc.oneof({ arbitrary: name, weight: 6 }, { arbitrary: text, weight: 1 }), json, {
  maxKeys: 8,
  noNullPrototype: true,
})
const texts = fc.dictionary(name, text, { maxKeys: 6, noNullPrototype: true })

const config = defaultConfig()
const events = { nowMs: noon, config: config.preprocess, catalogue: 'shop' as CatalogueId }
const stem = createStemmer(['en', 'de', 'constructor', '__proto__'])
const record = { objectID: 'p', price: 3, brand: ['Acme'], deep: { size: 4 } }

const parsers: Readonly<Record<string, readonly [fc.Arbitrary<unknown>, (input: never) => unknown]>> = {
  filters: [text, (filters: string) => readFilter({ filters }).test(record)],
  facetFilters: [json, (facetFilters: never) => readFilter({ facetFilters }).test(record)],
  numericFilters: [json, (numericFilters: never) => readFilter({ numericFilters }).test(record)],
  tagFilters: [json, (tagFilters: never) => readFilter({ tagFilters }).test(record)],
  optionalFilters: [json, (optionalFilters: never) => readPreferences({ optionalFilters })],
  params: [text, (params: string) => readGeo(readParameters(parseParams(params)))],
  parameters: [object, (raw: never) => readGeo(readParameters(raw))],
  settings: [object, (raw: never) => knownSettings(raw)],
  rules: [object, (raw: object) => readRule({ objectID: 'r', ...raw })],
  synonyms: [object, (raw: object) => readSynonym({ objectID: 's', ...raw })],
  events: [json, (body: never) => parseInsights(body, events)],
  'event lists': [fc.array(object, { maxLength: 3 }), (list: never) => parseInsights({ events: list }, events)],
  'rights of keys': [object, (raw: never) => readRights(raw)],
  'limits of keys': [text, (params: string) => readLimits(params).sources?.('192.0.2.1')],
  'secured keys': [
    text,
    (params: string) => {
      const signature = createHmac('sha256', 'k').update(params).digest('hex')
      return [readSecuredKey(params), readSecuredKey(Buffer.from(signature + params).toString('base64'))]
    },
  ],
  cursors: [
    fc.oneof(
      text,
      json.map((state) => Buffer.from(JSON.stringify(state)).toString('base64url')),
    ),
    readCursor,
  ],
  'analytics tags': [text, (tags: string) => readTags(tags)(['a'])],
  'analytics questions': [texts, (query: object) => readAnalyticsQuestion({ index: 'shop', ...query }, noon)],
  configurations: [object, (value: never) => readConfig(value)],
  words: [text, (word: string) => stem(word)],
}

describe('anything at all', () => {
  const each = Math.ceil((cases * 0.9) / Object.keys(parsers).length)
  for (const [what, [input, parse]] of Object.entries(parsers)) {
    it(
      `as ${what} is read, or refused in words`,
      () => {
        fc.assert(
          fc.property(input, (value) => {
            try {
              parse(value as never)
            } catch (error) {
              if (!(error instanceof HaggleError) || error.status >= 500) throw error
            }
          }),
          { numRuns: each, ...seed },
        )
      },
      Math.max(60_000, each * 60),
    )
  }
})

describe('anything at all, over HTTP,', () => {
  let shop: OpenShop
  beforeAll(async () => {
    shop = await openShopForTest({ search: { suggestions: { most: 0 } } })
    await shop.engine.change('products' as CatalogueId, [{ kind: 'put', record }])
  })
  afterAll(() => shop.close())

  const segment = fc.oneof(fc.constantFrom('products', 'p', 'brand'), text)
  const path = fc
    .tuple(
      fc.constantFrom(
        ...[
          '/1/indexes/*',
          '/1/indexes/*/query',
          '/1/indexes/*/browse',
          '/1/indexes/*/facets/*/query',
          '/1/indexes/*/task/*',
        ],
        ...[
          '/1/indexes/*/*',
          '/1/keys/*',
          '/2/searches',
          '/2/filters/*',
          '/haggle/v1/profiles/*',
          '/haggle/v1/items/*',
        ],
      ),
      segment,
      segment,
    )
    .map(([form, ...parts]) => {
      let at = 0
      return form.replace(/\*/g, () => encodeURIComponent(parts[at++].replace(/[\ud800-\udfff]/g, '')))
    })
  const posts = [
    '/1/indexes/products/query',
    '/1/indexes/*/queries',
    '/1/indexes/*/recommendations',
    '/1/indexes/products/browse',
  ]
    .concat([
      '/1/indexes/*/objects',
      '/1/indexes/products/facets/brand/query',
      '/1/indexes/trash/settings',
      '/1/indexes/trash/rules/search',
    ])
    .concat(['/1/events', '/1/indexes/trash/batch', '/1/indexes/trash/rules/batch', '/1/indexes/trash/synonyms/batch'])
    .concat(['/haggle/v1/explain', '/haggle/v1/jobs', '/haggle/v1/events/validate', '/haggle/v1/compare', '/1/keys'])
  const question = fc.oneof(
    fc.tuple(path, texts).map(([url, asked]) => ({
      method: 'GET' as const,
      url: `${url}?${new URLSearchParams(asked).toString()}`,
    })),
    fc
      .tuple(fc.constantFrom(...posts), object)
      .map(([url, payload]) => ({ method: 'POST' as const, url, payload: JSON.stringify(payload) })),
    fc
      .tuple(fc.constantFrom(...posts.slice(0, 5)), fc.array(object, { minLength: 1, maxLength: 2 }))
      .map(([url, list]) => {
        const requests = list.map((one) => ({ indexName: 'products', model: 'trending-items', objectID: 'p', ...one }))
        return { method: 'POST' as const, url, payload: JSON.stringify({ requests }) }
      }),
    fc.tuple(fc.constantFrom(...posts), text).map(([url, payload]) => ({ method: 'POST' as const, url, payload })),
    json.map((state) => ({
      ...{ method: 'POST' as const, url: '/1/indexes/products/browse' },
      payload: JSON.stringify({ cursor: Buffer.from(JSON.stringify(state)).toString('base64url') }),
    })),
  )

  it(
    'is answered with a 2xx or a 4xx in words',
    async () => {
      const headers = { 'x-algolia-api-key': shop.engine.adminKey }
      await fc.assert(
        fc.asyncProperty(question, async (asked) => {
          const answer = await shop.app.inject({ ...asked, headers })
          expect([answer.statusCode < 429, answer.body.slice(0, 200)]).toEqual([true, expect.anything()])
          if (answer.statusCode >= 400) expect(answer.json()).toMatchObject({ message: expect.any(String) as string })
        }),
        { numRuns: Math.ceil(cases * 0.08), ...seed },
      )
    },
    Math.max(120_000, cases * 60),
  )
})

describe('anything at all in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'haggle-fuzz-'))
  let shop: OpenShop
  beforeAll(async () => {
    shop = await openShopForTest()
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await shop.close()
  })

  const column = fc.constantFrom(
    'userToken',
    'objectID',
    'timestamp',
    'eventType',
    'user_id',
    'item_id',
    'price',
    'title',
    '__proto__',
  )
  const cell = fc.oneof(fc.constantFrom('ann', 'p1', 'view', '1780315200', '2026-05-01T10:00:00Z', '"', ''), text)
  const csv = fc
    .tuple(
      fc.array(column, { maxLength: 5 }),
      fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 5 }),
      fc.constantFrom(',', ';', '\t'),
    )
    .map(([head, rows, comma]): [string, Buffer] => [
      'csv',
      Buffer.from([head, ...rows].map((row) => row.join(comma)).join('\n')),
    ])
  const lines = fc
    .array(
      fc.oneof(
        object.map((each) => JSON.stringify(each)),
        text,
      ),
      { maxLength: 5 },
    )
    .map((all): [string, Buffer] => ['jsonl', Buffer.from(all.join('\n'))])
  const whole = fc
    .oneof(
      json.map((each) => JSON.stringify(each)),
      text,
    )
    .map((each): [string, Buffer] => ['json', Buffer.from(each)])
  const rightParquet = Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'userToken', data: ['ann', 'bob'] },
        { name: 'objectID', data: ['p', 'q'] },
        { name: 'timestamp', data: [1, 2] },
      ],
    }),
  )
  const parquet = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }).map((hits): [string, Buffer] => {
    const bytes = Buffer.from(rightParquet)
    for (const [at, byte] of hits) bytes[at % bytes.length] = byte
    return ['parquet', bytes]
  })
  const noise = fc
    .tuple(fc.constantFrom('parquet', 'csv.gz', 'jsonl.gz', 'csv'), fc.uint8Array({ maxLength: 60 }))
    .map(([end, bytes]): [string, Buffer] => [end, Buffer.from(bytes)])

  it(
    'is imported, or refused in words',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(csv, lines, whole, parquet, noise), async ([end, bytes]) => {
          const path = join(folder, `any.${end}`)
          writeFileSync(path, bytes)
          try {
            await shop.engine.import({ catalogue: 'trash' as CatalogueId, files: [{ path }], dryRun: true })
          } catch (error) {
            if (!(error instanceof HaggleError) || error.status >= 500) throw error
          }
        }),
        { numRuns: Math.ceil(cases * 0.02), ...seed },
      )
    },
    Math.max(120_000, cases * 60),
  )
})
