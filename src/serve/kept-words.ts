/**
 * Saves a shop that starts from cutting every product into words again: they are taken from the data folder, and only
 * products whose text is another one are cut. Kept at the first start and when the shop closes.
 */
import type { Log } from '../base/log.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { keepIndex, readKeptIndex } from '../store/kept-index.ts'
import type { ShopSearch } from './shop-search.ts'

export interface KeptWords {
  /** Before the catalogue is read. */
  adopt(): void
  /** After the catalogue was read. */
  settle(): void
  /** Resolves once they are kept, or it was noted why they could not be. */
  keep(): Promise<void>
}

/** Fewer are cut as soon as read. */
const fewest = 1_000

export function createKeptWords(
  words: ShopSearch['words'],
  size: () => number,
  { folder, catalogue, log }: { readonly folder: string; readonly catalogue: CatalogueId; readonly log: Log },
): KeptWords {
  let adopted = false
  let writing: Promise<void> = Promise.resolve()
  const keep = (): Promise<void> => {
    if (size() < fewest) return writing
    const bytes = words.serialise()
    writing = writing
      .then(() => keepIndex(folder, catalogue, bytes))
      .catch((error: unknown) => log.warn({ err: error, catalogue }, 'the words of the catalogue were not kept'))
    return writing
  }
  return {
    adopt: () => {
      const kept = readKeptIndex(folder, catalogue)
      adopted = kept !== null && words.adopt(kept)
    },
    settle: () => {
      words.settle()
      if (!adopted) void keep()
    },
    keep,
  }
}
