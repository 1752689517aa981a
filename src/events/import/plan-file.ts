/**
 * Gets a file ready for import: what it holds, whether it is whole, and how far an earlier import of it came.
 *
 * A checkpoint is known by the content of file and mapping, so that the same file is known under any name.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import type { Breathe } from '../../base/breathe.ts'
import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import type { Progress } from '../../base/progress.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { ShopEvent } from '../../domain/event.ts'
import type { CatalogueId, ItemId } from '../../domain/ids.ts'
import type { Json } from '../../domain/item.ts'
import type { Store } from '../../store/store.ts'
import { createTimeCheck } from '../event-time.ts'
import { checkFile, type FileCheck } from './check-file.ts'
import { type Recognised, recognise } from './detect-preset.ts'
import type { FileFormat } from './file-format.ts'
import { type CompiledMapping, columnsNamed, compileMapping, type ImportMapping } from './mapping.ts'
import { type FileSample, sampleFile } from './sample-file.ts'

const strict = { additionalProperties: false } as const

export const importRequestSchema = Type.Object(
  {
    catalogue: Type.Unsafe<CatalogueId>(Type.String({ minLength: 1 })),
    files: Type.Array(
      Type.Object(
        {
          path: Type.String({ minLength: 1 }),
          /** A preset's name or an `ImportMapping`; found out from the file where absent. */
          mapping: Type.Optional(Type.Unknown()),
        },
        strict,
      ),
      { minItems: 1 },
    ),
    dryRun: Type.Optional(Type.Boolean()),
  },
  strict,
)

export type ImportRequest = Readonly<Static<typeof importRequestSchema>>

/** What an import works with, besides what it is asked for. */
export interface ImportRun {
  readonly store: Store
  readonly clock: Clock
  readonly config: Config['preprocess']
  readonly progress: Progress
  readonly signal?: AbortSignal
  /** The event as it may be kept; `null`: not at all. */
  readonly admit?: (event: ShopEvent) => ShopEvent | null
  /** Rejects where there is no room for these items, or for whom these events are of. */
  readonly room?: (itemIds: readonly ItemId[], events: readonly ShopEvent[]) => Promise<void>
}

export type ImportOptions = ImportRequest & ImportRun

/** A file that has been read and found good, and how far an earlier import of it came. */
export interface Plan {
  readonly path: string
  readonly file: string
  readonly key: string
  readonly preset: string | null
  readonly format: FileFormat
  readonly mapping: CompiledMapping
  readonly onlyNewItems: boolean
  readonly check: FileCheck
  readonly done: Done
}

export interface Done {
  readonly rows: number
  readonly finished: boolean
  readonly accepted: number
  readonly duplicates: number
}

/** What is kept with a checkpoint: all that a later import of the same file need not find out again. */
export interface Kept {
  readonly check: FileCheck
  readonly accepted: number
  readonly duplicates: number
  /** Events of the chunk written together with this, whose duplicates were not known yet. */
  readonly uncounted: number
}

const nothingDone: Done = { rows: 0, finished: false, accepted: 0, duplicates: 0 }

export async function planFile(path: string, given: unknown, options: ImportOptions, breathe: Breathe): Promise<Plan> {
  const { dryRun = false } = options
  const file = basename(path)
  const bytes = await sizeOf(path)
  const sample = await sampleFile(path).catch((error: unknown) => {
    throw error instanceof HaggleError ? new HaggleError(error.code, `${file} cannot be read: ${error.message}`) : error
  })
  const recognised = recognise(sample, given)
  const { preset, mapping } = recognised
  checkColumns(recognised, sample)
  const format = mapping.format ?? sample.format
  const timeProblem = createTimeCheck(options.config, options.clock.now())
  const compiled = compileMapping(mapping, options.catalogue, timeProblem)
  const key = await keyOf(path, mapping, options.catalogue)
  const known = dryRun ? null : await readCheckpoint(key, options)
  const onBytes = (bytesRead: number) => options.progress.report(`checking ${file}`, bytesRead, bytes)
  const check =
    known?.check ?? (await checkFile({ path, file, format, mapping: compiled, countRepeats: dryRun, onBytes, breathe }))
  const onlyNewItems = mapping.items?.onlyNew === true
  return { path, file, key, preset, format, mapping: compiled, onlyNewItems, check, done: known?.done ?? nothingDone }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new HaggleError('bad-data', `${path} does not exist.`)
  if (!found.isFile()) throw new HaggleError('bad-data', `${path} is no file.`)
  if (found.size === 0) throw new HaggleError('bad-data', `${basename(path)} is empty.`)
  return found.size
}

/** A misspelt column of one's own mapping would otherwise just be empty. */
function checkColumns({ preset, mapping }: Recognised, sample: FileSample): void {
  const columns = mapping.format === undefined ? sample.columns : 'columns' in mapping.format && mapping.format.columns
  const fixed = sample.format.kind === 'table' || sample.format.kind === 'parquet'
  if (preset !== null || !fixed || !columns || columns.length === 0) return
  const absent = columnsNamed(mapping).filter((name) => !columns.includes(name))
  if (absent.length === 0) return
  throw new HaggleError(
    'bad-request',
    `Import mapping: ${sample.name} has no column "${absent.join('", "')}". It has: ${columns.join(', ')}.`,
  )
}

async function keyOf(path: string, mapping: ImportMapping, catalogue: CatalogueId): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([catalogue, mapping]))
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

async function readCheckpoint(
  key: string,
  { store, catalogue }: ImportOptions,
): Promise<{ check: FileCheck; done: Done } | null> {
  const found = await store.imports.get(key)
  if (found === null) return null
  const { check, accepted, duplicates, uncounted } = found.report as unknown as Kept
  const known = (await store.catalogues.list()).find((each) => each.catalogue === catalogue)
  // A catalogue that was dropped or cleared since is filled again.
  const lost = found.finished && check.sums.records > 0 && (known?.itemCount ?? 0) === 0
  const done = { rows: found.rowsDone, finished: found.finished, accepted: accepted + uncounted, duplicates }
  return { check, done: lost ? nothingDone : done }
}

/** What `kept` is written as. */
export function keptReport(kept: Kept): Json {
  return kept as unknown as Json
}
