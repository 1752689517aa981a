/**
 * The yardstick of every search: the words of the query looked up in the titles, nothing else.
 *
 * BM25 (Robertson and Zaragoza 2009) over English stems, k1 1.2, b .75, idf = ln(1 + (N − df + .5)/(df + .5)), each word
 * of the query once. Kept apart from the product's own index and stemmer, so that changing those never moves the
 * yardstick (the stemmer here is Porter2 of today, with which the published .589 and .778 come out).
 * O(postings of the query's words).
 */
import { stemmer } from '@orama/stemmers/english'
import { createTopK } from '../kernels/top-k.ts'
import type { RankRecords } from './judged.ts'

export function titleBm25(titles: readonly string[], limit = 100, k1 = 1.2, b = 0.75): RankRecords {
  const documents = titles.map(words)
  const lengths = documents.map((document) => document.length)
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.filter((length) => length > 0).length
  const postings = new Map<string, Map<number, number>>()
  documents.forEach((document, index) => {
    for (const word of document) {
      const posting = postings.get(word) ?? new Map<number, number>()
      postings.set(word, posting.set(index, (posting.get(index) ?? 0) + 1))
    }
  })
  return (query) => {
    const scores = new Map<number, number>()
    for (const word of new Set(words(query))) {
      const posting = postings.get(word) ?? new Map<number, number>()
      const idf = Math.log(1 + (titles.length - posting.size + 0.5) / (posting.size + 0.5))
      for (const [document, count] of posting) {
        const part = (count * (k1 + 1)) / (count + k1 * (1 - b + (b * lengths[document]) / meanLength))
        scores.set(document, (scores.get(document) ?? 0) + idf * part)
      }
    }
    const best = createTopK(limit)
    for (const [document, score] of [...scores].sort(([a], [c]) => a - c)) best.offer(document, score)
    return best.drain()
  }
}

function words(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replace(/&amp;|”/g, ' ')
    .replace(/['’`]/g, '')
  return (plain.match(/\d+\.\d+|[a-z0-9]+/g) ?? []).map(stemmer)
}
