/**
 * Saves a shop that starts from cutting every product into words and tags again: they are taken from the data folder,
 * and only products that say something else now are read. Kept at the first start and when the shop closes.
 */
import type { Log } from '../base/log.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { type KeptKind, keepIndex, readKeptIndex } from '../store/kept-index.ts'

/** What an index can do with what it gave away. */
export interface Keepable {
  /** False, and nothing taken, where it cannot be read. */
  adopt(bytes: Uint8Array): boolean
  /** Forgets what was taken over and has not come since. */
  settle(): void
  serialise(): Uint8Array
}

export interface KeptParts {
  /** Before the catalogue is read. */
  adopt(): void
  /** After the catalogue was read. */
  settle(): void
  /** Resolves once they are kept, or it was noted why they could not be. */
  keep(): Promise<void>
}

/** Fewer are read as soon as kept ones. */
const fewest = 1_000

/** @param parts settled in this order: one may ask another what is there */
export function createKeptParts(
  parts: Readonly<Partial<Record<KeptKind, Keepable>>>,
  size: () => number,
  { folder, catalogue, log }: { readonly folder: string; readonly catalogue: CatalogueId; readonly log: Log },
): KeptParts {
  const all = Object.entries(parts) as [KeptKind, Keepable][]
  const adopted = new Set<KeptKind>()
  let writing: Promise<void> = Promise.resolve()
  const keep = (kept: typeof all): Promise<void> => {
    if (size() < fewest) return writing
    for (const [kind, part] of kept) {
      const bytes = part.serialise()
      writing = writing
        .then(() => keepIndex(folder, catalogue, kind, bytes))
        .catch((error: unknown) => log.warn({ err: error, catalogue }, `the ${kind} of the catalogue were not kept`))
    }
    return writing
  }
  return {
    adopt: () => {
      for (const [kind, part] of all) {
        const kept = readKeptIndex(folder, catalogue, kind)
        if (kept !== null && part.adopt(kept)) adopted.add(kind)
      }
    },
    settle: () => {
      for (const [, part] of all) part.settle()
      void keep(all.filter(([kind]) => !adopted.has(kind)))
    },
    keep: () => keep(all),
  }
}
