/**
 * Who changed what: settings, rules, keys, what is live, imports, and what was done about a shopper.
 *
 * A line is in the store before the change it tells of is confirmed, sealed with the line before (store/audit-store.ts),
 * and goes to the log of the process with its hash, so that a copy of the head lies elsewhere too.
 */
import type { Clock } from '../base/clock.ts'
import { type Config, isSecret } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Json } from '../domain/item.ts'
import { lineHash } from '../store/audit-store.ts'
import type { AuditEntry, AuditRecord, AuditStore } from '../store/store.ts'

export interface AuditVerdict {
  readonly lines: number
  /** Hash of the last line; empty where there is none. */
  readonly head: string
  /** The first line that does not fit, or what is missing; `null` where all is as it was written. */
  readonly broken: string | null
}

export interface Audit {
  note(entry: Omit<AuditEntry, 'atMs' | 'details'> & { readonly details?: Json }): Promise<void>
  /** Notes the settings of the shop, without what is secret in them, where they are not those noted last. */
  noteSettings(config: Config): Promise<void>
  latest(limit: number, before?: number): Promise<AuditRecord[]>
  /** Reads every line. @param known the hash of a line that was kept elsewhere: it must still be there */
  verify(known?: string): Promise<AuditVerdict>
}

export interface AuditOptions {
  readonly store: AuditStore
  readonly clock: Clock
  readonly log: Log
}

export function createAudit({ store, clock, log }: AuditOptions): Audit {
  const note: Audit['note'] = async ({ details = {}, ...entry }) => {
    const { sequence, hash, who, what, subject } = await store.append({ ...entry, details, atMs: clock.now() })
    log.info({ audit: { sequence, hash, who, what, subject } }, 'audit')
  }
  return {
    note,
    noteSettings: async (config) => {
      const details = withoutSecrets(config)
      const last = await store.last('config')
      if (JSON.stringify(last?.details) === JSON.stringify(details)) return
      await note({ who: 'start', what: 'config', subject: 'haggle.config.json', details })
    },
    latest: (limit, before) => store.latest(limit, before),
    verify: async (known) => {
      let [previous, lines, found] = ['', 0, known === undefined]
      for await (const some of store.scan()) {
        for (const line of some) {
          if (line.sequence !== lines + 1) return { lines, head: previous, broken: `line ${lines + 1} is missing` }
          if (lineHash(previous, line) !== line.hash) {
            return { lines, head: previous, broken: `line ${line.sequence} is not as it was written, or one before it` }
          }
          previous = line.hash
          found ||= line.hash === known
          lines++
        }
      }
      return { lines, head: previous, broken: found ? null : `no line has the hash ${known}` }
    },
  }
}

function withoutSecrets(settings: object, section = ''): Json {
  const told = Object.entries(settings).map(([key, value]: [string, Json]) => {
    const name = `${section}${key}`
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [key, isSection ? withoutSecrets(value, `${name}.`) : isSecret(name) && value !== null ? 'set' : value]
  })
  return Object.fromEntries(told) as Json
}
