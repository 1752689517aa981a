/** What a record says of a product, in the reader's language where the shop has written it in both. */
import type { Settings } from './settings.ts'
import type { Product, Words } from './shop.ts'
import { language } from './texts.ts'

/** Under this name a record holds its words in the reader's language; `null` where it holds them itself. */
function translation({ translated = [] }: Settings): 'zh' | null {
  return language === 'zh' && translated.includes(language) ? language : null
}

/** The attribute that says the same in the reader's language. */
export function attributeOf(settings: Settings, name: string): string {
  const own = translation(settings)
  return own === null ? name : `${own}.${name}`
}

export function worded(product: Product): Product {
  return language === 'zh' ? { ...product, ...product.zh } : product
}

const single = ['color', 'material', 'style', 'gender', 'season'] as const

/** The shop's own word → the reader's, from products that say both. */
export function vocabularyOf(products: readonly Product[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const product of products) {
    const own: Words = worded(product)
    for (const [at, name] of (product.categories ?? []).entries()) found.set(name, own.categories?.[at] ?? name)
    for (const name of single) {
      const word = product[name]
      if (word !== undefined) found.set(word, own[name] ?? word)
    }
  }
  return found
}
