/** The meaning an embedding endpoint gives a shop's products and searches, as its settings say; `null` where they name none. */
import type { Config } from '../../base/config.ts'
import type { Log } from '../../base/log.ts'
import { HaggleError } from '../../domain/errors.ts'
import type { Item } from '../../domain/item.ts'
import type { Store } from '../../store/store.ts'
import { createEmbeddedMeaning, type EmbeddedMeaning } from './embedded-meaning.ts'
import { createEndpoint } from './endpoint.ts'

export interface ShopEmbeddingsOptions {
  readonly config: Config['search']['embeddings']
  readonly store: Store
  readonly log: Log
  readonly item: (slot: number) => Item | undefined
}

/** @throws `bad-config` where the address is none. */
export function shopEmbeddings({ config, store, log, item }: ShopEmbeddingsOptions): EmbeddedMeaning | null {
  const { url, model, dimensions, deadlineMs, batch } = config
  if (url === null) return null
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new HaggleError('bad-config', `search.embeddings.url: expected an http or https address, found "${url}".`)
  }
  return createEmbeddedMeaning({
    ...{ deadlineMs, batch, log, item },
    embed: createEndpoint({ ...config, url }),
    vectors: store.vectors,
    model: JSON.stringify([url, model, dimensions]),
  })
}
