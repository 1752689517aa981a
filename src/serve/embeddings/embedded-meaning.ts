/**
 * What products and searches mean to a service or model the shop has named, in the place of what its own catalogue teaches.
 *
 * Products are asked about beside the answers, in batches, each text once for good (the store keeps vectors by a hash of
 * the text); a search waits at most `deadlineMs` for its own, and goes without where that is not enough: the answer that
 * comes late serves the next one. Likeness is the exact cosine. Where any of the products to be ranked has no vector yet,
 * all are ranked without. Memory: 4 · width bytes a product, and as much for each of the latest 2,000 searches.
 */
import { createHash } from 'node:crypto'
import type { Breathe } from '../../base/breathe.ts'
import type { Log } from '../../base/log.ts'
import type { Item } from '../../domain/item.ts'
import type { Meaning } from '../../retrieve/latent-index.ts'
import type { VectorStore } from '../../store/store.ts'
import { cleanQuery } from '../queries/query-text.ts'
import type { Embed } from './endpoint.ts'

export interface EmbeddedMeaning {
  /** Resolves once the search's vector is there, or it is too late; never rejects. Nothing to wait for: `undefined`. */
  prepare(query: string): Promise<void> | undefined
  /** `null` where the search or any of the products has no vector. */
  readonly of: (query: string, slots: Int32Array) => Meaning | null
  /** Takes note of a product that is new, changed or gone. */
  refresh(slot: number): void
  readonly isStale: boolean
  /** Asks about every product that is new or changed. Rejects where the endpoint does not answer; it may be asked again. */
  readonly learn: (breathe: Breathe) => Promise<void>
}

export interface EmbeddedOptions {
  readonly embed: Embed
  readonly vectors: VectorStore
  /** What the vectors are kept under: the model and all that changes what it answers. */
  readonly model: string
  readonly deadlineMs: number
  readonly batch: number
  /** What stands before a search and before a product, where the model was trained with such words. */
  readonly queryPrefix: string
  readonly productPrefix: string
  readonly log: Log
  /** `undefined` where there is no product. */
  readonly item: (slot: number) => Item | undefined
}

const mostSearches = 2_000
const longestText = 4_000
/** How long a batch may take; a search that came late is waited for as long, for the next one. */
const patienceMs = 30_000
/** After an error searches go without for so long. */
const quietMs = 10_000

export function createEmbeddedMeaning(options: EmbeddedOptions): EmbeddedMeaning {
  const { embed, vectors, model, deadlineMs, batch, queryPrefix, productPrefix, log, item } = options
  const products: (Float32Array | undefined)[] = []
  const searches = new Map<string, Float32Array>()
  const asked = new Map<string, Promise<void>>()
  const stale = new Set<number>()
  let quietUntilMs = 0

  const keepSearch = (text: string, vector: Float32Array): void => {
    searches.set(text, vector)
    if (searches.size > mostSearches) searches.delete(searches.keys().next().value as string)
  }
  const ask = (text: string): Promise<void> => {
    const asking = embed([queryPrefix + text], patienceMs)
      .then(([vector]) => keepSearch(text, vector))
      .catch((error: unknown) => {
        quietUntilMs = performance.now() + quietMs
        log.warn({ err: error }, 'what a search means could not be asked')
      })
      .finally(() => asked.delete(text))
    asked.set(text, asking)
    return asking
  }

  /** From the store where it has them, from the endpoint else. */
  const learnBatch = async (slots: readonly number[]): Promise<void> => {
    const texts = new Map(
      slots.flatMap((slot) => {
        const found = item(slot)
        return found === undefined ? [] : [[slot, productPrefix + textOf(found)] as const]
      }),
    )
    const hashes = new Map([...texts].map(([slot, text]) => [slot, createHash('sha256').update(text).digest('hex')]))
    const known = await vectors.get(model, [...new Set(hashes.values())])
    const missing = new Map([...texts].map(([slot, text]) => [hashes.get(slot) as string, text]))
    for (const hash of known.keys()) missing.delete(hash)
    if (missing.size > 0) {
      const fresh = await embed([...missing.values()], patienceMs)
      const named = new Map([...missing.keys()].map((hash, at) => [hash, fresh[at]]))
      await vectors.put(model, named)
      for (const [hash, vector] of named) known.set(hash, vector)
    }
    for (const slot of slots) {
      const hash = hashes.get(slot)
      // Changed again meanwhile: its turn comes once more.
      if (!stale.has(slot)) products[slot] = hash === undefined ? undefined : known.get(hash)
    }
  }

  return {
    prepare: (query) => {
      const text = cleanQuery(query)
      if (text === '' || searches.has(text) || performance.now() < quietUntilMs) return undefined
      return withinTime(asked.get(text) ?? ask(text), deadlineMs)
    },
    of: (query, slots) => {
      const vector = searches.get(cleanQuery(query))
      if (vector === undefined) return null
      const width = vector.length
      const rows = new Float32Array(slots.length * width)
      for (let at = 0; at < slots.length; at++) {
        const own = products[slots[at]]
        if (own?.length !== width) return null
        rows.set(own, at * width)
      }
      return { width, embed: () => vector, rows: () => rows }
    },
    refresh: (slot) => {
      if (slot < 0) return
      products[slot] = undefined
      stale.add(slot)
    },
    get isStale() {
      return stale.size > 0
    },
    learn: async (breathe) => {
      while (stale.size > 0) {
        const slots = firstOf(stale, batch)
        for (const slot of slots) stale.delete(slot)
        await learnBatch(slots).catch((error: unknown) => {
          for (const slot of slots) stale.add(slot)
          throw error
        })
        await breathe()
      }
    },
  }
}

function firstOf(slots: ReadonlySet<number>, count: number): number[] {
  const first: number[] = []
  for (const slot of slots) {
    if (first.length === count) break
    first.push(slot)
  }
  return first
}

function textOf({ title, brand, categoryPath, tags, description }: Item): string {
  const parts = [title, brand ?? '', categoryPath.join(' > '), tags.join(', '), description]
  return parts
    .filter((part) => part !== '')
    .join('\n')
    .slice(0, longestText)
}

function withinTime(work: Promise<void>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
