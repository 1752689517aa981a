/** Reads a shop from the store into memory: what it sells, then what its shoppers did, in short steps. */
import { createBreathe } from '../base/breathe.ts'
import type { Progress } from '../base/progress.ts'
import type { CatalogueId } from '../domain/ids.ts'
import { type Behaviour, behaviourAt } from '../preprocess/behaviour-log.ts'
import { cleanLog } from '../preprocess/clean.ts'
import type { CleanContext } from '../preprocess/event-rules.ts'
import type { ItemChange, PastSearch, Store } from '../store/store.ts'

export interface KeptShop {
  readonly store: Store
  readonly catalogue: CatalogueId
  readonly progress: Progress
}

export async function readCatalogue(
  { store, catalogue, progress }: KeptShop,
  apply: (changes: readonly ItemChange[]) => void,
): Promise<void> {
  const total = (await store.catalogues.list()).find((each) => each.catalogue === catalogue)?.itemCount ?? 0
  let done = 0
  for await (const records of store.catalogues.scan(catalogue)) {
    apply(records.map((record) => ({ kind: 'put', record })))
    done += records.length
    progress.report('read the catalogue', done, total)
  }
}

/** Searches that are remembered at the start. */
const mostSearches = 200_000

/** The cleaned log in its order, with what was searched where it was; returns how far it was read. */
export async function replayLog(
  { store, catalogue, progress }: KeptShop,
  cleaning: () => CleanContext,
  learn: (behaviour: Behaviour) => void,
  searched: (search: PastSearch) => void,
): Promise<number> {
  const searches = await store.exposures.searches(catalogue, mostSearches)
  let next = 0
  const searchUntil = (timeMs: number): void => {
    while (next < searches.length && searches[next].timeMs <= timeMs) searched(searches[next++])
  }
  const breathe = createBreathe()
  let sequence = 0
  const events = followed(store.events.scan({ catalogue }), (last) => {
    sequence = last
  })
  const { lastSequence: expectedEvents } = await store.events.counts(catalogue)
  const { log } = await cleanLog(events, { ...cleaning(), progress, breathe, expectedEvents })
  for (let at = 0; at < log.length; at++) {
    const behaviour = behaviourAt(log, at)
    searchUntil(behaviour.timeMs)
    learn(behaviour)
    await breathe()
    if (at % 10_000 === 0 || at === log.length - 1) progress.report('remember who did what', at + 1, log.length)
  }
  searchUntil(Infinity)
  return sequence
}

/** The same batches, saying after each how far the log was read. */
async function* followed<E extends { readonly sequence: number }>(
  batches: AsyncIterable<E[]>,
  reached: (sequence: number) => void,
): AsyncGenerator<E[]> {
  for await (const batch of batches) {
    yield batch
    reached(batch.at(-1)?.sequence ?? 0)
  }
}
