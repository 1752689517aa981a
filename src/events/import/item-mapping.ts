/**
 * Turns a row of a catalogue into a record: which column is kept under which attribute, and cleaned how.
 *
 * The row last read wins, so that a file in order of time leaves the shop's latest word. An attribute the row has no
 * value for is left out.
 */
import { type Static, Type } from '@sinclair/typebox'
import type { ItemRecord, Json } from '../../domain/item.ts'
import { readWrittenNumber } from '../../domain/written-number.ts'
import { columnsOf, compileField, fieldSchema, textOf } from './field.ts'
import type { Row } from './file-format.ts'
import { plainText } from './plain-text.ts'
import { compileTime } from './time-format.ts'

const strict = { additionalProperties: false } as const
const kinds = ['text', 'html', 'number', 'boolean', 'list', 'first', 'date'] as const

export const itemMappingSchema = Type.Object(
  {
    /** Becomes `objectID`. */
    id: fieldSchema,
    attributes: Type.Record(
      Type.String({ minLength: 1 }),
      Type.Union(
        [
          Type.String({ minLength: 1 }),
          Type.Object({ value: Type.Union([Type.String(), Type.Number(), Type.Boolean()]) }, strict),
          Type.Object(
            {
              column: Type.String({ minLength: 1 }),
              as: Type.Union(kinds.map((kind) => Type.Literal(kind))),
              /** Between the entries of a list written as text. */
              separator: Type.Optional(Type.String({ minLength: 1 })),
              /** Of a date: see the times of events. */
              format: Type.Optional(Type.String({ minLength: 1 })),
            },
            strict,
          ),
          // Columns of 0 and 1 → a list of those that are 1: column → its name in the list.
          Type.Object({ flags: Type.Record(Type.String(), Type.String()) }, strict),
        ],
        { description: `a column name, {"value": …}, {"column": …, "as": ${kinds.join(' | ')}} or {"flags": {…}}` },
      ),
    ),
    /** True keeps every other column under its own name. */
    rest: Type.Optional(Type.Boolean()),
    /** A row without one of these attributes makes no record, and is no error. */
    require: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    /** True for logs that merely mention items: adds those the catalogue does not know and changes none it knows. */
    onlyNew: Type.Optional(Type.Boolean()),
  },
  strict,
)

export type ItemMapping = Static<typeof itemMappingSchema>
type Attribute = ItemMapping['attributes'][string]
type ReadAttribute = (row: Row) => Json | undefined

export interface MappedItem {
  readonly record: ItemRecord | null
  readonly problem: string | null
}

export type ReadItemRow = (row: Row) => MappedItem

export function compileItems(mapping: ItemMapping): ReadItemRow {
  const readId = compileField(mapping.id)
  const attributes = Object.entries(mapping.attributes).map(
    ([name, attribute]) => [name, compileAttribute(attribute)] as const,
  )
  const used = new Set(itemColumns(mapping))
  return (row) => {
    const objectID = readId(row)
    if (objectID === null) return { record: null, problem: 'there is no item id' }
    const record: Record<string, Json> = { objectID }
    for (const [name, read] of attributes) set(record, name, read(row))
    if (mapping.rest === true) {
      for (const [name, value] of Object.entries(row)) if (!used.has(name)) set(record, name, toJson(value))
    }
    const whole = (mapping.require ?? []).every((name) => record[name] !== undefined)
    return { record: whole ? (record as ItemRecord) : null, problem: null }
  }
}

function set(record: Record<string, Json>, name: string, value: Json | undefined): void {
  if (value !== undefined && value !== null && value !== '') record[name] = value
}

/** The columns a mapping of items looks at, besides the rest. */
export function itemColumns(mapping: ItemMapping): string[] {
  return [...columnsOf(mapping.id), ...Object.values(mapping.attributes).flatMap(columnsOfAttribute)]
}

function columnsOfAttribute(attribute: Attribute): string[] {
  if (typeof attribute === 'string') return [attribute]
  if ('value' in attribute) return []
  return 'flags' in attribute ? Object.keys(attribute.flags) : [attribute.column]
}

function compileAttribute(attribute: Attribute): ReadAttribute {
  if (typeof attribute === 'string') return (row) => toJson(row[attribute])
  if ('value' in attribute) return () => attribute.value
  if ('flags' in attribute) {
    const flags = Object.entries(attribute.flags)
    return (row) => flags.flatMap(([column, name]) => (/^(1|true)$/.test(textOf(row[column]) ?? '') ? [name] : []))
  }
  const { column } = attribute
  const convert = converters[attribute.as](attribute)
  return (row) => convert(row[column])
}

type Conversion = Extract<Attribute, { as: unknown }>

const converters: Record<Conversion['as'], (options: Conversion) => (value: unknown) => Json | undefined> = {
  text: () => (value) => textOf(value) ?? undefined,
  html: () => (value) => withoutHtml(value),
  number: () => (value) => {
    const number = readWrittenNumber(textOf(value) ?? '')
    return Number.isNaN(number) ? undefined : number
  },
  boolean: () => (value) => {
    const text = (textOf(value) ?? '').toLowerCase()
    return text === '' ? undefined : !['0', 'false', 'no', 'n'].includes(text)
  },
  list: (options) => (value) => nonEmpty(listOf(value, options.separator).map(plainText)),
  first: (options) => (value) => listOf(value, options.separator)[0],
  date: (options) => {
    const read = compileTime(options.format ?? 'auto')
    return (value) => {
      const timeMs = read(value)
      return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString()
    }
  },
}

/** Descriptions come as text or as a list of paragraphs. */
function withoutHtml(value: unknown): string | undefined {
  const text = Array.isArray(value) ? listOf(value).join(' ') : textOf(value)
  return text === null ? undefined : plainText(text) || undefined
}

function listOf(value: unknown, separator?: string): string[] {
  const entries: readonly unknown[] = Array.isArray(value)
    ? value
    : separator === undefined
      ? [value]
      : (textOf(value) ?? '').split(separator)
  return entries.flatMap((entry) => textOf(entry) ?? [])
}

function nonEmpty(list: string[]): string[] | undefined {
  return list.length === 0 ? undefined : list
}

/** Anything a reader hands out, as JSON has it. */
function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(toJson).filter((entry) => entry !== undefined)
  if (typeof value !== 'object') return undefined
  const entries = Object.entries(value).flatMap(([name, entry]) => {
    const json = toJson(entry)
    return json === undefined ? [] : [[name, json] as const]
  })
  return Object.fromEntries(entries)
}
