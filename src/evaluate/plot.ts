/**
 * Plots as SVG text: lines over epochs, points of two measures, and means with their intervals.
 *
 * Colours are the page's (`--series-1` … `--series-8`, `currentColor`), so that a plot follows light and dark. All
 * plots are drawn for a width of 420 units and shown at any.
 */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface IntervalRow {
  readonly name: string
  readonly mean: number
  readonly low: number
  readonly high: number
}

const width = 420
const margin = { left: 52, right: 14, top: 12, bottom: 36 }

/** Makes text safe in HTML and SVG, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Where its value may as well lie. */
export interface UnsurePoint extends Point {
  readonly low: number
  readonly high: number
}

/** One line through points of rising x, each with its interval where it has one. */
export function linePlot(
  points: readonly (Point | UnsurePoint)[],
  labels: { readonly x: string; readonly y: string },
): string {
  const height = 220
  const ends = points.flatMap((point) =>
    'low' in point ? [point.low, point.high].map((y) => ({ x: point.x, y })) : [],
  )
  const frame = axes([...points, ...ends], height, labels)
  const bars = points.flatMap((point) =>
    'low' in point
      ? [
          `<line x1="${frame.x(point.x).toFixed(1)}" x2="${frame.x(point.x).toFixed(1)}" y1="${frame.y(point.low).toFixed(1)}" y2="${frame.y(point.high).toFixed(1)}" stroke="var(--series-1)" stroke-width="6" stroke-opacity=".35" stroke-linecap="round"/>`,
        ]
      : [],
  )
  const path = points.map(({ x, y }) => `${frame.x(x).toFixed(1)},${frame.y(y).toFixed(1)}`).join(' ')
  const dots =
    points.length > 40
      ? ''
      : points.map(({ x, y }) => dot(frame.x(x), frame.y(y), 2.5, 1, `${labels.x} ${x}: ${y.toPrecision(4)}`)).join('')
  const line = `<polyline points="${path}" fill="none" stroke="var(--series-1)" stroke-width="2" stroke-linejoin="round"/>`
  return svg(height, `${labels.y} over ${labels.x}`, frame.drawn + bars.join('') + line + dots)
}

/** Named points; each is labelled where it stands. */
export function scatterPlot(
  points: readonly (Point & { readonly name: string })[],
  labels: { readonly x: string; readonly y: string },
): string {
  const height = 260
  const frame = axes(points, height, labels)
  // Labels keep off the points and off each other.
  const taken = points.map(({ x, y }) => ({ x: frame.x(x) - 7, y: frame.y(y) + 4, end: frame.x(x) + 7 }))
  const drawn = points.map(({ name, x, y }, at) => {
    const [left, top] = [frame.x(x), frame.y(y)]
    const toLeft = left > width * 0.62
    const [start, end] = toLeft
      ? [left - 10 - name.length * 6.6, left - 10]
      : [left + 10, left + 10 + name.length * 6.6]
    let place = top + 4
    // A label that would lie on another moves down, line by line; it has the colour of its point.
    while (taken.some((other) => Math.abs(other.y - place) < 13 && other.x < end && start < other.end)) place += 13
    taken.push({ x: start, y: place, end })
    const anchor = toLeft ? 'end' : 'start'
    const label = `<text x="${(toLeft ? left - 10 : left + 10).toFixed(1)}" y="${place.toFixed(1)}" text-anchor="${anchor}" style="fill:var(--series-${(at % 8) + 1})">${escapeHtml(name)}</text>`
    return dot(left, top, 5, (at % 8) + 1, `${name}: ${labels.x} ${short(x)}, ${labels.y} ${short(y)}`) + label
  })
  return svg(height, `${labels.y} against ${labels.x}`, frame.drawn + drawn.join(''))
}

