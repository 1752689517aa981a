/**
 * The smallest part of a history without which an answer would be another, found by asking again and again.
 *
 * First the strongest entries together, half as many more each time, until the answer changes; then each of them in turn
 * is put back where that changes nothing, until none can be (the set is minimal then); then, with what is left of the
 * budget, every smaller set is tried, smallest first, those of strong entries first. Every set that is named was asked.
 */
export interface Removal<Id> {
  readonly removed: readonly Id[]
  /** No entry of it can be put back. */
  readonly minimal: boolean
  /** Every smaller set was tried. */
  readonly smallest: boolean
}

export interface RemovalSearch<Id> {
  /** `null` where none was found within the budget. */
  readonly removal: Removal<Id> | null
  /** How often the question was asked. */
  readonly asked: number
}

const growth = 1.5

/**
 * @param entries strongest first
 * @param changes asks the question without some of them
 * @param budget how often it may be asked
 */
export async function searchRemoval<Id>(
  entries: readonly Id[],
  changes: (without: readonly Id[]) => Promise<boolean>,
  budget: number,
): Promise<RemovalSearch<Id>> {
  const known = new Map<string, boolean>()
  const places = new Map(entries.map((entry, place) => [entry, place]))
  let spent = false
  const ask: Ask<Id> = async (set) => {
    const key = set
      .map((entry) => places.get(entry))
      .sort()
      .join()
    const found = known.get(key)
    if (found !== undefined) return found
    spent ||= known.size >= budget
    if (spent) return null
    const answer = await changes(set)
    known.set(key, answer)
    return answer
  }
  const found = await grow(entries, ask)
  if (found === null) return { removal: null, asked: known.size }
  const pruned = await prune(found, ask)
  const minimal = !spent
  const smaller = await firstSmaller(entries, pruned.length, ask)
  const removed = smaller ?? pruned
  return {
    removal: { removed, minimal: minimal || smaller !== null, smallest: !spent || smaller !== null },
    asked: known.size,
  }
}

/** `null` where the budget is spent. */
type Ask<Id> = (set: readonly Id[]) => Promise<boolean | null>

async function grow<Id>(entries: readonly Id[], ask: Ask<Id>): Promise<readonly Id[] | null> {
  for (let size = 1; entries.length > 0; size = Math.min(entries.length, Math.ceil(size * growth))) {
    const set = entries.slice(0, size)
    if (await ask(set)) return set
    if (size === entries.length) return null
  }
  return null
}

async function prune<Id>(set: readonly Id[], ask: Ask<Id>): Promise<readonly Id[]> {
  for (const entry of set.toReversed()) {
    const fewer = set.filter((other) => other !== entry)
    // What may go back changes what else may: from the start.
    if (fewer.length > 0 && (await ask(fewer))) return prune(fewer, ask)
  }
  return set
}

/** The first set of fewer than `size` entries that will do; sizes are tried in order, so that it is a smallest. */
async function firstSmaller<Id>(entries: readonly Id[], size: number, ask: Ask<Id>): Promise<readonly Id[] | null> {
  for (let length = 1; length < size; length++) {
    for (const set of combinations(entries, length)) {
      const changes = await ask(set)
      if (changes === null) return null
      if (changes) return set
    }
  }
  return null
}

/** All sets of `length` entries, those whose weakest entry is strong first. */
function* combinations<Id>(entries: readonly Id[], length: number): Generator<readonly Id[]> {
  if (length === 0) yield []
  for (let last = length - 1; length > 0 && last < entries.length; last++) {
    for (const rest of combinations(entries.slice(0, last), length - 1)) yield [...rest, entries[last]]
  }
}
