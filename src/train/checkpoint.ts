/**
 * Remembers what a training has finished, so that one that was killed or cancelled goes on instead of starting again.
 *
 * A folder for each combination of catalogue and settings holds `plan.json`, the data the interrupted training was
 * about, and a file for each model it had finished. Files are written aside and renamed, so that one is whole or
 * absent; a file that cannot be read is learnt again. The folder goes when the training ends, or after a day.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dayMs } from '../base/clock.ts'
import type { Epoch, Fitted } from '../models/model.ts'
import { modelNamed } from '../models/index.ts'
import { decodeState, encodeState } from '../models/state.ts'

/** What a training learns from: fixed when it starts, kept when it resumes. */
export interface Plan {
  readonly startedAtMs: number
  /** The last event that belongs to it. */
  readonly dataSequence: number
}

/** A model that has learnt, and how it went. */
export interface FittedModel {
  readonly model: string
  readonly fitted: Fitted
  readonly curve: readonly Epoch[]
  readonly seconds: number
}

export interface Checkpoint {
  readonly plan: Plan
  /** True where an interrupted training was found. */
  readonly resumed: boolean
  /** Its folder, for `clearCheckpoint`; empty where nothing is kept. */
  readonly place: string
  load(name: string): Promise<FittedModel | null>
  save(name: string, model: FittedModel): Promise<void>
  /** Plain data kept under a name; `null` where there is none. */
  recall(name: string): Promise<unknown>
  note(name: string, value: unknown): Promise<void>
}

/** @param settings whatever, when changed, makes finished models worthless */
export async function openCheckpoint(folder: string, settings: unknown, fresh: Plan): Promise<Checkpoint> {
  const key = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16)
  const place = join(folder, 'checkpoints', key)
  const found = await readPlan(join(place, 'plan.json'))
  const resumed =
    found !== null && fresh.startedAtMs - found.startedAtMs < dayMs && found.dataSequence <= fresh.dataSequence
  if (!resumed) {
    await rm(place, { recursive: true, force: true })
    await mkdir(place, { recursive: true })
    await writeWhole(join(place, 'plan.json'), JSON.stringify(fresh))
  }
  const file = (name: string) => join(place, encodeURIComponent(name))
  // Hashed: what is noted may have a name too long for a file.
  const noteFile = (name: string) => join(place, `note-${createHash('sha256').update(name).digest('hex')}`)
  return {
    plan: resumed ? found : fresh,
    resumed,
    place,
    load: async (name) => {
      try {
        const { model, curve, seconds } = JSON.parse(await readFile(`${file(name)}.json`, 'utf8')) as FittedModel
        const fitted = modelNamed(model).load(decodeState(await readFile(`${file(name)}.state`)))
        return { model, curve, seconds, fitted }
      } catch {
        return null
      }
    },
    save: async (name, { model, curve, seconds, fitted }) => {
      await writeWhole(`${file(name)}.state`, encodeState(fitted.serialise()))
      await writeWhole(`${file(name)}.json`, JSON.stringify({ model, curve, seconds }))
    },
    recall: async (name) => {
      try {
        return JSON.parse(await readFile(noteFile(name), 'utf8')) as unknown
      } catch {
        return null
      }
    },
    note: (name, value) => writeWhole(noteFile(name), JSON.stringify(value)),
  }
}

/** The training ended: nothing is kept. */
export function clearCheckpoint(place: string): Promise<void> {
  return rm(place, { recursive: true, force: true })
}

/** Of all that was interrupted: what was learnt of somebody who was erased is in none. */
export function clearCheckpoints(folder: string): Promise<void> {
  return rm(join(folder, 'checkpoints'), { recursive: true, force: true })
}

/** For work that is not worth keeping. */
export function noCheckpoint(plan: Plan): Checkpoint {
  const nothing = {
    load: async () => null,
    save: async () => undefined,
    recall: async () => null,
    note: async () => undefined,
  }
  return { plan, resumed: false, place: '', ...nothing }
}

async function readPlan(path: string): Promise<Plan | null> {
  try {
    const { startedAtMs, dataSequence } = JSON.parse(await readFile(path, 'utf8')) as Plan
    return Number.isFinite(startedAtMs) && Number.isFinite(dataSequence) ? { startedAtMs, dataSequence } : null
  } catch {
    return null
  }
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, content)
  await rename(`${path}.part`, path)
}
