import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import type { CatalogueId, ItemId } from '../domain/ids.ts'
import { type ItemRecord, readItem } from '../domain/item.ts'
import { keepIndex, readKeptIndex } from '../store/kept-index.ts'
import { createKeptParts } from './kept-parts.ts'
import type { SearchSettings } from './search-parameters.ts'
import { createShopSearch } from './shop-search.ts'

const catalogue = 'shop/1' as CatalogueId
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'haggle-words-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const colours = ['red', 'green', 'blue', 'white', 'black']
const products: readonly ItemRecord[] = Array.from({ length: 1_200 }, (_, at) => ({
  objectID: `p${at}`,
  title: `${colours[at % 5]} chair number ${at}`,
}))

/** A shop that starts with these products; `close` ends it as a server does. */
function start(records: readonly ItemRecord[], settings: SearchSettings = {}) {
  const search = createShopSearch({
    catalogue,
    state: { settings, synonyms: [], rules: [], replicas: new Map() },
    onAnswer: () => undefined,
  })
  let size = 0
  const words = createKeptParts({ words: search.words }, () => size, { folder, catalogue, log: silentLog })
  words.adopt()
  for (const record of records) {
    search.follow(record.objectID as ItemId, readItem(catalogue, record))
    size++
  }
  words.settle()
  const ask = (query: string) =>
    search
      .search({ index: catalogue, parameters: { query }, userId: null }, 0)
      .hits.map(({ objectID }) => String(objectID))
  return { ask, close: () => words.keep() }
}

const file = () => join(folder, 'search', readdirSync(join(folder, 'search'))[0])

/** An index that only says what happened to it. */
function told(taken: boolean) {
  const calls: string[] = []
  return {
    calls,
    adopt: (bytes: Uint8Array) => calls.push(`adopt ${Buffer.from(bytes).toString()}`) > 0 && taken,
    settle: () => void calls.push('settle'),
    serialise: () => {
      calls.push('serialise')
      return Buffer.from('what it knows')
    },
  }
}

it('answers after a restart as before it, and knows what changed meanwhile', async () => {
  const first = start(products)
  await first.close()
  const again = start(products)
  for (const query of ['chair', 'green chair', 'numbre 77', 'whit']) expect(again.ask(query)).toEqual(first.ask(query))
  const [gone, changed, ...rest] = products
  const later = start([{ ...changed, title: 'purple table' }, ...rest, { objectID: 'new', title: 'violet lamp' }])
  expect(later.ask('purple')).toEqual([changed.objectID])
  expect(later.ask('violet')).toEqual(['new'])
  expect(later.ask(`number ${gone.objectID.slice(1)}`)).not.toContain(gone.objectID)
})

it('takes the words that were kept, instead of cutting all again', async () => {
  await start(products).close()
  const kept = Buffer.from(readKeptIndex(folder, catalogue, 'words') ?? [])
  const at = kept.indexOf('"green"')
  // Words that no product says show where the answers come from.
  kept.write('"mauve"', at)
  await keepIndex(folder, catalogue, 'words', kept)
  const found = start(products).ask('mauve')
  expect(found).toHaveLength(20)
  for (const id of found) expect(Number(id.slice(1)) % 5).toBe(1)
})

it('cuts all words again where the kept ones are damaged, cut short, of other settings or absent', async () => {
  const first = start(products)
  await first.close()
  const bytes = readFileSync(file())
  for (const at of [3, 40, bytes.length - 5]) {
    const damaged = Buffer.from(bytes)
    damaged[at] ^= 1
    writeFileSync(file(), damaged)
    expect(start(products).ask('green chair')).toEqual(first.ask('green chair'))
  }
  writeFileSync(file(), bytes.subarray(0, 20))
  expect(start(products).ask('green chair')).toEqual(first.ask('green chair'))
  writeFileSync(file(), bytes)
  expect(start(products, { searchableAttributes: ['objectID'] }).ask('green')).toEqual([])
  rmSync(file())
  expect(start(products).ask('green chair')).toEqual(first.ask('green chair'))
})

it('keeps each part apart, at the start only what could not be taken, and all when the shop closes', async () => {
  const place = { folder, catalogue, log: silentLog }
  const keep = (words: ReturnType<typeof told>, tags: ReturnType<typeof told>) =>
    createKeptParts({ words, tags }, () => 1_000, place)
  await keep(told(true), told(true)).keep()
  expect(readdirSync(join(folder, 'search')).sort()).toEqual(['shop%2F1.tags', 'shop%2F1.words'])
  rmSync(join(folder, 'search', 'shop%2F1.tags'))
  const [words, tags] = [told(true), told(true)]
  const parts = keep(words, tags)
  parts.adopt()
  parts.settle()
  await parts.keep()
  expect(words.calls).toEqual(['adopt what it knows', 'settle', 'serialise'])
  expect(tags.calls).toEqual(['settle', 'serialise', 'serialise'])
  const refused = told(false)
  const again = keep(told(true), refused)
  again.adopt()
  again.settle()
  expect(refused.calls).toEqual(['adopt what it knows', 'settle', 'serialise'])
  await again.keep()
})
