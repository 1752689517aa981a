/**
 * Reads the ways logs write a time. All of them become milliseconds since 1970; a time without a zone is UTC.
 *
 * `s`, `ms`: Unix time. `iso`: 2010-12-01 08:26:00 and its kin. `auto`: whichever of these it is. A pattern: letters
 * d, m, y, h, s in runs, `mon` for Jan … Dec, e.g. `dd/mm/yyyy hh:mm` (m after h is minutes). `share`: the log has no times
 * but an order; 0 is the beginning and 1 the end of the month that stands for it.
 */
import { HaggleError } from '../../domain/errors.ts'
import { dayMs } from '../../base/clock.ts'

/** Milliseconds, or NaN where it is no time. */
export type ReadTime = (value: unknown) => number

/** The month that stands for times nobody wrote down: every list is spread evenly over it. */
export const madeUpMonth = { startMs: Date.UTC(2000, 0, 1), spanMs: 30 * dayMs } as const

/** @throws `bad-request` where `format` is none. */
export function compileTime(format: string): ReadTime {
  const read = readers[format] ?? compilePattern(format)
  return (value) => (value instanceof Date ? value.getTime() : read(typeof value === 'string' ? value.trim() : value))
}

const readers: Readonly<Record<string, ReadTime>> = {
  s: (value) => Math.round(toNumber(value) * 1000),
  ms: (value) => Math.round(toNumber(value)),
  iso: isoTime,
  auto: (value) => {
    const number = toNumber(value)
    // Milliseconds have passed 10^11 since 1973; seconds will not before the year 5138.
    return Number.isNaN(number) ? isoTime(value) : Math.round(number < 1e11 ? number * 1000 : number)
  },
  share: (value) => Math.round(madeUpMonth.startMs + toNumber(value) * madeUpMonth.spanMs),
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?(e\+?\d+)?$/i.test(value) ? Number(value) : Number.NaN
}

const isoShape =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i

function isoTime(value: unknown): number {
  const found = typeof value === 'string' ? isoShape.exec(value) : null
  if (found === null) return Number.NaN
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0))
  const zone = /^([+-])(\d{2}):?(\d{2})$/.exec(found[8] ?? '')
  const offsetMinutes = zone === null ? 0 : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]))
  const timeMs = utc({ year, month, day, hour, minute, second })
  return timeMs + Math.round(Number(found[7] ?? 0) * 1000) - offsetMinutes * 60_000
}

type Unit = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'
type Parts = Readonly<Record<Unit, number>>

/** NaN for a 31st of February. */
function utc({ year, month, day, hour, minute, second }: Parts): number {
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(timeMs)
  const same = back.getUTCMonth() === month - 1 && back.getUTCDate() === day
  return same && hour < 24 && minute < 60 && second < 60 ? timeMs : Number.NaN
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function compilePattern(pattern: string): ReadTime {
  const units: Unit[] = []
  const shape = pattern.toLowerCase().replace(/mon|y+|m+|d+|h+|s+|[^a-z]+|./g, (token) => {
    const unit = unitOf(token, units)
    if (unit === null) return token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    units.push(unit)
    if (token === 'mon') return '([a-z]{3})'
    return unit === 'year' && token.length === 4 ? '(\\d{4})' : '(\\d{1,2})'
  })
  if (!(['year', 'month', 'day'] as const).every((unit) => units.includes(unit))) {
    throw new HaggleError(
      'bad-request',
      `Import mapping: "${pattern}" is no time format. Use s, ms, iso, auto, share or a pattern such as dd/mm/yyyy hh:mm.`,
    )
  }
  const expression = new RegExp(`^${shape}$`, 'i')
  return (value) => {
    const found = typeof value === 'string' ? expression.exec(value) : null
    if (found === null) return Number.NaN
    const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }
    for (const [at, unit] of units.entries()) parts[unit] = partOf(unit, found[at + 1])
    return utc(parts)
  }
}

function unitOf(token: string, before: readonly Unit[]): Unit | null {
  if (token === 'mon') return 'month'
  if (token[0] === 'm') return before.includes('hour') ? 'minute' : 'month'
  const units: Readonly<Record<string, Unit>> = { y: 'year', d: 'day', h: 'hour', s: 'second' }
  return units[token[0]] ?? null
}

function partOf(unit: Unit, text: string): number {
  if (unit === 'month' && /^[a-z]/i.test(text)) return monthNames.indexOf(text.toLowerCase()) + 1
  const number = Number(text)
  return unit === 'year' && text.length <= 2 ? number + (number < 70 ? 2000 : 1900) : number
}
