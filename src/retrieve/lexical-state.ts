/** What the parts of a lexical index share. */
import type { AnalyseSettings } from '../preprocess/analyse.ts'
import type { ItemId } from '../domain/ids.ts'
import type { LexicalSettings, QuerySettings } from './lexical.ts'
import type { PlanContext } from './query-plan.ts'
import type { SearchableFields } from './searchable-fields.ts'
import type { TermDictionary } from './term-dictionary.ts'
import type { WordStore } from './word-store.ts'

export interface LexicalState {
  readonly store: WordStore
  readonly dictionary: TermDictionary
  readonly fields: SearchableFields
  readonly size: number
  settings(): LexicalSettings
  analysis(): AnalyseSettings
  planContext(settings: QuerySettings): Omit<PlanContext, 'readings'>
  isLive(slot: number): boolean
  idOf(slot: number): ItemId
  /** A fixed number of the item that its id cannot be read from. */
  tieOf(slot: number): number
}
