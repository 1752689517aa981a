/**
 * `npx tsx recipes/misspelt.ts [SET …] [--seeds 3] [--show 10] [--ordered]`: does a misspelt query get the answer of the right one?
 *
 * Queries are the judged ones and pieces of titles; in every word of four letters or more one letter is put in, left out
 * or swapped with the next, first letters too (in Chinese, in every run of four characters or more). Prints the mean
 * over queries of |A ∩ B| / |A|, A and B the first ten answers to the query and to its misspelling, ± over seeds;
 * by the words alone, or with `--ordered` in the textual order of a shop (without what products mean).
 * `HAGGLE_DATA` names the data folder.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import Papa from 'papaparse'
import { createRng, type Rng } from '../src/base/rng.ts'
import type { CatalogueId, ItemId } from '../src/domain/ids.ts'
import { type ItemRecord, readItem } from '../src/domain/item.ts'
import { topK } from '../src/kernels/top-k.ts'
import { readAsked, withSmallWords } from '../src/retrieve/asked.ts'
import type { LexicalIndex } from '../src/retrieve/lexical.ts'
import { createLexicalIndex } from '../src/retrieve/lexical-index.ts'
import { lexicalWords, typedWords } from '../src/retrieve/lexical-words.ts'
import { createProductFacts } from '../src/retrieve/product-facts.ts'
import { signalsOf } from '../src/retrieve/search-signals.ts'
import { textualScores } from '../src/retrieve/textual-order.ts'
import { dataFolder } from './recipe.ts'

const textOf = (path: string): string => gunzipSync(readFileSync(join(dataFolder, path))).toString('utf8')

interface Set {
  readonly records: readonly ItemRecord[]
  readonly queries: (rng: Rng) => string[]
}

const queriesASeed = 200

const sets: Readonly<Record<string, () => Set>> = {
  esci: () => {
    const judged = JSON.parse(textOf('esci/esci_us_judgments.json.gz')) as { judgmentRatings: { query: string }[] }
    return { records: esciRecords(), queries: () => judged.judgmentRatings.map(({ query }) => query) }
  },
  'esci-titles': () => fromTitles(esciRecords()),
  myntra: () => {
    const { data } = Papa.parse<Record<string, string>>(textOf('myntra/myntra_products_catalog.csv.gz').trim(), {
      header: true,
    })
    return fromTitles(
      data.map((row) => ({
        objectID: row.ProductID,
        title: row.ProductName,
        brand: row.ProductBrand,
        description: row.Description,
        color: row.PrimaryColor ?? '',
      })),
    )
  },
  'zh-products': () => {
    const records = chineseRecords()
    return {
      records,
      queries: (rng) =>
        pick(rng, records, (title) => piece(rng, Array.from(title.replace(/\P{Script=Han}+/gu, '')), 4, 7, '')),
    }
  },
  'zh-latin': () => {
    const records = chineseRecords()
    const query = (title: string): string => {
      const brand = /[A-Za-z]{4,}/.exec(title)
      const kind = Array.from(title.replace(/\P{Script=Han}+/gu, ''))
        .slice(-2)
        .join('')
      return brand === null ? '' : `${brand[0]} ${kind}`
    }
    return { records, queries: (rng) => pick(rng, records, query) }
  },
}

function esciRecords(): ItemRecord[] {
  const lines = textOf('esci/ubi_ecommerce_products.json.gz').split('\n')
  return lines.filter(Boolean).map((line) => {
    const { asin, title, brand, category, color, bullet_points, description } = JSON.parse(line) as Record<
      string,
      string
    >
    return { objectID: asin, title, brand, category, color, bullet_points, description }
  })
}

function chineseRecords(): ItemRecord[] {
  return ['train', 'dev', 'test'].flatMap((part) =>
    textOf(`zh-products/${part}.txt.gz`)
      .split(/\n\s*\n/)
      .filter((block) => block.trim() !== '')
      .map((block, at) => ({
        objectID: `${part}-${at}`,
        title: block
          .split('\n')
          .filter(Boolean)
          .map((line) => (line.startsWith(' ') ? ' ' : line.split(/\s/)[0]))
          .join(''),
      })),
  )
}

function fromTitles(records: readonly ItemRecord[]): Set {
  const query = (rng: Rng) => (title: string) =>
    piece(
      rng,
      title.split(/\s+/).filter((word) => /^[\p{L}&'-]+$/u.test(word)),
      1,
      4,
      ' ',
    )
  return { records, queries: (rng) => pick(rng, records, query(rng)) }
}

function piece(rng: Rng, list: readonly string[], least: number, most: number, between: string): string {
  const length = least + rng.int(most - least + 1)
  if (list.length < least) return ''
  const from = rng.int(Math.max(1, list.length - length + 1))
  return list.slice(from, from + length).join(between)
}

function pick(rng: Rng, records: readonly ItemRecord[], query: (title: string) => string): string[] {
  const queries: string[] = []
  for (let tries = 0; queries.length < queriesASeed && tries < 100 * queriesASeed; tries++) {
    const each = query(rng.pick(records).title as string)
    if (each.length > 3) queries.push(each)
  }
  return queries
}

function misspell(query: string, rng: Rng): string {
  return query.replace(/\p{L}+/gu, (word) => {
    const letters = Array.from(word)
    if (letters.length < 4) return word
    const at = rng.int(letters.length)
    switch (rng.int(3)) {
      case 0: {
        const chinese = /\p{Script=Han}/u.test(word)
        letters.splice(at, 0, chinese ? rng.pick(letters) : String.fromCharCode(97 + rng.int(26)))
        break
      }
      case 1:
        letters.splice(at, 1)
        break
      default: {
        const first = Math.min(at, letters.length - 2)
        letters.splice(first, 2, letters[first + 1], letters[first])
      }
    }
    return letters.join('')
  })
}

/** Slots of the first ten answers. */
type Ask = (query: string) => readonly number[]

