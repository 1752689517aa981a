/**
 * What the columns of a file mean: a mapping is JSON, checked whole before a row is read, unknown keys refused.
 *
 * A file may hold events, items or both (an invoice line names a product and its price).
 */
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { HaggleError } from '../../domain/errors.ts'
import type { CatalogueId } from '../../domain/ids.ts'
import type { TimeCheck } from '../event-time.ts'
import { compileEvents, eventMappingSchema, type ReadEvent } from './event-mapping.ts'
import { columnsOf } from './field.ts'
import { formatSchema } from './file-format.ts'
import { compileItems, itemColumns, itemMappingSchema, type ReadItemRow } from './item-mapping.ts'

export const mappingSchema = Type.Object(
  {
    /** How rows are written down; found out from the file where it is not said. */
    format: Type.Optional(formatSchema),
    events: Type.Optional(eventMappingSchema),
    items: Type.Optional(itemMappingSchema),
  },
  { additionalProperties: false },
)

export type ImportMapping = Static<typeof mappingSchema>

/** @throws `bad-request` naming what is wrong with the mapping. */
export function readMapping(value: unknown): ImportMapping {
  const problems = [...Value.Errors(mappingSchema, value)].map((error) => {
    const place = error.path.slice(1).replaceAll('/', '.') || 'the mapping'
    if (error.message === 'Unexpected property') return `unknown key "${place}"`
    return `"${place}": expected ${error.schema.description ?? error.message.replace(/^expected /i, '').toLowerCase()}`
  })
  if (problems.length === 0) {
    const mapping = value as ImportMapping
    if (mapping.events !== undefined || mapping.items !== undefined) return mapping
    problems.push('it says neither "events" nor "items"')
  }
  throw new HaggleError('bad-request', `Import mapping: ${[...new Set(problems)].slice(0, 5).join('; ')}.`)
}

/** The columns a mapping looks at. */
export function columnsNamed({ events, items }: ImportMapping): string[] {
  const { time, decimal: _, ...fields } = events ?? { time: { unknown: true } as const }
  const ofEvents = Object.values(fields).flatMap((field) => (field === undefined ? [] : columnsOf(field)))
  const ofTime = 'column' in time ? [time.column] : []
  return [...new Set([...ofEvents, ...ofTime, ...(items === undefined ? [] : itemColumns(items))])]
}

export interface CompiledMapping {
  readonly event: ReadEvent | null
  readonly item: ReadItemRow | null
}

export function compileMapping(
  mapping: ImportMapping,
  catalogue: CatalogueId,
  timeProblem: TimeCheck,
): CompiledMapping {
  return {
    event: mapping.events === undefined ? null : compileEvents(mapping.events, catalogue, timeProblem),
    item: mapping.items === undefined ? null : compileItems(mapping.items),
  }
}
