/**
 * Many rows in few statements: what makes writing a batch fast.
 *
 * SQLite binds at most 32,766 values a statement. Rows go in runs of 128, 64, 32 … 1, so that a table needs at most
 * eight statements, each compiled once and then only given new values.
 */
import type { CompiledQuery, DialectAdapter, Kysely } from 'kysely'
import type { Tables } from './tables.ts'

const longestRun = 128

/** Cuts `rows` into runs whose lengths are falling powers of two. */
export function* runs<Row>(rows: readonly Row[]): Iterable<readonly Row[]> {
  let length = longestRun
  for (let at = 0; at < rows.length; at += length) {
    while (length > rows.length - at) length /= 2
    yield rows.slice(at, at + length)
  }
}

/** A statement over a run of rows, each bound in the order of `columns`. `build` must compile to the same SQL for all runs of one length. */
export function createBulkStatement<Row extends object, Result>(
  columns: readonly (keyof Row & string)[],
  build: (db: Kysely<Tables>, rows: readonly Row[]) => { compile(): CompiledQuery<Result> },
): (db: Kysely<Tables>, rows: readonly Row[]) => Promise<Result[]> {
  // One adapter is shared by a database and its transactions, and each speaks its own SQL.
  const compiledFor = new WeakMap<DialectAdapter, Map<number, CompiledQuery<Result>>>()
  return async (db, rows) => {
    const { adapter } = db.getExecutor()
    const compiled = compiledFor.get(adapter) ?? new Map<number, CompiledQuery<Result>>()
    compiledFor.set(adapter, compiled)
    const results: Result[] = []
    for (const run of runs(rows)) {
      const query = compiled.get(run.length) ?? build(db, run).compile()
      compiled.set(run.length, query)
      const parameters: unknown[] = []
      for (const row of run) for (const column of columns) parameters.push(row[column])
      const result = await db.executeQuery<Result>({ ...query, parameters })
      for (const each of result.rows) results.push(each)
    }
    return results
  }
}
