/**
 * Search as anyone would write it first: a product answers where every word of the query occurs in it, the last one as
 * a beginning. Slow and surely right: the reference that tests hold the real index against.
 *
 * O(products × text) a query.
 */
import type { ItemId } from '../domain/ids.ts'
import type { ItemRecord } from '../domain/item.ts'
import type { Answer, Highlight, Highlighter, LexicalAnswer, ParsedQuery } from './lexical.ts'
import { textsOf } from './record-text.ts'

export interface PlainIndex {
  readonly slotCount: number
  put(itemId: ItemId, record: ItemRecord): void
  remove(itemId: ItemId): void
  slotOf(itemId: ItemId): number | undefined
  idOf(slot: number): ItemId | undefined
  search(query: string, options: { accept?: (slot: number) => boolean; limit: number }): LexicalAnswer
  highlighter(query: ParsedQuery): Highlighter
}

export function createPlainIndex(): PlainIndex {
  const slots = new Map<ItemId, number>()
  const ids: (ItemId | undefined)[] = []
  const words: ReadonlySet<string>[] = []
  const free: number[] = []

  return {
    get slotCount() {
      return ids.length
    },
    put: (itemId, record) => {
      const slot = slots.get(itemId) ?? free.pop() ?? ids.length
      slots.set(itemId, slot)
      ids[slot] = itemId
      words[slot] = new Set(textsOf(record).flatMap(cut))
    },
    remove: (itemId) => {
      const slot = slots.get(itemId)
      if (slot === undefined) return
      slots.delete(itemId)
      ids[slot] = undefined
      free.push(slot)
    },
    slotOf: (itemId) => slots.get(itemId),
    idOf: (slot) => ids[slot],
    search: (query, { accept = () => true, limit }) => {
      const wanted = cut(query)
      const found: number[] = []
      for (let slot = 0; slot < ids.length; slot++) {
        if (ids[slot] !== undefined && accept(slot) && holds(words[slot], wanted)) found.push(slot)
      }
      return {
        answers: found.slice(0, limit).map((slot) => answer(slot, ids[slot] as ItemId, wanted.length)),
        matches: Uint32Array.from(found),
        total: found.length,
        relaxed: 0,
        query: parsed(wanted),
      }
    },
    highlighter: ({ words: wanted }) => {
      const highlight = (value: string, { pre, post }: { pre: string; post: string }): Highlight => {
        const seen = new Set<string>()
        const marked = value.replace(/[\p{L}\p{N}]+/gu, (word) => {
          const hit = wanted.find(({ text }) => word.toLowerCase().startsWith(text))
          if (hit === undefined) return word
          seen.add(hit.text)
          return `${pre}${word}${post}`
        })
        const matchLevel = seen.size === 0 ? 'none' : seen.size === wanted.length ? 'full' : 'partial'
        return { value: marked, matchLevel, matchedWords: [...seen] }
      }
      return { highlight, snippet: (value, _, marks) => highlight(value, marks) }
    },
  }
}

function cut(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function holds(words: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.every((word, at) => {
    if (words.has(word)) return true
    return at === wanted.length - 1 && [...words].some((own) => own.startsWith(word))
  })
}

function parsed(words: readonly string[]): ParsedQuery {
  return { words: words.map((text) => ({ text, required: true, alternatives: [], idf: 1 })), excluded: [] }
}

function answer(slot: number, itemId: ItemId, words: number): Answer {
  return { slot, itemId, score: 1, words, exact: words, typos: 0, proximity: 0, attribute: 0, position: 0 }
}
