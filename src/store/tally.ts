/**
 * Whether two tables hold the same: how many rows, and a sum over them that no order changes.
 *
 * A row stands as JSON, its columns by name, bytes as base64, so that both databases and the backup file write it the
 * same way. Sums of hashes modulo 2^128 (AdHash, Bellare & Micciancio 1997): what tells damage, not forgery.
 */
import { hash } from 'node:crypto'
import type { Row, TableShape, Tally } from './store.ts'

export interface Tallies {
  /** @param line the row as `writeLine` writes it */
  add(table: string, line: string): void
  readonly of: (table: string) => Tally
}

export function createTallies(): Tallies {
  const tables = new Map<string, { rows: number; sum: bigint }>()
  return {
    add: (table, line) => {
      const tally = tables.get(table) ?? { rows: 0, sum: 0n }
      tables.set(table, tally)
      tally.rows++
      tally.sum = BigInt.asUintN(128, tally.sum + BigInt(`0x${hash('sha256', line).slice(0, 32)}`))
    },
    of: (table) => {
      const { rows, sum } = tables.get(table) ?? { rows: 0, sum: 0n }
      return { rows, checksum: sum.toString(16).padStart(32, '0') }
    },
  }
}

export function isSame(one: Tally | undefined, other: Tally | undefined): boolean {
  return one !== undefined && one.rows === other?.rows && one.checksum === other.checksum
}

export function writeLine({ columns }: TableShape, row: Row): string {
  return JSON.stringify(columns.map((column) => writeCell(row[column])))
}

export function readLine({ columns, bytes }: TableShape, cells: readonly (string | number | null)[]): Row {
  return Object.fromEntries(
    columns.map((column, at) => {
      const cell = cells[at]
      return [column, typeof cell === 'string' && bytes.includes(column) ? fromBase64(cell) : cell]
    }),
  )
}

function writeCell(cell: Row[string]): string | number | null {
  return cell instanceof Uint8Array
    ? Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('base64')
    : cell
}

/** Bytes of their own: a database driver may hold on to what it is given. */
function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'))
}
