/**
 * How the rows of a file are written down: what a mapping may say under `format`, and what is guessed where it does not.
 *
 * A row is a record of columns whatever the file; row numbers count from 1 as a person would: data rows of a table,
 * lines of a list.
 */
import { type Static, Type } from '@sinclair/typebox'

const strict = { additionalProperties: false } as const
const encoding = Type.Optional(Type.Union([Type.Literal('utf-8'), Type.Literal('latin-1')]))
const columns = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })

export const formatSchema = Type.Union(
  [
    Type.Object(
      {
        /** CSV, TSV, anything between two separators. Without `columns` the first line names them. */
        kind: Type.Literal('table'),
        delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 4 })),
        columns: Type.Optional(columns),
        /** False where quotation marks are just letters. */
        quoted: Type.Optional(Type.Boolean()),
        encoding,
      },
      strict,
    ),
    /** Columns between any white space: `user item rating`. */
    Type.Object({ kind: Type.Literal('spaces'), columns, encoding }, strict),
    /** A user a line, `user item item …`, oldest first: rows of `user`, `item` and `share` (place in the list, 0 to 1). */
    Type.Object({ kind: Type.Literal('lists') }, strict),
    /** One JSON object a line. */
    Type.Object({ kind: Type.Literal('json-lines'), encoding }, strict),
    /** One JSON document: an array of objects, an object that holds one array, or an object of objects (`key`). */
    Type.Object({ kind: Type.Literal('json') }, strict),
    /** One JSON document, split → user → baskets → items: rows of `user`, `item`, `basket` and `share`. */
    Type.Object({ kind: Type.Literal('baskets') }, strict),
    Type.Object({ kind: Type.Literal('parquet') }, strict),
  ],
  {
    description: 'a format: {"kind": "table" | "spaces" | "lists" | "json-lines" | "json" | "baskets" | "parquet", …}',
  },
)

export type FileFormat = Static<typeof formatSchema>
export type FormatOf<Kind extends FileFormat['kind']> = Extract<FileFormat, { kind: Kind }>

export type Row = Readonly<Record<string, unknown>>

export interface FileRow {
  readonly rowNumber: number
  /** `null` where the row cannot be read; `problem` then says why, in words that are the same for every such row. */
  readonly row: Row | null
  readonly problem?: string
}
