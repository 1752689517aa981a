/** What a merchandiser has set for a catalogue: settings, its replicas' settings, rules and synonyms, read from the store. */
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { Synonym } from '../retrieve/lexical.ts'
import type { Store } from '../store/store.ts'
import { readRule, type Rule } from './rule.ts'
import { type Raw, readSettings, type SearchSettings } from './search-parameters.ts'
import { readSynonym } from './synonym.ts'

export interface SearchState {
  readonly settings: SearchSettings
  /** Other orders of the same products, by the name they are asked for. */
  readonly replicas: ReadonlyMap<string, SearchSettings>
  readonly rules: readonly Rule[]
  readonly synonyms: readonly Synonym[]
}

export async function loadSearchState(store: Store, catalogue: CatalogueId): Promise<SearchState> {
  const settings = readSettings(await store.catalogues.settings(catalogue))
  const replicas = new Map<string, SearchSettings>()
  for (const { name } of replicasOf(settings)) {
    replicas.set(name, readSettings(await store.catalogues.settings(name as CatalogueId)))
  }
  const rules = (await store.entries.list(catalogue, 'rule')).map(({ entry }) => readRule(entry as Raw))
  const synonyms = (await store.entries.list(catalogue, 'synonym')).map(({ entry }) => readSynonym(entry as Raw))
  return { settings, replicas, rules, synonyms }
}

const virtualForm = /^virtual\((.+)\)$/

export interface Replica {
  readonly name: string
  readonly virtual: boolean
}

/** `virtual(x)` sorts only what is relevant, by its customRanking. */
export function replicasOf({ replicas = [] }: { readonly replicas?: readonly string[] }): Replica[] {
  return replicas.map((text) => {
    const virtual = virtualForm.exec(text.trim())
    return { name: virtual?.[1] ?? text.trim(), virtual: virtual !== null }
  })
}

/** The catalogue a replica orders; `null` for one of its own. */
export function primaryOf(settings: Readonly<Record<string, Json>>): CatalogueId | null {
  return typeof settings.primary === 'string' ? (settings.primary as CatalogueId) : null
}
