/** Words that shoppers exchange for one another, each as the synonym that saving it would make of them. */
import { createHash } from 'node:crypto'
import type { Json } from '../../domain/item.ts'
import type { Raw } from '../../engine.ts'
import { catalogueOf, type Routes } from '../door.ts'

export const learntSynonymRoutes: Routes = (app, { engine, requireAdmin }) => {
  app.get<{ Querystring: { index?: string } }>('/haggle/v1/learnt-synonyms', async (request) => {
    requireAdmin(request)
    const shop = engine.shop(catalogueOf(engine, request.query.index))
    const saved = (await engine.store.entries.list(shop.catalogue, 'synonym')).map(({ entry }) => entry as Raw)
    const open = shop.synonyms().filter(({ from, to }) => !saved.some((entry) => covers(entry, from, to)))
    return {
      synonyms: open.map(({ from, to, ...evidence }) => ({
        // As the stock `saveSynonym` takes it.
        synonym: { objectID: idOf(from, to), type: 'onewaysynonym', input: from, synonyms: [to] },
        ...evidence,
      })),
    }
  })
}

/** Whether a search for `from` finds `to` by this synonym already. */
function covers({ input, synonyms }: Raw, from: string, to: string): boolean {
  const has = (list: Json | undefined, word: string) => Array.isArray(list) && (list as readonly Json[]).includes(word)
  return has(synonyms, to) && (input === from || (input === undefined && has(synonyms, from)))
}

function idOf(from: string, to: string): string {
  return `learnt-${createHash('sha256')
    .update(JSON.stringify([from, to]))
    .digest('hex')
    .slice(0, 16)}`
}
