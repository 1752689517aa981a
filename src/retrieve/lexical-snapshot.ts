/**
 * A lexical index as bytes, so that a restart need not read every product again.
 *
 * A header in JSON (settings of the analysis, attributes, ids, words, stems, sounds), then typed arrays one after
 * another. Words of no product are left out and the others numbered anew; postings are not kept, they are the runs
 * turned round. About the size of the runs and words: a third of the index in memory.
 */
import { packArrays, unpackArrays } from './packed-arrays.ts'
import type { SearchableFields } from './searchable-fields.ts'
import { rankCount } from './searchable-fields.ts'
import type { TermDictionary } from './term-dictionary.ts'
import { fieldMark, type WordStore } from './word-store.ts'

export interface Snapshot {
  /** What the words were cut and stemmed by. */
  readonly analysis: string
  readonly attributes: readonly string[]
  readonly ids: readonly (string | null)[]
  readonly terms: readonly string[]
  readonly stems: readonly string[]
  readonly sounds: readonly (readonly [term: number, pinyin: string])[]
  readonly stemOf: Uint32Array
  /** Two a slot. */
  readonly hashes: Uint32Array
  readonly runs: Uint32Array
  /** Words of `runs` by slot. */
  readonly sizes: Uint32Array
  /** Eight a slot. */
  readonly lengths: Uint16Array
}

const kind = { magic: 0x4c584831, version: 1 }

export function takeSnapshot(
  parts: { store: WordStore; dictionary: TermDictionary; fields: SearchableFields },
  { analysis, ids, hashes }: { analysis: string; ids: readonly (string | null)[]; hashes: Uint32Array },
): Snapshot {
  const { store, dictionary, fields } = parts
  const renumbered = new Uint32Array(dictionary.count)
  const terms: string[] = []
  const stems: string[] = []
  const stemNumbers = new Map<number, number>()
  const stemOf: number[] = []
  for (let term = 0; term < dictionary.count; term++) {
    if (store.postings.length(term) === 0) continue
    renumbered[term] = terms.push(dictionary.text(term)) - 1
    const stem = dictionary.stemOf(term)
    if (!stemNumbers.has(stem)) stemNumbers.set(stem, stems.push(dictionary.stemText(stem)) - 1)
    stemOf.push(stemNumbers.get(stem) as number)
  }
  const { words, offsets, sizes } = store.runs
  const kept = sizes.slice(0, store.slotCount)
  const runs = new Uint32Array(kept.reduce((sum, size) => sum + size, 0))
  let at = 0
  for (let slot = 0; slot < store.slotCount; slot++) {
    for (let from = offsets[slot]; from < offsets[slot] + sizes[slot]; from++) {
      const term = words[from] & fieldMark
      runs[at++] = term === fieldMark ? words[from] : (words[from] & 0xff000000) | renumbered[term]
    }
  }
  const sounds = dictionary
    .sounds()
    .flatMap(([term, pinyin]): [number, string][] =>
      store.postings.length(term) > 0 ? [[renumbered[term], pinyin]] : [],
    )
  return {
    analysis,
    attributes: [...fields.attributes],
    ids: [...ids],
    terms,
    stems,
    sounds,
    stemOf: Uint32Array.from(stemOf),
    hashes: hashes.slice(0, 2 * ids.length),
    runs,
    sizes: kept,
    lengths: store.lengths.slice(0, store.slotCount * rankCount),
  }
}

export function packSnapshot(snapshot: Snapshot): Uint8Array {
  const { stemOf, hashes, runs, sizes, lengths, ...header } = snapshot
  return packArrays(kind, header, [stemOf, hashes, runs, sizes, lengths])
}

export function unpackSnapshot(bytes: Uint8Array): Snapshot {
  const { header, arrays } = unpackArrays<Snapshot>(kind, bytes, [4, 4, 4, 4, 2])
  const [stemOf, hashes, runs, sizes] = arrays.slice(0, 4).map((array) => new Uint32Array(array))
  return { ...header, stemOf, hashes, runs, sizes, lengths: new Uint16Array(arrays[4]) }
}
