/**
 * What an import found, so that a person can hold it against what the file should hold.
 *
 * `sums` count every row read, also those refused and those already known: they are the file's own totals. Of the rows,
 * read = accepted + duplicates + rejected.
 */
import type { EventType } from '../../domain/event.ts'
import type { CatalogueId } from '../../domain/ids.ts'

export interface ImportReport {
  readonly catalogue: CatalogueId
  readonly dryRun: boolean
  readonly files: readonly FileReport[]
}

export interface FileReport {
  readonly file: string
  /** `null` where the mapping was given. */
  readonly preset: string | null
  /** `known`: imported before, nothing was done. `resumed`: went on where an earlier import stopped. */
  readonly outcome: 'checked' | 'imported' | 'resumed' | 'known'
  readonly rows: RowCounts
  readonly sums: Sums
}

export interface RowCounts {
  readonly read: number
  /**
   * Rows that brought a new event, or the last word on an item. A dry run knows the file only and not what is stored;
   * after a killed import the chunk that was written last counts as accepted.
   */
  readonly accepted: number
  /** Rows that say what another row or an earlier import said: the same event, or the same item again. */
  readonly duplicates: number
  readonly rejected: Readonly<Record<string, Rejection>>
}

export interface Rejection {
  readonly count: number
  /** Numbers of the first such rows. */
  readonly examples: readonly number[]
}

export interface Sums {
  readonly byType: Readonly<Partial<Record<EventType, number>>>
  readonly users: number
  readonly items: number
  readonly orders: number
  /** Pieces × price, in major units; returns count against it. */
  readonly value: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Different item records. */
  readonly records: number
}

export function rejectedCount(rejected: RowCounts['rejected']): number {
  return Object.values(rejected).reduce((sum, { count }) => sum + count, 0)
}

/** A few lines a file, for people. */
export function describeImport(report: ImportReport): string {
  const lines = report.files.map(describeFile)
  return [...lines, ...(report.dryRun ? ['Dry run: nothing was written.'] : [])].join('\n')
}

function describeFile({ file, preset, outcome, rows, sums }: FileReport): string {
  const { read, accepted, duplicates, rejected } = rows
  const head = `${file} (${preset ?? 'own mapping'}): ${outcomes[outcome]}`
  const counts = `${count(read)} rows: ${count(accepted)} accepted, ${count(duplicates)} duplicates, ${count(rejectedCount(rejected))} rejected`
  const reasons = Object.entries(rejected).map(
    ([reason, { count: rowCount, examples }]) => `${count(rowCount)} × ${reason} (rows ${examples.join(', ')} …)`,
  )
  return [head, counts, ...reasons, ...describeSums(sums)].join('\n  ')
}

const outcomes: Record<FileReport['outcome'], string> = {
  checked: 'checked',
  imported: 'imported',
  resumed: 'imported, going on where an earlier import stopped',
  known: 'imported before, nothing to do',
}

function describeSums({ byType, users, items, orders, value, firstMs, lastMs, records }: Sums): string[] {
  const types = Object.entries(byType).map(([type, number]) => `${count(number)} ${type}`)
  const what = [
    ...(users > 0 ? [`${count(users)} shoppers`, `${count(items)} items`] : []),
    ...(orders > 0 ? [`${count(orders)} orders`] : []),
    ...(value === 0 ? [] : [`value ${value.toLocaleString('en', { minimumFractionDigits: 2 })}`]),
    ...(records > 0 ? [`${count(records)} item records`] : []),
  ]
  const span = firstMs === null || lastMs === null ? [] : [`from ${day(firstMs)} to ${day(lastMs)}`]
  return [types, what, span].filter((part) => part.length > 0).map((part) => part.join(', '))
}

const count = (number: number) => number.toLocaleString('en')
const day = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10)
