/**
 * Reads what people said about results: which product answers which query, and how well.
 *
 * Three shapes, each told by its file names and columns, plain, gzipped or zipped:
 * - a catalogue (JSON lines, `_id`, `asin` or `objectID`) and judgments `{"judgmentRatings": [{"query", "ratings":
 *   [{"docId", "rating"}]}]}`, the form of the Amazon ESCI subset; gains are the ratings (exact 100, substitute 10,
 *   complement 1);
 * - one table `query, product_title, product_description, median_relevance` (Crowdflower 2015): what has the same title
 *   and description is one product, repeated pairs are averaged, gain = relevance − 1;
 * - a shop's own: its catalogue and a table `query, item, grade`.
 * What a file tells about its own judging (ESCI's `query_id` in a product) is left out.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import Papa from 'papaparse'
import { createRng } from '../base/rng.ts'
import { HaggleError } from '../domain/errors.ts'
import type { ItemRecord, Json } from '../domain/item.ts'
import type { JudgedSet } from './judged.ts'

/** One opinion: several about one pair are averaged. */
interface Judgment {
  readonly query: string
  readonly item: string
  readonly gain: number
}

/** A catalogue and a file of judgments about it, in the first or the third shape. */
export async function readJudgedCatalogue(cataloguePath: string, judgmentsPath: string): Promise<JudgedSet> {
  const records = (await readText(cataloguePath))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => productOf(JSON.parse(line) as Record<string, Json>, cataloguePath))
  const text = await readText(judgmentsPath)
  return judgedSet(records, text.trimStart().startsWith('{') ? nested(text) : listed(text, judgmentsPath))
}

/** The second shape: pairs of a query and a product's words. */
export async function readJudgedPairs(path: string): Promise<JudgedSet> {
  const rows = table(await readText(path), ['query', 'product_title', 'product_description', 'median_relevance'], path)
  const records = new Map<string, ItemRecord>()
  const judgments = rows.map((row): Judgment => {
    const [title, markup] = [row.product_title, row.product_description]
    const key = JSON.stringify([title, markup])
    const known = records.get(key) ?? { objectID: String(records.size), title, description: withoutMarkup(markup) }
    records.set(key, known)
    return { query: row.query, item: known.objectID, gain: Number(row.median_relevance) - 1 }
  })
  return judgedSet([...records.values()], judgments)
}

function judgedSet(records: readonly ItemRecord[], judgments: readonly Judgment[]): JudgedSet {
  // Files list products by what they were judged for, and ties go to the lower index.
  const order = createRng('judged').shuffle(records.slice())
  const indexOf = new Map(order.map(({ objectID }, index) => [objectID, index]))
  const queries = new Map<string, Map<number, number[]>>()
  for (const { query, item, gain } of judgments) {
    const index = indexOf.get(item)
    if (index === undefined || !(gain >= 0)) {
      throw new HaggleError('bad-data', `Judgments: "${query}" rates ${item} ${gain}, a product or grade that is none.`)
    }
    const opinions = queries.get(query) ?? new Map<number, number[]>()
    queries.set(query, opinions.set(index, [...(opinions.get(index) ?? []), gain]))
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    records: order,
    queries: [...queries]
      .map(([text, opinions]) => ({ text, gains: new Map([...opinions].map(([item, all]) => [item, mean(all)])) }))
      .filter(({ gains }) => [...gains.values()].some((gain) => gain > 0)),
  }
}

function productOf({ query_id: _, ...fields }: Record<string, Json>, path: string): ItemRecord {
  const objectID = fields.objectID ?? fields._id ?? fields.asin
  if (typeof objectID !== 'string')
    throw new HaggleError('bad-data', `${path}: a product has no objectID, _id or asin.`)
  return { ...fields, objectID }
}

function nested(text: string): Judgment[] {
  const { judgmentRatings } = JSON.parse(text) as {
    judgmentRatings: { query: string; ratings: { docId: string; rating: string | number }[] }[]
  }
  return judgmentRatings.flatMap(({ query, ratings }) =>
    ratings.map(({ docId, rating }) => ({ query, item: docId, gain: Number(rating) })),
  )
}

function listed(text: string, path: string): Judgment[] {
  const rows = table(text, ['query', 'item', 'grade'], path)
  return rows.map(({ query, item, grade }) => ({ query, item, gain: Number(grade) }))
}

function table<Column extends string>(text: string, columns: readonly Column[], path: string) {
  const { data, meta } = Papa.parse<Record<Column, string>>(text, { header: true, skipEmptyLines: true })
  const missing = columns.filter((column) => !(meta.fields ?? []).includes(column))
  if (missing.length > 0) throw new HaggleError('bad-data', `${path} has no column ${missing.join(', ')}.`)
  return data
}

/** Descriptions scraped from pages; of a style sheet nothing is read. */
function withoutMarkup(text: string): string {
  return text.replace(/<style.*?<\/style>|<[^>]+>/gs, ' ')
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new HaggleError('bad-data', `Cannot read ${path}: ${error.message}`)
  })
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes).toString('utf8')
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return bytes.toString('utf8')
  return Buffer.from(Object.values(unzipSync(bytes))[0]).toString('utf8')
}
