/**
 * What tuning has found for a shop, and how it reaches the models: the model's defaults, over them what was found for the
 * surface, over that what the shop's own file says (`training.config`). Kept in the store, so that every process that
 * trains knows it; `haggle tune --undo` takes it back.
 */
import type { Config } from '../base/config.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import { trainedSurfaces, type TrainedSurface } from '../models/bundle.ts'
import { configFor, modelNamed, models } from '../models/index.ts'
import type { Settings } from '../models/search-space.ts'
import type { Store } from '../store/store.ts'

/** Model → settings that were better than without. */
export type FoundSettings = Readonly<Record<string, Settings>>

export type TunedSettings = Readonly<Partial<Record<TrainedSurface, FoundSettings>>>

const kind = 'tuned settings'

/** What a model of another version no longer knows is left out. */
export async function readTuned(store: Store, catalogue: CatalogueId): Promise<TunedSettings> {
  const kept = (await store.reports.latest(catalogue, kind))?.report as unknown as TunedSettings | null | undefined
  const surfaces = Object.entries(kept ?? {}).filter(([surface]) => Object.hasOwn(trainedSurfaces, surface))
  return Object.fromEntries(surfaces.map(([surface, found]) => [surface, known(found)]))
}

export function writeTuned(store: Store, catalogue: CatalogueId, tuned: TunedSettings, nowMs: number): Promise<void> {
  return store.reports.put(catalogue, kind, tuned as unknown as Json, nowMs)
}

/** Has trainings use the defaults and the shop's own file again; returns what had been found. */
export async function forgetTuned(store: Store, catalogue: CatalogueId, nowMs: number): Promise<TunedSettings> {
  const before = await readTuned(store, catalogue)
  await writeTuned(store, catalogue, {}, nowMs)
  return before
}

function known(found: FoundSettings): FoundSettings {
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, settings]) => {
      if (!Object.hasOwn(models, name)) return []
      const defaults = models[name].defaults as Settings
      const kept = Object.entries(settings).filter(([key]) => Object.hasOwn(defaults, key))
      return kept.length === 0 ? [] : [[name, Object.fromEntries(kept)]]
    }),
  )
}

/** The complete settings of a model, with those of the models it is made of. */
export function settingsOf(name: string, { training }: Config, found: FoundSettings = {}): Settings {
  const model = modelNamed(name)
  const config = configFor(model, { ...found[name], ...training.config[name] })
  return (model.ensemble?.withFound(config, found) ?? config) as Settings
}

/** What of the found a training uses: what the shop's own file does not overrule. */
export function foundInUse({ training }: Config, found: FoundSettings = {}): FoundSettings {
  const used = Object.entries(found).map(([model, settings]) => {
    const own = training.config[model] ?? {}
    return [model, Object.fromEntries(Object.entries(settings).filter(([key]) => !Object.hasOwn(own, key)))] as const
  })
  return Object.fromEntries(used.filter(([, settings]) => Object.keys(settings).length > 0))
}

export function describeSettings(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ')
}

/** A line where something was found, none where not: `Tuned: ease ridge 340; ials factors 32`. */
export function describeTuned(found: FoundSettings): string[] {
  const models = Object.entries(found).map(([model, settings]) => `${model} ${describeSettings(settings)}`)
  return models.length === 0 ? [] : [`Tuned: ${models.join('; ')}`]
}
