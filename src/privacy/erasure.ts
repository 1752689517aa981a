/**
 * What is told of an erasure: where was looked, what was found and removed, and what of it is still to come.
 *
 * The certificate is written once, under a fingerprint of each name; who has the name can ask for it, and nobody can
 * read the name out of it. What waits for a training is looked up anew each time it is asked for.
 */
import type { CatalogueId, GenerationId } from '../domain/ids.ts'
import type { GenerationStore } from '../store/store.ts'

/** What became of what a part of the live generation had learnt from a shopper. */
export interface UnlearntPart {
  readonly part: string
  readonly model: string
  readonly removed: 'at once' | 'by the next generation' | 'never learnt'
}

export interface Unlearnt {
  readonly catalogue: CatalogueId
  /** The live one that had learnt from the shopper. */
  readonly generation: GenerationId
  /** What took its place at once; `null` where nothing could be taken out. */
  readonly replacedBy: GenerationId | null
  readonly parts: readonly UnlearntPart[]
}

export interface Checked {
  readonly where: string
  readonly found: number
  readonly left: number
}

export interface ErasureCertificate {
  /** Fingerprint of the name that was asked for. */
  readonly subject: string
  readonly atMs: number
  /** How many names the shopper had: visitors who signed in are erased with the account. */
  readonly names: number
  readonly checked: readonly Checked[]
  readonly models: readonly Unlearnt[]
  /** What the shop has to see to itself. */
  readonly notReached: readonly string[]
}

export interface ErasureState extends ErasureCertificate {
  /** Live generations that still hold something learnt from the shopper. */
  readonly waiting: readonly { readonly index: CatalogueId; readonly generation: GenerationId }[]
  /** Generations that can be rolled back to and do. */
  readonly kept: readonly GenerationId[]
  /** Nothing is left anywhere that was looked. */
  readonly complete: boolean
}

export const notReached = ['backups written before', 'files that were imported', 'what was exported'] as const

/** What holds of a certificate now. */
export async function stateOf(
  certificate: ErasureCertificate,
  generations: Pick<GenerationStore, 'live' | 'list'>,
): Promise<ErasureState> {
  const waiting: { index: CatalogueId; generation: GenerationId }[] = []
  const kept: GenerationId[] = []
  for (const { catalogue, parts } of certificate.models) {
    if (parts.every(({ removed }) => removed === 'never learnt')) continue
    const live = await generations.live(catalogue)
    for (const { id, status, report } of await generations.list(catalogue)) {
      const { startedAtMs = 0 } = (report ?? {}) as { startedAtMs?: number }
      if (status !== 'ready' || startedAtMs > certificate.atMs) continue
      if (id === live) waiting.push({ index: catalogue, generation: id })
      else kept.push(id)
    }
  }
  const clean = certificate.checked.every(({ left }) => left === 0)
  return { ...certificate, waiting, kept, complete: clean && waiting.length === 0 && kept.length === 0 }
}
