/** What texts mean, by model and by a hash of the text: asked for once, kept for good. */
import type { Kysely } from 'kysely'
import { runs } from './bulk.ts'
import type { VectorStore } from './store.ts'
import type { Tables } from './tables.ts'

export function createVectorStore(db: Kysely<Tables>): VectorStore {
  return {
    get: async (model, hashes) => {
      const found = new Map<string, Float32Array>()
      for (const run of runs(hashes)) {
        const rows = await db
          .selectFrom('vectors')
          .selectAll()
          .where('model', '=', model)
          .where('hash', 'in', run)
          .execute()
        // Copied, because numbers of four bytes must begin at a multiple of four.
        for (const { hash, vector } of rows) found.set(hash, new Float32Array(Uint8Array.from(vector).buffer))
      }
      return found
    },
    put: async (model, vectors) => {
      const rows = [...vectors].map(([hash, vector]) => ({
        model,
        hash,
        vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
      }))
      await db.transaction().execute(async (inside) => {
        for (const run of runs(rows)) {
          await inside
            .insertInto('vectors')
            .values([...run])
            .onConflict((conflict) => conflict.columns(['model', 'hash']).doNothing())
            .execute()
        }
      })
    },
  }
}
