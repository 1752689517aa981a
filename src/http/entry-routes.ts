/** What rules and synonyms have in common on the wire: saved, read, searched and removed, one or many. */
import { type Static, Type } from '@sinclair/typebox'
import { HaggleError } from '../domain/errors.ts'
import type { CatalogueId } from '../domain/ids.ts'
import type { Json } from '../domain/item.ts'
import type { EntryKind, Raw } from '../engine.ts'
import { type Door, isoNow, type Routes } from './door.ts'

const record = Type.Object({}, { additionalProperties: true })
const batch = Type.Array(record, { maxItems: 100_000 })
const find = Type.Object(
  {
    query: Type.Optional(Type.String()),
    page: Type.Optional(Type.Integer({ minimum: 0 })),
    hitsPerPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  { additionalProperties: true },
)
type OneIndex = { Params: { index: string } }
type OneEntry = { Params: { index: string; id: string } }

export interface EntryWire {
  readonly kind: EntryKind
  /** The part of the path: `rules`, `synonyms`. */
  readonly path: string
  /** The URL parameter that makes a batch take the place of all others. */
  readonly replaces: string
  /** Whether an entry is among those asked for, besides the text. */
  readonly fits: (entry: Raw, asked: Raw) => boolean
}

export function entryRoutes({ kind, path, replaces, fits }: EntryWire): Routes {
  return (app, { engine, permit }: Door) => {
    const base = `/1/indexes/:index/${path}`
    const list = async (index: string): Promise<Raw[]> => {
      const shop = engine.shop(index as CatalogueId)
      return (await engine.store.entries.list(shop.catalogue, kind)).map(({ entry }) => entry as Raw)
    }

    app.put<OneEntry & { Body: Record<string, Json> }>(`${base}/:id`, { schema: { body: record } }, async (request) => {
      const { index, id } = request.params
      permit(request, 'editSettings', index)
      const taskID = await engine.shops.saveEntries(
        index as CatalogueId,
        kind,
        [{ ...request.body, objectID: id }],
        false,
      )
      return { taskID, updatedAt: isoNow(engine), id }
    })

    app.post<OneIndex & { Body: Record<string, Json>[]; Querystring: Record<string, string | undefined> }>(
      `${base}/batch`,
      { schema: { body: batch } },
      async (request) => {
        const { index } = request.params
        permit(request, 'editSettings', index)
        const replace = request.query[replaces] === 'true'
        const taskID = await engine.shops.saveEntries(index as CatalogueId, kind, request.body, replace)
        return { taskID, updatedAt: isoNow(engine) }
      },
    )

    app.get<OneEntry>(`${base}/:id`, async (request) => {
      const { index, id } = request.params
      permit(request, 'settings', index)
      const found = (await list(index)).find((entry) => entry.objectID === id)
      if (found === undefined) throw new HaggleError('not-found', 'ObjectID does not exist')
      return found
    })

    app.delete<OneEntry>(`${base}/:id`, async (request) => {
      const { index, id } = request.params
      permit(request, 'editSettings', index)
      const taskID = await engine.shops.removeEntries(index as CatalogueId, kind, [id])
      return { taskID, updatedAt: isoNow(engine), deletedAt: isoNow(engine) }
    })

    app.post<OneIndex>(`${base}/clear`, async (request) => {
      const { index } = request.params
      permit(request, 'editSettings', index)
      return { taskID: await engine.shops.removeEntries(index as CatalogueId, kind, null), updatedAt: isoNow(engine) }
    })

    app.post<OneIndex & { Body: Static<typeof find> | undefined }>(
      `${base}/search`,
      { schema: { body: Type.Optional(find) } },
      async (request) => {
        const { index } = request.params
        permit(request, 'settings', index)
        const { query = '', page = 0, hitsPerPage = 20 } = request.body ?? {}
        const asked = (request.body ?? {}) as Raw
        const found = (await list(index)).filter((entry) => contains(entry, query) && fits(entry, asked))
        const hits = found.slice(page * hitsPerPage, (page + 1) * hitsPerPage)
        return { hits, nbHits: found.length, page, nbPages: Math.ceil(found.length / hitsPerPage) }
      },
    )
  }
}

/** Whether all words stand somewhere in it. */
function contains(entry: Raw, query: string): boolean {
  const text = JSON.stringify(entry).toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
