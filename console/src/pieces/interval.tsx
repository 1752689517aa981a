/** A mean with its 95 % interval as a small picture on a scale shared by all rows. */
export interface IntervalValue {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export function IntervalBar({ value, all }: { value: IntervalValue; all: readonly IntervalValue[] }) {
  const least = Math.min(...all.map(({ low }) => low))
  const most = Math.max(...all.map(({ high }) => high))
  const at = (x: number) => `${(most > least ? (100 * (x - least)) / (most - least) : 50).toFixed(1)}%`
  const width = `${(most > least ? (100 * (value.high - value.low)) / (most - least) : 0).toFixed(1)}%`
  return (
    <span className="interval" aria-hidden>
      <span className="interval-range" style={{ left: at(value.low), width }} />
      <span className="interval-mean" style={{ left: at(value.mean) }} />
    </span>
  )
}
