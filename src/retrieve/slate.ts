/**
 * Makes a list of good proposals a good list: not twenty of a kind, and of kinds as the shopper has them.
 *
 * Greedy, place by place k = 0 …, over a pool of some 5 proposals a place, the first place left alone:
 *
 *   next = argmax_i  r_i − diversity·(k/(n − 1))²·mean_{j chosen} cos(i, j) − calibration·((k + 1)/n)·KL(p ‖ q̃(chosen + i))
 *
 * r is the score brought to [0, 1] over the pool (proposals of less than a hundredth of the best score, of which a model
 * has next to nothing to say, stay out of it, behind all others), n the number of places; both weights grow towards the end of the list,
 * where a change of order costs least. An item is the set of its kinds (slate-kinds.ts), cos the cosine of two sets, p the
 * shares of kinds in what the shopper has, q those in the list, an item's own going to its kinds in equal parts, and
 * q̃ = .99·q + .01·p. Sources: Carbonell and Goldstein, SIGIR 1998 (the greedy form); Steck, "Calibrated
 * recommendations", RecSys 2018 (the divergence, and its .01). O(different kinds in the pool × places × kinds of an item); at most 50 places
 * are composed, what follows keeps its order.
 */
export interface SlateKnobs {
  /** 0: not at all; 1: being like all the others outweighs the whole range of scores at the last place. */
  readonly diversity: number
  /** 0: not at all; what a nat of divergence costs at the last place. */
  readonly calibration: number
}

/** Which kinds someone has, and in which shares; the shares sum to 1. */
export interface Taste {
  readonly kinds: Int32Array
  readonly shares: Float64Array
}

/** The one kind of items whose kinds are not known. */
export const unknownKind = 0

const proposalsAPlace = 5
const mostPlaces = 50
const leastShare = 0.01
const mostProposals = 250
/** α: what of the shopper's own shares is mixed into the list's, so that a kind that is missing costs a finite amount. */
const smoothing = 0.01

/** How many proposals a list of `limit` places is composed from. */
export function poolSize(limit: number): number {
  return Math.max(limit, Math.min(mostProposals, proposalsAPlace * limit))
}

/**
 * Places of the pool in their new order, `limit` of them or all there are.
 * @param kinds of each proposal, best first
 * @param scores of each, falling; 0 for an item of which nothing is known
 * @param taste `null` where nothing is known: nothing is calibrated then
 */
export function composeSlate(
  kinds: readonly Int32Array[],
  scores: ArrayLike<number>,
  limit: number,
  { diversity, calibration }: SlateKnobs,
  taste: Taste | null,
): Int32Array {
  const count = Math.min(limit, kinds.length)
  const pool = told(kinds, scores)
  const size = pool.length
  const places = Math.min(limit, size, mostPlaces)
  if (places < 2 || (diversity === 0 && calibration === 0)) return Int32Array.from({ length: count }, (_, at) => at)
  const chosen = new Int32Array(count)
  const isChosen = new Uint8Array(size)
  const range = scores[0] - scores[size - 1] || 1
  const relevance = Float64Array.from({ length: size }, (_, at) => (scores[at] - scores[size - 1]) / range)
  const alike = byKinds(pool)
  const likeness = createLikeness(alike.kinds)
  const match = taste === null || calibration === 0 ? null : createMatch(alike.kinds, taste)
  for (let place = 0; place < places; place++) {
    const repeated = (diversity * place) / (places - 1) ** 2
    const matched = (calibration * (place + 1)) / places
    match?.next(place + 1)
    let own = place === 0 ? alike.groupOf[0] : -1
    let most = Number.NEGATIVE_INFINITY
    for (let group = 0; group < alike.kinds.length && place > 0; group++) {
      const at = alike.first[group]
      if (at < 0) continue
      const value = relevance[at] - repeated * likeness.sums[group] + (match === null ? 0 : matched * match.gain(group))
      if (value > most || (value === most && at < alike.first[own])) {
        most = value
        own = group
      }
    }
    const best = alike.first[own]
    alike.first[own] = alike.next[best]
    chosen[place] = best
    isChosen[best] = 1
    likeness.choose(own)
    match?.choose(own)
  }
  for (let at = 0, to = places; to < count; at++) if (isChosen[at] !== 1) chosen[to++] = at
  return chosen
}

/**
 * Of proposals of the same kinds the best comes first, whatever stands in the list: only that one has to be weighed.
 * Kinds are the same where they are the same array, as an item's category has it.
 */
function byKinds(pool: readonly Int32Array[]) {
  const groups = new Map<Int32Array, number>()
  const groupOf = Int32Array.from(pool, (own) => {
    const group = groups.get(own) ?? groups.size
    groups.set(own, group)
    return group
  })
  /** The first of each group that is left, and whom each is followed by; -1: nobody. */
  const first = new Int32Array(groups.size).fill(-1)
  const next = new Int32Array(pool.length)
  for (let at = pool.length - 1; at >= 0; at--) {
    next[at] = first[groupOf[at]]
    first[groupOf[at]] = at
  }
  return { kinds: [...groups.keys()], groupOf, first, next }
}