/** One row each: the mean as a dot, the interval as a bar, on a scale from 0. */
export function intervalPlot(rows: readonly IntervalRow[], label: string): string {
  const rowHeight = 26
  const left = 12 + 7 * Math.max(4, ...rows.map(({ name }) => name.length))
  const right = width - 52
  const height = margin.top + rows.length * rowHeight + margin.bottom
  const [, highest] = domain([0, ...rows.map(({ high }) => high)])
  const place = (value: number) => left + (value / highest) * (right - left)
  const bottom = margin.top + rows.length * rowHeight
  const grid = ticks(0, highest).map(
    (tick) => vertical(place(tick), margin.top, bottom) + centred(place(tick), bottom + 15, short(tick)),
  )
  const drawn = rows.map(({ name, mean, low, high }, at) => {
    const y = margin.top + (at + 0.5) * rowHeight
    const bar = `<line x1="${place(low).toFixed(1)}" x2="${place(high).toFixed(1)}" y1="${y}" y2="${y}" stroke="var(--series-1)" stroke-width="6" stroke-opacity=".35" stroke-linecap="round"/>`
    const title = `${name}: ${mean.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`
    const texts = `<text x="${left - 8}" y="${y + 4}" text-anchor="end">${escapeHtml(name)}</text><text x="${width - 4}" y="${y + 4}" text-anchor="end">${mean.toFixed(4)}</text>`
    return bar + dot(place(mean), y, 4.5, 1, title) + texts
  })
  return svg(height, label, grid.join('') + drawn.join('') + centred((left + right) / 2, height - 4, label))
}

/** A plot as a file of its own, which has no page to take its colours from. */
export function asFile(plot: string): string {
  const style = ':root{--series-1:#2a6fdb;--card:#fff}text{font:11px sans-serif;fill:#5d6673}.grid{stroke:#dfe3e8}'
  return `${plot.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').replace('>', `><style>${style}</style>`)}\n`
}

function svg(height: number, title: string, content: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${content}</svg>`
}

function dot(x: number, y: number, radius: number, series: number, title: string): string {
  const place = `cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}"`
  return `<circle ${place} fill="var(--series-${series})" stroke="var(--card)" stroke-width="1.5"><title>${escapeHtml(title)}</title></circle>`
}

function axes(points: readonly Point[], height: number, labels: { readonly x: string; readonly y: string }) {
  const [lowX, highX] = domain(points.map(({ x }) => x))
  const [lowY, highY] = domain(points.map(({ y }) => y))
  const bottom = height - margin.bottom
  const x = (value: number) => margin.left + ((value - lowX) / (highX - lowX)) * (width - margin.left - margin.right)
  const y = (value: number) => bottom - ((value - lowY) / (highY - lowY)) * (bottom - margin.top)
  const horizontal = ticks(lowY, highY).map(
    (tick) =>
      `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/>` +
      `<text class="tick" x="${margin.left - 6}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${short(tick)}</text>`,
  )
  const across = ticks(lowX, highX).map((tick) => centred(x(tick), bottom + 15, short(tick)))
  const names =
    centred((margin.left + width) / 2, height - 4, labels.x) +
    `<text class="tick" transform="translate(11 ${(bottom + margin.top) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(labels.y)}</text>`
  return { x, y, drawn: horizontal.join('') + across.join('') + names }
}

function vertical(x: number, top: number, bottom: number): string {
  return `<line class="grid" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${top}" y2="${bottom}"/>`
}

function centred(x: number, y: number, text: string): string {
  return `<text class="tick" x="${x.toFixed(1)}" y="${y}" text-anchor="middle">${escapeHtml(text)}</text>`
}

/** Lowest and highest value, with a little room; never of no width. */
function domain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite)
  const low = finite.reduce((least, value) => Math.min(least, value), finite[0] ?? 0)
  const high = finite.reduce((most, value) => Math.max(most, value), finite[0] ?? 1)
  // What differs in its last digits only, or is too small to be divided further, counts as level.
  const scale = Math.max(Math.abs(low), Math.abs(high))
  const level = scale < 1e-300 ? 1 : 0.1 * scale
  const room = high - low > Math.max(1e-12 * scale, 1e-300) ? 0.06 * (high - low) : level
  return [low === 0 ? 0 : low - room, high + room]
}

/** Three to six round numbers within the bounds. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 4
  const size = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((times) => times * size >= rough) ?? 10) * size
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, at) => (first + at) * step)
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
