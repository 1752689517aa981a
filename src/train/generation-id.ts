/** Names a trained state by the time it was made, so that ids sort by age: `20260601T120000000Z-000`. */
import type { GenerationId } from '../domain/ids.ts'

/** Always after `latest`, also within one millisecond and where the clock went back. */
export function nextGenerationId(nowMs: number, latest: GenerationId | undefined): GenerationId {
  const fresh = `${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}-000`
  if (latest === undefined || fresh > latest) return fresh as GenerationId
  const [time, counter] = latest.split('-')
  return `${time}-${String(Number(counter) + 1).padStart(3, '0')}` as GenerationId
}
