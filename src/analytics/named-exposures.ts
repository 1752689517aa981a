/** Answers that acts name and that are not at hand, looked up: one question to the store for each. */
import type { Exposure } from '../domain/exposure.ts'
import type { Act } from '../events/attribution.ts'
import type { Store } from '../store/store.ts'

/** In the order in which they are first named; those that nobody knows are left out. */
export async function namedExposures(
  acts: readonly Pick<Act, 'queryId'>[],
  atHand: readonly Exposure[],
  store: Pick<Store, 'exposures'>,
): Promise<Exposure[]> {
  const asked = new Set(atHand.map(({ queryId }) => queryId))
  const found: Exposure[] = []
  for (const { queryId } of acts) {
    if (queryId === null || asked.has(queryId)) continue
    asked.add(queryId)
    const exposure = await store.exposures.get(queryId)
    if (exposure !== null) found.push(exposure)
  }
  return found
}
