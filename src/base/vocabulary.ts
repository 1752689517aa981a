/** The only bridge between ids and dense numbers: ids are numbered 0, 1, 2 … in the order they are first added. */
export interface Vocabulary<Id extends string = string> {
  readonly size: number
  /** The index of `id`, which is added when new. */
  add(id: Id): number
  /** The index of `id`, or -1. */
  indexOf(id: Id): number
  idOf(index: number): Id
  ids(): readonly Id[]
}

export function createVocabulary<Id extends string = string>(known: Iterable<Id> = []): Vocabulary<Id> {
  const ids: Id[] = []
  const indices = new Map<Id, number>()
  const vocabulary: Vocabulary<Id> = {
    get size() {
      return ids.length
    },
    add: (id) => {
      const found = indices.get(id)
      if (found !== undefined) return found
      indices.set(id, ids.length)
      return ids.push(id) - 1
    },
    indexOf: (id) => indices.get(id) ?? -1,
    idOf: (index) => ids[index],
    ids: () => ids,
  }
  for (const id of known) vocabulary.add(id)
  return vocabulary
}
