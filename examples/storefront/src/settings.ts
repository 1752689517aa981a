/** Which Haggle the page talks to: `settings.json` beside it, so that a built page moves without being built again. */
export interface Settings {
  /** Name and port, e.g. `127.0.0.1:8108`. */
  readonly host: string
  readonly protocol: 'http' | 'https'
  /** A search-only key; never the admin key. */
  readonly apiKey: string
  readonly index: string
  /** Index of query suggestions; `null` where there is none: products are suggested then. */
  readonly suggestions: string | null
  readonly currency: string
  /** Languages in which records hold their words too, under the language's name: `["zh"]` for `record.zh.title`; none where absent. */
  readonly translated?: readonly string[]
  /** Folder of pictures named by `objectID`; `null` where records name their own. */
  readonly pictures: string | null
  /** Where the page may ask what was learnt of its own shopper; `null` hides the panel. */
  readonly mind: string | null
  /** Simulated shoppers one can be. */
  readonly shoppers: readonly { readonly token: string; readonly name: string; readonly likes: readonly string[] }[]
}

export async function readSettings(): Promise<Settings> {
  const answer = await fetch('./settings.json')
  if (!answer.ok) throw new Error(`settings.json: ${answer.status}`)
  return (await answer.json()) as Settings
}
