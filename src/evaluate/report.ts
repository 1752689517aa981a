/**
 * The whole evaluation as one page that needs nothing else: no script, no font, no style from outside.
 *
 * Whatever comes from the shop is escaped; pictures are shown only from https addresses or from within the page.
 */
import { type Interval, spelt } from './bootstrap.ts'
import type { Item, Json } from '../domain/item.ts'
import type { Ablation, Epoch } from '../models/model.ts'
import type { QualityReport } from '../preprocess/quality-report.ts'
import type { Leaderboard } from './leaderboard.ts'
import { escapeHtml, intervalPlot, linePlot, scatterPlot } from './plot.ts'
import type { Segment } from './segments.ts'
import { reportStyle } from './report-style.ts'

/** One shopper (visit, basket) of the test rows: what was known, what was proposed, what they then did. */
export interface Sample {
  readonly known: readonly Item[]
  readonly proposed: readonly Item[]
  readonly done: readonly Item[]
}

export interface ReportSection {
  readonly title: string
  /** How the rows were asked, in a sentence. */
  readonly question: string
  readonly board: Leaderboard
  /** A sentence below the board; empty for none. */
  readonly note: string
  readonly segments: readonly Segment[]
  readonly curves: Readonly<Record<string, readonly Epoch[]>>
  /** Model → what its parts were worth to it. */
  readonly ablations: Readonly<Record<string, Ablation>>
  readonly failures: Readonly<Record<string, string>>
  readonly samples: readonly Sample[]
}

/** What searches would teach, stage by stage: the order for everybody, then for each shopper. */
export interface SearchContent {
  readonly answers: number
  readonly telling: number
  readonly stages: Readonly<Partial<Record<'shop' | 'shopper', SearchStage>>>
}

interface SearchStage {
  readonly learner: string
  readonly judgedOn: number
  readonly given: number
  readonly learnt: number
  readonly difference: Interval
  readonly used: boolean
}

export interface ReportContent {
  readonly title: string
  readonly atMs: number
  readonly sections: readonly ReportSection[]
  readonly search: SearchContent
  readonly quality: QualityReport
}

