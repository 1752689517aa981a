/**
 * Words that differ from a typed one by a slip or two, found without reading the dictionary.
 *
 * Symmetric deletion (Garbe 2012): two words within d edits share a string that each becomes by at most d deletions. The
 * deletions of the first seven letters of every word are kept by their hash, in chains; a query looks its own up and
 * checks what it finds by the true distance. Words of six letters or more are kept with two deletions, shorter ones and
 * those with digits with one. About 29 chain links of 8 bytes for a long word, 8 for a short one; a look-up costs some
 * tens of probes, first letters as good as any.
 */
import { grown } from '../base/grown.ts'
import { editDistance } from './edit-distance.ts'

export interface DeletionNeighbours {
  add(term: number, word: string): void
  /** Calls back once for every word within `most` (1 or 2) edits, itself included. */
  find(word: string, most: number, visit: (term: number, distance: number) => void): void
  clear(): void
}

const prefixLetters = 7
/** Shorter words are forgiven one edit at most. */
const lettersForTwo = 6

/** Most edits a word of the catalogue is found by. */
export function editsKept(word: string): number {
  if (word.length < 3) return 0
  return word.length >= lettersForTwo && !/\d/.test(word) ? 2 : 1
}

export function createDeletionNeighbours(wordOf: (term: number) => string): DeletionNeighbours {
  let heads = new Int32Array(1024).fill(-1)
  let nexts = new Int32Array(1024)
  let terms = new Int32Array(1024)
  let hashes = new Int32Array(1024)
  let used = 0
  const seen = new Set<number>()

  const link = (hash: number, at: number): void => {
    const head = hash & (heads.length - 1)
    nexts[at] = heads[head]
    heads[head] = at
  }
  const grow = (): void => {
    const size = Math.ceil(nexts.length * 1.5)
    ;[nexts, terms, hashes] = [grown(nexts, size), grown(terms, size), grown(hashes, size)]
    if (size <= heads.length) return
    heads = new Int32Array(heads.length * 2).fill(-1)
    for (let at = 0; at < used; at++) link(hashes[at], at)
  }
  const insert = (hash: number, term: number): void => {
    if (used === nexts.length) grow()
    terms[used] = term
    hashes[used] = hash
    link(hash, used++)
  }

  return {
    add: (term, word) => {
      for (const hash of deletions(word, editsKept(word))) insert(hash, term)
    },
    find: (word, most, visit) => {
      seen.clear()
      for (const hash of deletions(word, most)) {
        for (let at = heads[hash & (heads.length - 1)]; at >= 0; at = nexts[at]) {
          if (hashes[at] !== hash || seen.has(terms[at])) continue
          seen.add(terms[at])
          const other = wordOf(terms[at])
          const allowed = Math.min(most, editsKept(other))
          const distance = editDistance(word, other, allowed)
          if (distance <= allowed) visit(terms[at], distance)
        }
      }
    },
    clear: () => {
      heads.fill(-1)
      used = 0
    },
  }
}

const found = new Set<number>()

/** Hashes of the beginning of a word and of what is left of it by up to `most` deletions. */
function deletions(word: string, most: number): Set<number> {
  const start = word.slice(0, prefixLetters)
  found.clear()
  found.add(hashWithout(start, -1, -1))
  if (most > 0) for (let first = 0; first < start.length; first++) found.add(hashWithout(start, first, -1))
  if (most > 1) {
    for (let first = 0; first < start.length; first++) {
      for (let second = first + 1; second < start.length; second++) found.add(hashWithout(start, first, second))
    }
  }
  return found
}

/** FNV-1a over all letters but two, stirred so that its low bits depend on all of them. */
function hashWithout(word: string, first: number, second: number): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at++) {
    if (at !== first && at !== second) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  }
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) | 0
}
