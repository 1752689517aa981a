/**
 * What the catalogue says of the products of Beauty: titles, categories and attributes, by the product numbers of
 * `Beauty.txt`.
 *
 * The catalogue numbers its products otherwise; the second file says which is which. The attributes are those of S3-Rec,
 * by number only. Products of `Beauty.txt` that neither names have no description.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { DescribedItem } from '../src/preprocess/item-content.ts'

export const beautyCatalogueFiles = [
  'beauty/beauty_items.tsv.gz',
  'beauty/beauty_s3rec_to_transrec.tsv.gz',
  'beauty/Beauty_item2attributes.json.gz',
] as const

/** Product number of `Beauty.txt`, from 1 → its description, for `itemContent`. @param paths as `beautyCatalogueFiles` */
export async function readBeautyItems(paths: readonly string[]): Promise<Map<number, DescribedItem>> {
  const [catalogue, numbers, attributes] = await Promise.all(paths.map(textOf))
  const listings = new Map(tableOf(catalogue).map(([id, ...fields]) => [id, fields]))
  const own = new Map(tableOf(numbers).map(([id, theirs]) => [Number(id), listings.get(theirs) ?? []]))
  const tagged = new Map(Object.entries(JSON.parse(attributes) as Record<string, number[]>))
  const named = new Set([...own.keys(), ...[...tagged.keys()].map(Number)])
  return new Map([...named].map((id) => [id, describe(own.get(id) ?? [], tagged.get(String(id)) ?? [])]))
}

function describe([title = '', categories = '']: readonly string[], attributes: readonly number[]): DescribedItem {
  const categoryPath = categories.split(/\s*>\s*/).filter((name) => name !== '')
  return { title, brand: null, categoryPath, tags: attributes.map((id) => `attribute:${id}`), priceMinor: null }
}

async function textOf(path: string): Promise<string> {
  return gunzipSync(await readFile(path)).toString('utf8')
}

/** The fields of each line after the first. */
function tableOf(text: string): string[][] {
  return text
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.replace(/\r$/, '').split('\t'))
}
