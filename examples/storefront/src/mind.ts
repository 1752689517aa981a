/** What the shop has learnt of this shopper, asked by a path that tells of nobody else. */
import type { Shop } from './shop.ts'
import { language } from './texts.ts'

export interface Interest {
  /** `category:Shoes > Boots`, `brand:Acme`, `color:red`. */
  readonly tag: string
  readonly kind: string
  readonly strength: number
  readonly evidence: number
}

export interface Mind {
  readonly events: number
  readonly segment: string
  readonly generation: string | null
  /** Strongest first. */
  readonly interests: readonly Interest[]
}

export interface Why {
  readonly source: string | null
  readonly history: readonly { readonly title: string; readonly part: number }[]
  readonly shared: readonly string[]
  readonly without: readonly string[]
}

export function openMind({ settings: { mind }, shopper: { token } }: Shop) {
  const ask = async <Told>(path: string, method = 'GET'): Promise<Told> => {
    const answer = await fetch(`${mind}${token}${path}`, { method })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return (await answer.json()) as Told
  }
  return {
    read: () => ask<Mind>(''),
    why: (objectID: string) => ask<Why>(`/why/${encodeURIComponent(objectID)}?language=${language}`),
    forget: () => ask<object>('', 'DELETE'),
  }
}
