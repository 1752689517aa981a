/**
 * Writes a checked file into the store, in chunks whose rows and checkpoint are one transaction.
 *
 * A killed import therefore goes on behind its last chunk, and no row counts twice. Of several rows about one item the
 * last one wins; a record that did not change is not written again.
 */
import type { Breathe } from '../../base/breathe.ts'
import type { ShopEvent } from '../../domain/event.ts'
import type { ItemId } from '../../domain/ids.ts'
import type { ItemRecord } from '../../domain/item.ts'
import { identify } from '../event-id.ts'
import type { Row } from './file-format.ts'
import { type Done, type ImportOptions, keptReport, type Plan } from './plan-file.ts'
import { readRows } from './read-rows.ts'

const rowsInChunk = 5_000

export async function writeFile(plan: Plan, options: ImportOptions, breathe: Breathe): Promise<Done> {
  const writer = createWriter(plan, options)
  const total = plan.check.read
  let rowsRead = 0
  for await (const rows of readRows(plan.path, plan.format)) {
    for (const { row } of rows) {
      rowsRead++
      if (rowsRead <= plan.done.rows) continue
      if (row !== null) writer.add(row)
      if (rowsRead % rowsInChunk === 0 && rowsRead < total) await writer.flush(rowsRead, false)
    }
    options.progress.report(`importing ${plan.file}`, rowsRead, total)
    await breathe()
  }
  return writer.flush(rowsRead, true)
}

interface Writer {
  add(row: Row): void
  /** Writes what was added since the last time. */
  flush(rowsDone: number, finished: boolean): Promise<Done>
}

function createWriter(plan: Plan, { store, clock, catalogue, admit = (event) => event, room }: ImportOptions): Writer {
  const { mapping, check } = plan
  let { accepted, duplicates } = plan.done
  let events: ShopEvent[] = []
  let records = new Map<ItemId, ItemRecord>()
  /** The record last written, or `null` for one that only had to be there. */
  const written = new Map<ItemId, string | null>()

  async function itemsToWrite(): Promise<ItemRecord[]> {
    if (!plan.onlyNewItems) {
      return [...records].flatMap(([itemId, record]) => {
        const text = JSON.stringify(record)
        if (written.get(itemId) === text) return []
        written.set(itemId, text)
        return [record]
      })
    }
    const unknown = [...records.keys()].filter((itemId) => !written.has(itemId))
    const stored = await store.catalogues.get(catalogue, unknown)
    for (const itemId of unknown) written.set(itemId, null)
    return unknown.filter((itemId) => !stored.has(itemId)).map((itemId) => records.get(itemId) as ItemRecord)
  }

  return {
    add: (row) => {
      const event = mapping.event?.(row)
      const admitted = event?.event ? admit(identify(event.event)) : null
      if (admitted !== null) events.push(admitted)
      const item = mapping.item?.(row)
      if (item?.record) records.set(item.record.objectID as ItemId, item.record)
    },
    flush: async (rowsDone, finished) => {
      const items = (await itemsToWrite()).map((record) => ({ catalogue, record }))
      await room?.(
        items.map(({ record }) => record.objectID as ItemId),
        events,
      )
      const report = keptReport({ check, accepted, duplicates, uncounted: events.length })
      const checkpoint = { key: plan.key, source: plan.file, rowsDone, finished, report, updatedAtMs: clock.now() }
      const { newEvents } = await store.imports.advance(checkpoint, events, items)
      accepted += newEvents
      duplicates += events.length - newEvents
      events = []
      records = new Map()
      return { rows: rowsDone, finished, accepted, duplicates }
    },
  }
}