export function renderReport({ title, atMs, sections, search, quality }: ReportContent): string {
  const date = new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')
  const links = sections.map((section) => `<a href="#${anchor(section.title)}">${escapeHtml(section.title)}</a>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(title)}</h1><p class="quiet">${date} UTC</p><nav>${links.join('')}<a href="#searches">Searches</a><a href="#data">Data quality</a></nav></header>
${sections.map(renderSection).join('\n')}
${renderSearch(search)}
${renderQuality(quality)}
</main>
</body>
</html>
`
}

function renderSection(section: ReportSection): string {
  const { title, question, board, note, segments, ablations, curves, failures, samples } = section
  const dropped = Object.entries(failures).map(
    ([model, reason]) => `<li><b>${escapeHtml(model)}</b> dropped out: ${escapeHtml(reason)}</li>`,
  )
  return `<section id="${anchor(title)}">
<h2>${escapeHtml(title)}</h2>
<p class="quiet">${escapeHtml(question)} ${board.rows} rows were asked; the whole catalogue was ranked for each.</p>
<div class="plots">
<figure>${intervalPlot(
    board.lines.map(({ model, primary }) => ({ name: model, ...primary })),
    `${board.primaryMetric}, with 95 % intervals`,
  )}</figure>
<figure>${scatterPlot(
    board.lines.map(({ model, primary, coverage }) => ({ name: model, x: 100 * coverage, y: primary.mean })),
    { x: 'share of the catalogue shown, %', y: board.primaryMetric },
  )}</figure>
</div>
${renderBoard(board)}
${note === '' ? '' : `<p>${escapeHtml(note)}</p>`}
${dropped.length > 0 ? `<ul class="warning">${dropped.join('')}</ul>` : ''}
${renderSegments(board, segments)}
${Object.entries(ablations)
  .map(([model, ablation]) => renderAblation(model, ablation))
  .join('')}
${Object.entries(curves)
  .map(([model, epochs]) => renderCurves(model, epochs))
  .join('')}
${samples.length > 0 ? `<h3>What ${escapeHtml(board.lines[0]?.model ?? '')} proposed, and what they did</h3>` : ''}
${samples.map((sample, at) => renderSample(sample, at < 2)).join('\n')}
</section>`
}

function renderBoard(board: Leaderboard): string {
  const metrics = board.cutoffs.flatMap((cutoff) => ['P', 'R', 'G', 'M'].map((kind) => `${kind}@${cutoff}`))
  const best = Object.fromEntries(
    metrics.map((name) => [name, Math.max(...board.lines.map((line) => line.metrics[name]))]),
  )
  const head = [
    'model',
    ...metrics,
    'to the best',
    'coverage',
    'exposure Gini',
    'novelty, bits',
    'popularity lift',
    'diversity',
    'miscalibration, nats',
    'fit, s',
    'ms a row',
  ]
  const rows = board.lines.map((line) => [
    escapeHtml(line.model),
    ...metrics.map((name) => strongIf(line.metrics[name] === best[name], line.metrics[name].toFixed(4))),
    line.toBest === null ? 'best' : spelt(line.toBest),
    percent(line.coverage),
    line.exposureGini.toFixed(2),
    line.novelty.toFixed(1),
    line.popularityLift.toFixed(2),
    line.diversity?.toFixed(3) ?? '–',
    line.miscalibration?.toFixed(3) ?? '–',
    line.fitSeconds.toFixed(1),
    line.millisecondsPerRow.toFixed(2),
  ])
  return table(head, rows)
}

function renderSegments(board: Leaderboard, segments: readonly Segment[]): string {
  if (segments.length === 0) return ''
  const models = board.lines.map(({ model }) => model)
  const rows = segments.map(({ name, rows: count, means }) => {
    const best = Math.max(...models.map((model) => means[model]))
    return [
      escapeHtml(name),
      String(count),
      ...models.map((model) => strongIf(means[model] === best, means[model].toFixed(4))),
    ]
  })
  return `<h3>For whom: ${board.primaryMetric} by segment</h3>${table(['segment', 'rows', ...models.map(escapeHtml)], rows)}`
}

function renderAblation(model: string, { metric, chosen, variants }: Ablation): string {
  const rows = variants.map(({ name, accuracy, gain }) => [
    strongIf(name === chosen, escapeHtml(name === chosen ? `${name}, chosen` : name)),
    accuracy.toFixed(4),
    gain === null ? '–' : spelt(gain),
  ])
  const first = escapeHtml(variants[0]?.name ?? '')
  return `<h3>What the parts of ${escapeHtml(model)} are worth (ablation)</h3>
<p class="quiet">${escapeHtml(metric)} on what none of them was taught with; gains over ${first} are paired row by row, with 95 % intervals.</p>
${table(['variant', escapeHtml(metric), `above ${first}`], rows)}`
}

/** A small plot for each loss: their scales differ, and one axis must not mean two things. */
function renderCurves(model: string, epochs: readonly Epoch[]): string {
  const losses = Object.keys(epochs[0]?.losses ?? {})
  const heading = `<h3>How ${escapeHtml(model)} learnt: losses by epoch</h3>`
  if (epochs.length < 2) {
    const values = losses.map((loss) => `${escapeHtml(loss)} ${epochs[0].losses[loss].toFixed(4)}`)
    return `${heading}<p class="quiet">One epoch served best: ${values.join(', ')}.</p>`
  }
  const plots = losses.map(
    (loss) =>
      `<figure><figcaption>${escapeHtml(loss)}</figcaption>${linePlot(
        epochs
          .map(({ epoch, losses: { [loss]: value } }) => ({ x: epoch, y: value }))
          .filter(({ y }) => Number.isFinite(y)),
        { x: 'epoch', y: loss },
      )}</figure>`,
  )
  return `${heading}<div class="plots small">${plots.join('')}</div>`
}

function renderSample({ known, proposed, done }: Sample, open: boolean): string {
  const wanted = new Set(done.map(({ id }) => id))
  const row = (name: string, items: readonly Item[], marked: (item: Item) => boolean) =>
    `<h4>${name}</h4><div class="cards">${items.map((item) => renderCard(item, marked(item))).join('')}</div>`
  const found = proposed.filter(({ id }) => wanted.has(id)).length
  return `<details class="sample"${open ? ' open' : ''}><summary>${found} of ${proposed.length} proposals taken up; ${done.length} ${done.length === 1 ? 'item' : 'items'} gone for</summary>
${row('Known before', known, () => false)}
${row('Proposed', proposed, ({ id }) => wanted.has(id))}
${row('What they really went for', done, ({ id }) => proposed.some((item) => item.id === id))}
</details>`
}

function renderCard(item: Item, hit: boolean): string {
  const { title, brand, categoryPath, priceMinor } = item
  const source = pictureOf(item)
  const picture =
    source === null
      ? `<span class="blank">${escapeHtml((title || item.id).slice(0, 1).toUpperCase())}</span>`
      : `<img src="${escapeHtml(source)}" alt="" loading="lazy" referrerpolicy="no-referrer">`
  const price = priceMinor === null ? '' : `<span class="price">${(priceMinor / 100).toFixed(2)}</span>`
  return `<article class="card${hit ? ' hit' : ''}">${picture}<b>${escapeHtml(title || item.id)}</b><span class="quiet">${escapeHtml(
    [brand, categoryPath.at(-1)].filter(Boolean).join(' · '),
  )}</span>${price}${hit ? '<span class="mark">taken up</span>' : ''}</article>`
}

const pictureAttributes = ['image', 'imageUrl', 'image_url', 'thumbnail', 'images']

function pictureOf({ record }: Item): string | null {
  for (const name of pictureAttributes) {
    const value: Json | undefined = record[name]
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string' && /^(https:\/\/|data:image\/)/.test(first)) return first
  }
  return null
}

const stageTitles = { shop: 'for everybody', shopper: 'for each shopper' } as const

function renderSearch({ answers, telling, stages }: SearchContent): string {
  const rows = (['shop', 'shopper'] as const).flatMap((name) => {
    const stage = stages[name]
    if (stage === undefined) return []
    const { learner, judgedOn, given, learnt, difference, used } = stage
    const decided = used ? escapeHtml(learner) : 'stays as it was'
    return [[stageTitles[name], decided, given.toFixed(4), learnt.toFixed(4), spelt(difference), String(judgedOn)]]
  })
  return `<section id="searches">
<h2>Order of searches</h2>
<p class="quiet">${telling} of ${answers} logged answers to searches led to something. MRR is the mean of 1 / place of what was taken, corrected for how seldom low places are looked at, on later answers.</p>
${
  rows.length === 0
    ? '<p>Too few to judge by: the order of the words stays.</p>'
    : table(['order', 'decided', 'MRR as given', 'MRR learnt', 'difference, 95 %', 'answers judged on'], rows)
}
</section>`
}

function renderQuality(quality: QualityReport): string {
  const tiles: [string, string][] = [
    ['rows kept', `${quality.rowsKept} of ${quality.rowsRead}`],
    ['shoppers', String(quality.users)],
    ['products', String(quality.items)],
    ['visits', String(quality.sessions.count)],
    ['orders', String(quality.orders.count)],
    ['pairs seen', `${(100 * quality.density).toPrecision(3)} %`],
    ['Gini of products', quality.eventsPerItem.gini.toFixed(2)],
    ['days', String(Math.round(((quality.lastMs ?? 0) - (quality.firstMs ?? 0)) / 86_400_000))],
  ]
  const rules = quality.rules.map(({ name, effect, rows, why }) => [
    escapeHtml(name),
    effect,
    String(rows),
    escapeHtml(why),
  ])
  return `<section id="data">
<h2>Data quality</h2>
<dl class="tiles">${tiles.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
${table(['rule', 'effect', 'rows', 'why'], rules, 'words')}
</section>`
}

/** Cells are HTML already. */
function table(head: readonly string[], rows: readonly (readonly string[])[], kind = 'numbers'): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  return `<div class="scroll"><table class="${kind}"><thead>${line(head, 'th')}</thead><tbody>${rows
    .map((row) => line(row, 'td'))
    .join('')}</tbody></table></div>`
}

function strongIf(condition: boolean, text: string): string {
  return condition ? `<strong>${text}</strong>` : text
}

function anchor(title: string): string {
  return encodeURIComponent(title.toLowerCase().replaceAll(' ', '-'))
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
