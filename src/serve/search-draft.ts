/** What a merchandiser has written and not saved: rules, synonyms and settings as they would stand once it was. */
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Entry, EntryKind, Store } from '../store/store.ts'
import { readRule } from './rule.ts'
import { type Raw, readSettings } from './search-parameters.ts'
import { loadSearchState, type SearchState } from './search-state.ts'
import { readSynonym } from './synonym.ts'

export interface SearchDraft {
  /** Changed or new ones; the rest stands. */
  readonly rules?: readonly Raw[]
  readonly synonyms?: readonly Raw[]
  /** Ids of those that would be gone. */
  readonly withoutRules?: readonly string[]
  readonly withoutSynonyms?: readonly string[]
  /** Of the index that is asked: of the catalogue, or of one of its replicas. */
  readonly settings?: Raw
}

/** @throws `bad-request` naming the part of the draft that cannot be read */
export async function draftState(
  store: Store,
  catalogue: CatalogueId,
  index: CatalogueId,
  draft: SearchDraft,
): Promise<SearchState> {
  const { settings: ownSettings = {} } = draft
  const stands = await loadSearchState(store, catalogue)
  const changed = { ...(await store.catalogues.settings(index)), ...ownSettings }
  const settings = readSettings(changed)
  const entries = async (kind: EntryKind, written: readonly Raw[] = [], gone: readonly string[] = []) =>
    laidOver(await store.entries.list(catalogue, kind), written, gone)
  return {
    ...(index === catalogue
      ? { settings, replicas: stands.replicas }
      : { settings: stands.settings, replicas: new Map([...stands.replicas, [index, settings]]) }),
    rules: (await entries('rule', draft.rules, draft.withoutRules)).map((rule, at) => readRule(rule, `rules[${at}].`)),
    synonyms: (await entries('synonym', draft.synonyms, draft.withoutSynonyms)).map((synonym, at) =>
      readSynonym(synonym, `synonyms[${at}].`),
    ),
  }
}

/** Changed ones keep their place, new ones come last: as saving does it. */
function laidOver(kept: readonly Entry[], written: readonly Raw[], gone: readonly string[]): Raw[] {
  const byId = new Map(kept.map(({ id, entry }) => [id, entry as Raw]))
  for (const raw of written) {
    if (typeof raw.objectID !== 'string') throw new HaggleError('bad-request', 'objectID: expected a text.')
    byId.set(raw.objectID, raw)
  }
  for (const id of gone) byId.delete(id)
  return [...byId.values()]
}
