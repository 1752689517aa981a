/** The meaning an endpoint or a model of this machine gives a shop's products and searches; `null` where the settings name none. */
import type { Config } from '../../base/config.ts'
import type { Log } from '../../base/log.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { Item } from '../../domain/item.ts'
import type { Store } from '../../store/store.ts'
import { createEmbeddedMeaning, type EmbeddedMeaning } from './embedded-meaning.ts'
import { createEndpoint, type Embed } from './endpoint.ts'
import { createLocalModel } from './local-model.ts'

export interface ShopEmbeddingsOptions {
  readonly config: Config['search']['embeddings']
  readonly store: Store
  readonly log: Log
  readonly item: (slot: number) => Item | undefined
}

/** @throws `bad-config` where the address is none, the folder holds no model, or both are named */
export function shopEmbeddings({ config, store, log, item }: ShopEmbeddingsOptions): EmbeddedMeaning | null {
  const source = sourceOf(config)
  if (source === null) return null
  const { deadlineMs, batch, queryPrefix, productPrefix } = config
  return createEmbeddedMeaning({
    ...{ deadlineMs, batch, queryPrefix, productPrefix, log, item },
    ...source,
    vectors: store.vectors,
  })
}

function sourceOf(config: Config['search']['embeddings']): { readonly embed: Embed; readonly model: string } | null {
  const { url, folder, pooling, model, dimensions } = config
  if (url === null && folder === null) return null
  if (url === null) {
    return { embed: createLocalModel({ folder: folder as string, pooling }), model: JSON.stringify([folder, pooling]) }
  }
  if (folder !== null) throw new HaggleError('bad-config', 'search.embeddings: name a url or a folder, not both.')
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new HaggleError('bad-config', `search.embeddings.url: expected an http or https address, found "${url}".`)
  }
  return { embed: createEndpoint({ ...config, url }), model: JSON.stringify([url, model, dimensions]) }
}
