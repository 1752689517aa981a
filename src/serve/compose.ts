/**
 * Composes the proposals of one source into a list (retrieve/slate.ts), as the shop's settings say.
 *
 * Scores are those of the places: the k-th place shows the k-th highest score among what was chosen, so that they fall, and a
 * threshold cuts the list off without changing what stands before.
 */
import { composeSlate, tasteOf } from '../retrieve/slate.ts'
import type { Memory, Proposal, Proposals } from './source.ts'

/** @param list best first; may hold more than `limit` */
export function compose(
  { kinds, catalogue, config }: Memory,
  list: readonly Proposal[],
  history: NonNullable<Proposals['history']>,
  limit: number,
): Proposal[] {
  const taste = tasteOf(
    history.map(({ itemId }) => kinds.of(catalogue.get(itemId))),
    history.map(({ weight }) => weight),
  )
  const scores = list.map(({ score }) => score)
  const own = list.map(({ item }) => kinds.of(item))
  const chosen = Array.from(composeSlate(own, scores, limit, config.recommend, taste))
  const falling = chosen.map((at) => scores[at]).sort((a, b) => b - a)
  return chosen.map((at, place) => ({ item: list[at].item, score: falling[place], source: list[at].source }))
}
