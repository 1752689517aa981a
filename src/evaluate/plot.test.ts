import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asFile, escapeHtml, intervalPlot, linePlot, scatterPlot } from './plot.ts'

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const labels = { x: 'epoch', y: 'loss' }
const places = (svg: string) =>
  [...svg.matchAll(/\bc([xy])="([^"]+)"/g)].map(([, axis, at]) => ({ axis, at: Number(at) }))

describe('plots', () => {
  it('put every point inside the picture, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ x: value, y: value }), { minLength: 1, maxLength: 30 }), (points) => {
        for (const { axis, at } of places(linePlot(points, labels))) {
          expect(at).toBeGreaterThanOrEqual(axis === 'x' ? 51 : 11)
          expect(at).toBeLessThanOrEqual(axis === 'x' ? 407 : 185)
        }
      }),
    )
  })

  it('show how sure each point of a line is, inside the picture', () => {
    const points = [1, 2, 3].map((x) => ({ x, y: 4 * x, low: x - 20, high: 30 * x }))
    const bars = [...linePlot(points, labels).matchAll(/y1="([^"]+)" y2="([^"]+)" stroke="var/g)]
    expect(bars).toHaveLength(3)
    for (const [, low, high] of bars.map((bar) => bar.map(Number))) {
      expect(low).toBeGreaterThan(high)
      expect(low).toBeLessThanOrEqual(185)
      expect(high).toBeGreaterThanOrEqual(11)
    }
  })

  it('bring their colours along in a file of their own', () => {
    const file = asFile(linePlot([{ x: 1, y: 5 }], labels))
    expect(file).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="[^"]+"[^>]*><style>/)
    for (const [, name] of file.matchAll(/var\((--[^)]+)\)/g)) expect(file).toContain(`${name}:#`)
  })

  it('put larger values further up and to the right', () => {
    const [x1, y1, x2, y2] = places(
      linePlot(
        [
          { x: 1, y: 5 },
          { x: 2, y: 9 },
        ],
        labels,
      ),
    ).map(({ at }) => at)
    expect(x2).toBeGreaterThan(x1)
    expect(y2).toBeLessThan(y1)
  })

  it('keep labels of points that lie together apart', () => {
    const together = ['ease', 'ials', 'rp3beta'].map((name) => ({ name, x: 10, y: 0.4 }))
    const svg = scatterPlot([...together, { name: 'popularity', x: 2, y: 0.1 }], labels)
    const rows = [...svg.matchAll(/y="([\d.]+)" text-anchor="end"[^>]*>(?:ease|ials|rp3beta)</g)].map(([, y]) =>
      Number(y),
    )
    expect(rows).toHaveLength(3)
    expect(Math.abs(rows[0] - rows[1])).toBeGreaterThanOrEqual(12.9)
    expect(Math.abs(rows[1] - rows[2])).toBeGreaterThanOrEqual(12.9)
  })

  it('draw an interval around its mean', () => {
    const svg = intervalPlot([{ name: 'ease', mean: 0.4, low: 0.3, high: 0.5 }], 'G@20')
    const [, low, high] = /x1="([\d.]+)" x2="([\d.]+)"[^>]*stroke-width="6"/.exec(svg) ?? []
    const [{ at }] = places(svg)
    expect(Number(low)).toBeLessThan(at)
    expect(at).toBeLessThan(Number(high))
  })

  it('survive no points, one point, and points no division can tell apart', () => {
    const least = Number.MIN_VALUE
    const tiny = [-1, 0, 1, 1e4].map((times) => ({ x: times * least, y: 3 + times * 1e-16 }))
    expect(places(linePlot(tiny, labels)).every(({ at }) => Number.isFinite(at))).toBe(true)
    expect(linePlot([], labels)).not.toContain('NaN')
    expect(linePlot([{ x: 3, y: 0 }], labels)).not.toContain('NaN')
    expect(intervalPlot([], 'G@20')).not.toContain('NaN')
  })

  it('escape names', () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;')
  })
})