/** Those of which there is something to say. */
function told(kinds: readonly Int32Array[], scores: ArrayLike<number>): readonly Int32Array[] {
  const least = leastShare * scores[0]
  let size = kinds.length
  while (size > 0 && scores[size - 1] < least) size--
  return kinds.slice(0, size)
}

function highest(kinds: readonly Int32Array[]): number {
  let most = 0
  for (const own of kinds) for (const kind of own) if (kind > most) most = kind
  return most
}

/** Keeps Σ_{j chosen} cos(i, j) for every i of the pool. */
function createLikeness(kinds: readonly Int32Array[]) {
  const sums = new Float64Array(kinds.length)
  const marks = new Float64Array(highest(kinds) + 1)
  const scales = Float64Array.from(kinds, ({ length }) => (length === 0 ? 0 : 1 / Math.sqrt(length)))
  const choose = (chosen: number) => {
    for (const kind of kinds[chosen]) marks[kind] = scales[chosen]
    for (let at = 0; at < kinds.length; at++) {
      let shared = 0
      for (const kind of kinds[at]) shared += marks[kind]
      sums[at] += shared * scales[at]
    }
    for (const kind of kinds[chosen]) marks[kind] = 0
  }
  return { sums, choose }
}

/**
 * How much less the list diverges from the taste with one more item, compared with an item of other kinds:
 * Σ_c p_c·(log q̃_c(with it) − log q̃_c(without)), over its kinds c.
 */
function createMatch(kinds: readonly Int32Array[], taste: Taste) {
  const count = taste.kinds.length
  const placeOf = new Int32Array(Math.max(highest(kinds), highest([taste.kinds])) + 1).fill(-1)
  taste.kinds.forEach((kind, at) => (placeOf[kind] = at))
  const own = kinds.map((all) => all.map((kind) => placeOf[kind]).filter((at) => at >= 0))
  const widest = kinds.reduce((most, { length }) => Math.max(most, length), 1)
  const held = new Float64Array(count)
  /** By kind and by how many kinds the item has: the same for all such items, so once a place. */
  const gains = new Float64Array(count * widest)
  return {
    next: (length: number) => {
      for (let at = 0; at < count; at++) {
        const without = ((1 - smoothing) * held[at]) / length + smoothing * taste.shares[at]
        for (let width = 1; width <= widest; width++) {
          const added = (1 - smoothing) / (width * length)
          gains[at * widest + width - 1] = taste.shares[at] * Math.log(1 + added / without)
        }
      }
    },
    gain: (item: number) => {
      let gain = 0
      for (const at of own[item]) gain += gains[at * widest + kinds[item].length - 1]
      return gain
    },
    choose: (item: number) => {
      for (const at of own[item]) held[at] += 1 / kinds[item].length
    },
  }
}

/** Shares of kinds in items that count `weights`; `null` where none counts, or none is known. */
export function tasteOf(kinds: readonly Int32Array[], weights: ArrayLike<number>): Taste | null {
  const sums = new Map<number, number>()
  let total = 0
  kinds.forEach((own, at) => {
    if (weights[at] <= 0 || own[0] === unknownKind) return
    total += weights[at]
    for (const kind of own) sums.set(kind, (sums.get(kind) ?? 0) + weights[at] / own.length)
  })
  if (total === 0) return null
  return { kinds: Int32Array.from(sums.keys()), shares: Float64Array.from(sums.values(), (sum) => sum / total) }
}

/** 1 − the mean cosine of two items of the list: 0 all of the same kinds, 1 nothing in common. `null` below two items. */
export function intraListDiversity(kinds: readonly Int32Array[]): number | null {
  if (kinds.length < 2) return null
  const likeness = createLikeness(kinds)
  let sum = 0
  kinds.forEach((_, at) => {
    sum += likeness.sums[at]
    likeness.choose(at)
  })
  return 1 - (2 * sum) / (kinds.length * (kinds.length - 1))
}

/** KL(p ‖ q̃) in nats: 0 where the list has the kinds in the shopper's own shares. `null` for an empty list. */
export function miscalibration(kinds: readonly Int32Array[], taste: Taste): number | null {
  if (kinds.length === 0) return null
  const list = tasteOf(kinds, new Float64Array(kinds.length).fill(1))
  const shares = new Map(Array.from(list?.kinds ?? [], (kind, at) => [kind, list?.shares[at] ?? 0]))
  return taste.kinds.reduce((sum, kind, at) => {
    const p = taste.shares[at]
    return sum + p * Math.log(p / ((1 - smoothing) * (shares.get(kind) ?? 0) + smoothing * p))
  }, 0)
}
