import { describe, expect, it } from 'vitest'
import type { CatalogueId } from '../domain/ids.ts'
import { type ItemRecord, readItem } from '../domain/item.ts'
import { cleanLog } from '../preprocess/clean.ts'
import { defaultConfig } from '../base/config.ts'
import type { Leaderboard } from './leaderboard.ts'
import { metricNames } from './metrics.ts'
import { type ReportContent, renderReport } from './report.ts'

const cutoffs = [5]
const hostile = `<img src=x onerror="alert('1')">&`

const item = (record: ItemRecord) => readItem('shop' as CatalogueId, record)

function board(models: readonly string[]): Leaderboard {
  const lines = models.map((model, at) => ({
    model,
    metrics: Object.fromEntries(metricNames(cutoffs).map((name) => [name, 0.5 - 0.1 * at])),
    primary: { mean: 0.5 - 0.1 * at, low: 0.4 - 0.1 * at, high: 0.6 - 0.1 * at },
    toBest: at === 0 ? null : { mean: -0.1, low: -0.2, high: 0.05 },
    coverage: 0.3,
    exposureGini: 0.8,
    novelty: 4,
    popularityLift: 0.5,
    diversity: null,
    miscalibration: null,
    fitSeconds: 1,
    millisecondsPerRow: 0.2,
  }))
  return { cutoffs, primaryMetric: 'G@5', rows: 12, lines, lead: { runnerUp: null, popularity: null } }
}

async function content(changes: Partial<ReportContent['sections'][number]> = {}): Promise<ReportContent> {
  const nothing = (async function* () {})()
  const { report } = await cleanLog(nothing, { config: defaultConfig().preprocess, nowMs: 0, item: () => undefined })
  const section = {
    title: 'recommended-for-you',
    question: 'What next?',
    note: 'As served <b>',
    board: board(['ease', 'popularity']),
    segments: [{ name: '1–3 known items', rows: 4, means: { ease: 0.4, popularity: 0.1 } }],
    curves: {},
    ablations: {},
    failures: {},
    samples: [],
    ...changes,
  }
  const search = { answers: 0, telling: 0, stages: {} }
  return { title: 'Report', atMs: 0, sections: [section], search, quality: report }
}

describe('the report', () => {
  it('escapes whatever comes from the shop', async () => {
    const bad = item({
      objectID: hostile,
      title: hostile,
      brand: hostile,
      category: hostile,
      image: 'javascript:alert(1)',
    })
    const page = renderReport({
      ...(await content({
        board: board([hostile]),
        segments: [{ name: hostile, rows: 1, means: { [hostile]: 1 } }],
        curves: { [hostile]: [{ epoch: 1, losses: { [hostile]: 1 }, examples: 1 }] },
        ablations: {
          [hostile]: { metric: hostile, chosen: hostile, variants: [{ name: hostile, accuracy: 1, gain: null }] },
        },
        failures: { [hostile]: hostile },
        samples: [{ known: [bad], proposed: [bad], done: [bad] }],
      })),
      title: hostile,
    })
    expect(page).not.toContain('<img')
    expect(page).not.toContain(hostile)
    expect(page).not.toContain('javascript:')
    expect(page).toContain('&#60;img src=x')
  })

  it('needs nothing from outside, and shows pictures only from safe places', async () => {
    const shown = item({ objectID: 'a', title: 'Boots', image: 'https://shop.example/a.jpg' })
    const drawn = item({ objectID: 'b', title: 'Hat', image: 'data:image/svg+xml,<svg/>' })
    const open = item({ objectID: 'c', title: 'Cup', image: 'http://shop.example/c.jpg' })
    const page = renderReport(await content({ samples: [{ known: [open], proposed: [shown, drawn], done: [] }] }))
    expect([...page.matchAll(/(?:src|href)="([^#][^"]{0,25})/g)].map(([, address]) => address)).toEqual([
      'https://shop.example/a.jpg',
      'data:image/svg+xml,&#60;sv',
    ])
    expect(page).not.toMatch(/<script|<link|@import|url\(/)
  })

  it('marks what was proposed and taken up, with title, brand, category and price', async () => {
    const boots = item({ objectID: 'a', title: 'Boots', brand: 'Acme', category: 'Shoes > Boots', price: 49.5 })
    const page = renderReport(await content({ samples: [{ known: [], proposed: [boots], done: [boots] }] }))
    expect(page).toContain('1 of 1 proposals taken up')
    expect(page).toMatch(/class="card hit".*Boots.*Acme · Boots.*49\.50/)
  })

  it('says in words how a model learnt that served best after one epoch', async () => {
    const page = renderReport(
      await content({ curves: { cfgan: [{ epoch: 1, losses: { generator: 0.7 }, examples: 1 }] } }),
    )
    expect(page).toContain('One epoch served best: generator 0.7000.')
    expect(page).not.toContain('<polyline')
  })

  it('draws a plot for each loss of a model that learns in epochs', async () => {
    const epochs = [1, 2, 3].map((epoch) => ({
      epoch,
      losses: { generator: 3 - epoch, discriminator: 1.4, total: 4 - epoch },
      examples: 1,
    }))
    const page = renderReport(await content({ curves: { cfgan: epochs } }))
    const losses = [...page.matchAll(/<figcaption>(\w+)<\/figcaption><svg[^>]*>.*?<polyline points="([^"]*)"/g)]
    expect(losses.map(([, loss, points]) => [loss, points.split(' ').length])).toEqual([
      ['generator', 3],
      ['discriminator', 3],
      ['total', 3],
    ])
    expect(page).not.toContain('NaN')
  })

  it('says what the parts of a model are worth, beside the first of them', async () => {
    const gain = { mean: 0.02, low: -0.01, high: 0.05 }
    const variants = [
      { name: 'ensemble mean', accuracy: 0.41, gain: null },
      { name: 'listwise', accuracy: 0.43, gain },
    ]
    const page = renderReport(
      await content({ ablations: { haggle: { metric: 'G@20', chosen: 'listwise', variants } } }),
    )
    expect(page).toContain('What the parts of haggle are worth')
    expect(page).toMatch(/ensemble mean<\/td><td>0\.4100<\/td><td>–/)
    expect(page).toContain('<strong>listwise, chosen</strong></td><td>0.4300</td><td>+0.0200 (−0.0100 … +0.0500)')
  })

  it('says what searches would teach, and where there is too little of them', async () => {
    expect(renderReport(await content())).toContain('Too few to judge by: the order of the words stays.')
    const stage = { learner: 'linear', judgedOn: 90, given: 0.3, learnt: 0.34, used: true }
    const difference = { mean: 0.04, low: 0.01, high: 0.07 }
    const stages = {
      shop: { ...stage, difference },
      shopper: { ...stage, learnt: 0.29, used: false, difference: { mean: -0.01, low: -0.02, high: 0.01 } },
    }
    const page = renderReport({ ...(await content()), search: { answers: 200, telling: 120, stages } })
    expect(page).toContain('120 of 200 logged answers')
    expect(page).toMatch(/for everybody<\/td><td>linear<\/td><td>0\.3000<\/td><td>0\.3400<\/td><td>\+0\.0400/)
    expect(page).toMatch(/for each shopper<\/td><td>stays as it was<\/td><td>0\.3000<\/td><td>0\.2900/)
  })

  it('holds the leaderboard, the segments and every cleaning rule', async () => {
    const page = renderReport(await content())
    expect(page).toContain('−0.1000 (−0.2000 … +0.0500)')
    expect(page).toContain('1–3 known items')
    expect(page).toContain('impossible-time')
  })
})
