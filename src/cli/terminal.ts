/** What a person sees: results as text or JSON, progress as bars. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { Progress } from '../base/progress.ts'

export function jsonAsked(): boolean {
  return process.argv.includes('--json')
}

/** Prints the result: as JSON where asked, otherwise as `text` puts it. */
export function print(result: unknown, text: string): void {
  process.stdout.write(`${jsonAsked() ? JSON.stringify(result) : text}\n`)
}

/** Says something on the way; silent where the output is for a program. */
export function say(text: string): void {
  if (!jsonAsked()) process.stdout.write(`${text}\n`)
}

export interface Bars extends Progress {
  stop(): void
}

/** A bar for each stage, on standard error; one line a stage where that is no terminal. */
export function createBars(): Bars {
  if (jsonAsked()) return { report: () => undefined, stop: () => undefined }
  return process.stderr.isTTY ? terminalBars() : plainBars()
}

function terminalBars(): Bars {
  const format = ' {bar} {percentage}% | {stage} | {eta_formatted} | {note}'
  const settings = { format, formatTime: timeLeft, hideCursor: true, clearOnComplete: true, fps: 8 }
  const multi = new MultiBar(settings, Presets.shades_classic)
  const bars = new Map<string, SingleBar>()
  return {
    report: (stage, done, total, note = '') => {
      const bar = bars.get(stage) ?? multi.create(total, 0, { stage, note })
      bars.set(stage, bar)
      bar.setTotal(Math.max(total, 1))
      bar.update(done, { stage, note: note.slice(0, 60) })
    },
    stop: () => multi.stop(),
  }
}

/** Before anything is done the bar's estimate is no number. */
function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return '…'
  return seconds < 60 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`
}

function plainBars(): Bars {
  const finished = new Set<string>()
  return {
    report: (stage, done, total) => {
      if (done < total || finished.has(stage)) return
      finished.add(stage)
      process.stderr.write(`  ${stage}: done\n`)
    },
    stop: () => undefined,
  }
}

/** Columns as wide as their widest cell; those that hold numbers only, to the right. The first row is the heading. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? format(cell) : cell)))
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length))) ?? []
  const numeric = widths.map((_, column) => cells.slice(1).every((row) => /^(-?[\d.,]+%?|–)$/.test(row[column] ?? '')))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (numeric[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
  return cells.map((row) => line(row).join('  ').trimEnd()).join('\n')
}

function format(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en')
  return Math.abs(value) < 10 ? value.toFixed(4) : value.toFixed(1)
}
