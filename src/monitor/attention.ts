/** What somebody should look at, worst first: each with a code that the console says in the reader's language. */
import { hourMs } from '../base/clock.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'

export interface Attention {
  readonly code:
    | 'no-generation'
    | 'training-failed'
    | 'latest-refused'
    | 'click-through-fell'
    | 'unattributed-clicks'
    | 'silence'
    | 'much-dropped'
    | 'unchecked'
    | 'exposures-lost'
  readonly severity: 'error' | 'warning' | 'info'
  /** Figures or a reason. */
  readonly detail: string
}

interface Rate {
  readonly trials: number
  readonly share: number | null
  readonly low: number
  readonly high: number
}

export interface AttentionFacts {
  readonly store: Pick<Store, 'generations' | 'reports' | 'events'>
  readonly catalogue: CatalogueId
  readonly nowMs: number
  readonly training: { readonly status: string; readonly message: string } | null
  readonly exposuresLost: number
  /** Of the period looked at; generations newest first. */
  readonly byGeneration: readonly { readonly name: string; readonly clickThrough: Rate }[]
  readonly attributed: Rate
}

const silentHours = 1
/** Fewer clicks or answers say nothing. */
const fewest = 50

export async function needsAttention(facts: AttentionFacts): Promise<Attention[]> {
  const { store, catalogue, nowMs, training, byGeneration, attributed } = facts
  const found: Attention[] = []
  const say = (severity: Attention['severity'], code: Attention['code'], detail = '') =>
    void found.push({ code, severity, detail })
  if (facts.exposuresLost > 0) say('error', 'exposures-lost', String(facts.exposuresLost))
  if (training?.status === 'failed') say('error', 'training-failed', training.message)
  const live = await store.generations.live(catalogue)
  const latest = await store.generations.latest(catalogue)
  if (live === null) say('warning', 'no-generation')
  if (latest?.status === 'refused') say('warning', 'latest-refused', latest.id)
  const now = byGeneration.find(({ name }) => name === live)?.clickThrough
  const before = byGeneration.find(({ name, clickThrough }) => name !== live && clickThrough.trials >= fewest)
  if (now !== undefined && before !== undefined && now.trials >= fewest && now.high < before.clickThrough.low) {
    say(
      'warning',
      'click-through-fell',
      `${percent(now.share)} < ${percent(before.clickThrough.share)} (${before.name})`,
    )
  }
  if (attributed.trials >= fewest && attributed.high < 0.5) {
    say('warning', 'unattributed-clicks', percent(attributed.share))
  }
  const [last] = await store.events.latest(catalogue, 1)
  if (last !== undefined && nowMs - last.timeMs > silentHours * hourMs) {
    say('info', 'silence', new Date(last.timeMs).toISOString().slice(0, 16).replace('T', ' '))
  }
  const quality = (await store.reports.latest(catalogue, 'quality'))?.report as
    | { rowsRead: number; rowsKept: number }
    | undefined
  if (quality === undefined) say('info', 'unchecked')
  else if (quality.rowsKept < 0.8 * quality.rowsRead) {
    say('warning', 'much-dropped', percent(1 - quality.rowsKept / quality.rowsRead))
  }
  const order = { error: 0, warning: 1, info: 2 }
  return found.sort((one, other) => order[one.severity] - order[other.severity])
}

function percent(share: number | null): string {
  return `${(100 * (share ?? 0)).toFixed(1)} %`
}
