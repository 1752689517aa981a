/** A count that halves every `halfLifeMs`: how much happened lately. */
export interface FadingCount {
  add(timeMs: number): void
  at(timeMs: number): number
}

export function createFadingCount(halfLifeMs: number): FadingCount {
  return new Fading(halfLifeMs)
}

class Fading implements FadingCount {
  private value = 0
  private asOfMs = Number.NEGATIVE_INFINITY
  private readonly halfLifeMs: number

  constructor(halfLifeMs: number) {
    this.halfLifeMs = halfLifeMs
  }

  add(timeMs: number): void {
    // A late event counts for what is left of it by now.
    if (timeMs < this.asOfMs) this.value += 2 ** ((timeMs - this.asOfMs) / this.halfLifeMs)
    else {
      this.value = this.at(timeMs) + 1
      this.asOfMs = timeMs
    }
  }

  at(timeMs: number): number {
    return this.value === 0 ? 0 : this.value * 2 ** (-Math.max(0, timeMs - this.asOfMs) / this.halfLifeMs)
  }
}
