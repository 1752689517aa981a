/**
 * Brings a shop's past in: catalogues and event logs from files, each whole or not at all, as often as one likes.
 *
 * All files are read once to check them before the first row of any is written. The same file goes on where a killed
 * import stopped, and one that was finished changes nothing.
 */
import { Value } from '@sinclair/typebox/value'
import { createBreathe } from '../../base/breathe.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { Json } from '../../domain/item.ts'
import { type FileReport, type ImportReport, rejectedCount } from './import-report.ts'
import { type ImportRequest, importRequestSchema, type ImportRun, type Plan, planFile } from './plan-file.ts'
import { writeFile } from './write-file.ts'

export type { ImportReport, ImportRequest }

/**
 * Rejects with `bad-data` or `bad-request` naming the file and row, or the key of the mapping, before anything is
 * written; with `cancelled` when `signal` aborts: the same import then goes on where it stopped.
 */
export async function runImport(request: ImportRequest, run: ImportRun): Promise<ImportReport> {
  refuseUnknown(request)
  const options = { ...request, ...run }
  const { catalogue, dryRun = false, store, clock } = options
  const breathe = createBreathe(run.signal)
  const plans: Plan[] = []
  for (const { path, mapping } of request.files) plans.push(await planFile(path, mapping, options, breathe))
  const files: FileReport[] = []
  for (const plan of plans) {
    if (dryRun) files.push(reportOf(plan, 'checked'))
    else if (plan.done.finished) files.push(reportOf(plan, 'known'))
    else {
      const done = await writeFile(plan, options, breathe)
      files.push(reportOf({ ...plan, done }, plan.done.rows > 0 ? 'resumed' : 'imported'))
    }
  }
  const report = { catalogue, dryRun, files }
  if (!dryRun) await store.reports.put(catalogue, 'import', report as unknown as Json, clock.now())
  return report
}

/** A request may come over HTTP: a misspelt `dryRun` must not become an import. */
function refuseUnknown(request: unknown): void {
  const wrong = Value.Errors(importRequestSchema, request).First()
  if (wrong === undefined) return
  throw new HaggleError(
    'bad-request',
    `Import: "${wrong.path.slice(1).replaceAll('/', '.')}": ${wrong.message.toLowerCase()}. Expected {"files": [{"path": …, "mapping"?: …}], "dryRun"?: true | false}.`,
  )
}

function reportOf({ file, preset, check, done, mapping }: Plan, outcome: FileReport['outcome']): FileReport {
  const { read, rejected, repeated, sums } = check
  const usable = read - rejectedCount(rejected)
  // Only writing tells which events were known; rows of a catalogue, and of a dry run, are told by the file alone.
  const written = mapping.event !== null && outcome !== 'checked'
  const accepted = outcome === 'known' ? 0 : written ? done.accepted : usable - repeated
  return { file, preset, outcome, rows: { read, accepted, duplicates: usable - accepted, rejected }, sums }
}
