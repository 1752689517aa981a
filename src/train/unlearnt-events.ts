/** What shoppers did that no training has seen yet: counted from the log, so that no restart forgets it. */
import { allows } from '../domain/consent.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'
import type { GenerationReport } from './generation-report.ts'
import type { Unlearnt } from './schedule.ts'

/** Reads the log from where the latest training ended; O(what is new). */
export async function unlearntEvents(
  { generations, events: log }: Pick<Store, 'generations' | 'events'>,
  catalogue: CatalogueId,
): Promise<Unlearnt> {
  const latest = await generations.latest(catalogue)
  const { startedAtMs = latest?.createdAtMs } = (latest?.report ?? {}) as unknown as Partial<GenerationReport>
  let [events, lastSequence] = [0, latest?.dataSequence ?? 0]
  for await (const some of log.scan({ catalogue, afterSequence: lastSequence })) {
    events += some.filter((event) => allows(event, 'training')).length
    lastSequence = some[some.length - 1].sequence
  }
  return { events, lastSequence, sinceMs: startedAtMs ?? null }
}
