/**
 * Where a value of an event comes from in a row: a column, a constant, or a column with its words translated.
 *
 * All of it can be written as JSON, so that a mapping is a file and never a program.
 */
import { type Static, Type } from '@sinclair/typebox'
import type { Row } from './file-format.ts'

const strict = { additionalProperties: false } as const

const sourceSchemas = [
  Type.String({ minLength: 1 }),
  Type.Object({ value: Type.Union([Type.String(), Type.Number()]) }, strict),
] as const

const columnProperties = {
  column: Type.String({ minLength: 1 }),
  /** Words of the file → ours. A key may end in `*`; a value of '' means missing. Words not listed stay. */
  values: Type.Optional(Type.Record(Type.String(), Type.String())),
  prefix: Type.Optional(Type.String()),
}

export const fieldSchema = Type.Union(
  [
    ...sourceSchemas,
    Type.Object(
      {
        ...columnProperties,
        /** Where the column is empty. */
        otherwise: Type.Optional(Type.Union([...sourceSchemas, Type.Object(columnProperties, strict)])),
      },
      strict,
    ),
  ],
  { description: 'a column name, {"value": …} or {"column": …, "values"?, "prefix"?, "otherwise"?}' },
)

export type Field = Static<typeof fieldSchema>

/** The text of a field in a row; `null` where it is missing. */
export type ReadField = (row: Row) => string | null

export function compileField(field: Field): ReadField {
  if (typeof field === 'string') return (row) => textOf(row[field])
  if ('value' in field) {
    const constant = String(field.value)
    return () => constant
  }
  const { column, prefix = '' } = field
  const translate = compileValues(field.values)
  const otherwise = 'otherwise' in field && field.otherwise !== undefined ? compileField(field.otherwise) : () => null
  return (row) => {
    const text = textOf(row[column])
    const translated = text === null ? null : translate(text)
    return translated === null || translated === '' ? otherwise(row) : prefix + translated
  }
}

/** The columns a field looks at. */
export function columnsOf(field: Field): string[] {
  if (typeof field === 'string') return [field]
  if ('value' in field) return []
  const otherwise = 'otherwise' in field && field.otherwise !== undefined ? columnsOf(field.otherwise) : []
  return [field.column, ...otherwise]
}

function compileValues(values: Readonly<Record<string, string>> = {}): (text: string) => string {
  const exact = new Map(Object.entries(values))
  const starts = [...exact].flatMap(([word, ours]) => (word.endsWith('*') ? [[word.slice(0, -1), ours]] : []))
  return (text) => exact.get(text) ?? starts.find(([start]) => text.startsWith(start))?.[1] ?? text
}

/** What files write where they have nothing to say. */
const nothing = new Set(['', 'NaN', 'NULL', '\\N'])

export function textOf(value: unknown): string | null {
  if (typeof value === 'string') {
    const text = value.trim()
    return nothing.has(text) ? null : text
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return value instanceof Date ? value.toISOString() : null
}
