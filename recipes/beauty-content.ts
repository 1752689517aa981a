/**
 * What the catalogue says of the products of Beauty: titles and categories, by the product numbers of `Beauty.txt`.
 *
 * The catalogue numbers its products otherwise; the third file says which is which. Products of `Beauty.txt` that it
 * does not name have no description.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { DescribedItem } from '../src/preprocess/item-content.ts'

export const beautyCatalogueFiles = ['beauty/beauty_items.tsv.gz', 'beauty/beauty_s3rec_to_transrec.tsv.gz'] as const

/** Product number of `Beauty.txt`, from 1 → its description, for `itemContent`. */
export async function readBeautyItems(cataloguePath: string, numbersPath: string): Promise<Map<number, DescribedItem>> {
  const described = new Map((await tableOf(cataloguePath)).map(([id, ...fields]) => [id, describe(fields)]))
  return new Map(
    (await tableOf(numbersPath)).flatMap(([own, theirs]) => {
      const item = described.get(theirs)
      return item === undefined ? [] : [[Number(own), item] as const]
    }),
  )
}

function describe([title = '', categories = '']: readonly string[]): DescribedItem {
  const categoryPath = categories.split(/\s*>\s*/).filter((name) => name !== '')
  return { title, brand: null, categoryPath, tags: [], priceMinor: null }
}

/** The fields of each line after the first. */
async function tableOf(path: string): Promise<string[][]> {
  const lines = gunzipSync(await readFile(path))
    .toString('utf8')
    .split('\n')
  return lines
    .slice(1)
    .filter(Boolean)
    .map((line) => line.replace(/\r$/, '').split('\t'))
}
