/** A value that may be missing, in the schema of an answer. */
import { type TSchema, Type } from '@sinclair/typebox'

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
