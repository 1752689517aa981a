/**
 * What an index knows of a catalogue's products, its words or tags, kept in the data folder so that a restart need not
 * read them from every product again.
 *
 * A cache beside the truth, a file a catalogue and kind: a digest (SHA-256), then bytes only the index can read. What is missing or
 * damaged counts as not there.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueId } from '../domain/ids.ts'

/** What is kept, and what its file is called after the dot. */
export type KeptKind = 'words' | 'tags'

const digestBytes = 32

export function readKeptIndex(folder: string, catalogue: CatalogueId, kind: KeptKind): Uint8Array | null {
  let kept: Buffer
  try {
    kept = readFileSync(fileOf(folder, catalogue, kind))
  } catch {
    return null
  }
  const bytes = kept.subarray(digestBytes)
  return digestOf(bytes).equals(kept.subarray(0, digestBytes)) ? bytes : null
}

/** All of it or nothing; rejects where the folder cannot be written. */
export async function keepIndex(
  folder: string,
  catalogue: CatalogueId,
  kind: KeptKind,
  bytes: Uint8Array,
): Promise<void> {
  mkdirSync(join(folder, 'search'), { recursive: true })
  const file = fileOf(folder, catalogue, kind)
  await writeFile(`${file}.new`, Buffer.concat([digestOf(bytes), bytes]))
  await rename(`${file}.new`, file)
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function fileOf(folder: string, catalogue: CatalogueId, kind: KeptKind): string {
  return join(folder, 'search', `${encodeURIComponent(catalogue)}.${kind}`)
}
