/** Which rows may be used for a purpose: those on which the bit of its refusal is not set. */
import { type RawBuilder, sql } from 'kysely'
import { type Purpose, purposeBit } from '../domain/consent.ts'

export function mayServe(purpose: Purpose): RawBuilder<boolean> {
  return sql<boolean>`(refused & ${sql.lit(purposeBit(purpose))}) = 0`
}
