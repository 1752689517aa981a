/**
 * How strongly a shopper leans towards which tags: a small table that fades evenly with time.
 *
 * All strengths are held as of one moment, so fading is one factor for the whole table. When the table is full, the
 * weakest tag makes room. Cost: O(tags) an event; memory: 32 bytes a tag, at most `capacity` of them. Plain arrays: a
 * hundred thousand small typed arrays cost the garbage collector more than the numbers in them.
 */
export interface TagRow {
  readonly tag: number
  readonly strength: number
  readonly evidence: number
  readonly lastMs: number
}

export class TagTable {
  private tags: number[] = []
  /** As of `asOfMs`. */
  private strengths: number[] = []
  private evidence: number[] = []
  private lastMs: number[] = []
  private asOfMs = Number.NEGATIVE_INFINITY
  /** Sums by group, kept from one question to the next until an event changes them. */
  private totals: Map<number, number> | null = null
  private readonly capacity: number
  private readonly halfLifeMs: number

  constructor(capacity: number, halfLifeMs: number) {
    this.capacity = capacity
    this.halfLifeMs = halfLifeMs
  }

  /** Brings the table to `timeMs` and returns what an amount of that time is worth in it: less than 1 for a late event. */
  advance(timeMs: number): number {
    if (timeMs < this.asOfMs) return this.fading(this.asOfMs - timeMs)
    const factor = this.tags.length === 0 ? 1 : this.fading(timeMs - this.asOfMs)
    if (factor < 1) {
      for (let row = 0; row < this.strengths.length; row++) this.strengths[row] *= factor
      this.totals = null
    }
    this.asOfMs = timeMs
    return 1
  }

  /** `amount` as of the moment the table was brought to; a negative one takes strength back, never below 0. */
  add(tag: number, amount: number, timeMs: number): void {
    const row = this.tags.indexOf(tag)
    this.totals = null
    if (row < 0) {
      if (amount > 0)
        this.put(this.tags.length < this.capacity ? this.tags.length : this.weakest(), tag, amount, timeMs)
      return
    }
    this.strengths[row] = Math.max(0, this.strengths[row] + amount)
    this.lastMs[row] = Math.max(this.lastMs[row], timeMs)
    if (amount > 0) this.evidence[row]++
  }

  strength(tag: number, nowMs: number): number {
    return this.held(tag) * this.left(nowMs)
  }

  /** Strength as of the moment the table was brought to: for shares, where fading cancels out. */
  held(tag: number): number {
    const row = this.tags.indexOf(tag)
    return row < 0 ? 0 : this.strengths[row]
  }

  /** How much of what is held is left at `nowMs`. */
  left(nowMs: number): number {
    return this.tags.length === 0 ? 0 : this.fading(nowMs - this.asOfMs)
  }

  /** Sum of what is held of the tags of a group. */
  total(group: number, groupOf: (tag: number) => number): number {
    if (this.totals === null) {
      this.totals = new Map()
      for (const [row, tag] of this.tags.entries()) {
        this.totals.set(groupOf(tag), (this.totals.get(groupOf(tag)) ?? 0) + this.strengths[row])
      }
    }
    return this.totals.get(group) ?? 0
  }

  list(nowMs: number): TagRow[] {
    const left = this.left(nowMs)
    return this.tags
      .map((tag, row) => ({
        tag,
        strength: this.strengths[row] * left,
        evidence: this.evidence[row],
        lastMs: this.lastMs[row],
      }))
      .filter(({ strength }) => strength > 0)
  }

  clear(): void {
    this.tags = []
    this.strengths = []
    this.evidence = []
    this.lastMs = []
    this.totals = null
  }

  private fading(durationMs: number): number {
    return 2 ** (-Math.max(0, durationMs) / this.halfLifeMs)
  }

  private put(row: number, tag: number, strength: number, timeMs: number): void {
    this.tags[row] = tag
    this.strengths[row] = strength
    this.evidence[row] = 1
    this.lastMs[row] = timeMs
  }

  private weakest(): number {
    let weakest = 0
    for (let row = 1; row < this.strengths.length; row++) {
      if (this.strengths[row] < this.strengths[weakest]) weakest = row
    }
    return weakest
  }
}