const byWords =
  (index: LexicalIndex): Ask =>
  (query) =>
    index.search(query, { limit: 10 }).answers.map(({ slot }) => slot)

function inOrder(index: LexicalIndex, records: readonly ItemRecord[]): Ask {
  const words = lexicalWords(index)
  const bySlot = new Map(records.map((record) => [index.slotOf(record.objectID as ItemId), record]))
  const facts = createProductFacts(words, (slot) => readItem('misspelt' as CatalogueId, bySlot.get(slot) as ItemRecord))
  return (query) => {
    const { answers, query: parsed } = index.search(query, { limit: 200, relaxBelow: 60 })
    const slots = Int32Array.from(answers, ({ slot }) => slot)
    const asked = readAsked(withSmallWords(parsed.meant ?? query, typedWords(parsed, index)), words)
    if (asked.wanted.length === 0) return Array.from(slots.subarray(0, 10))
    return Array.from(
      topK(textualScores(signalsOf(asked, slots, { words, facts, latent: null })), 10),
      (at) => slots[at],
    )
  }
}

function overlap(ask: Ask, query: string, misspelt: string): number | null {
  const right = new Set(ask(query))
  if (right.size === 0) return null
  return ask(misspelt).filter((slot) => right.has(slot)).length / right.size
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    show: { type: 'string', default: '0' },
    ordered: { type: 'boolean', default: false },
  },
})
for (const name of positionals.length > 0 ? positionals : Object.keys(sets)) {
  const { records, queries } = sets[name]()
  const index = createLexicalIndex()
  for (const record of records) index.put(record.objectID as ItemId, record)
  const ask = values.ordered ? inOrder(index, records) : byWords(index)
  const means: number[] = []
  const worst: { share: number; line: string }[] = []
  let asked = 0
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const rng = createRng(seed)
    const shares = queries(rng).flatMap((query) => {
      const misspelt = misspell(query, rng)
      const share = misspelt === query ? null : overlap(ask, query, misspelt)
      if (share !== null && share < 1) worst.push({ share, line: `${share.toFixed(1)} ${query} → ${misspelt}` })
      return share === null ? [] : [share]
    })
    asked += shares.length
    means.push(shares.reduce((sum, share) => sum + share, 0) / shares.length)
  }
  const mean = means.reduce((sum, each) => sum + each, 0) / means.length
  const spread = Math.sqrt(means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, means.length - 1))
  console.log(`${name}: overlap@10 ${mean.toFixed(3)} ± ${spread.toFixed(3)} (${asked} queries)`)
  worst.sort((a, b) => a.share - b.share)
  for (const { line } of worst.slice(0, Number(values.show))) console.log(`  ${line}`)
}
