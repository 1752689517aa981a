/** A product as the console shows it: a card with a name, a picture and a price. */
import { type Static, Type } from '@sinclair/typebox'
import type { Item } from '../domain/item.ts'
import { orNull } from './or-null.ts'

export const productCard = Type.Object({
  objectID: Type.String(),
  title: Type.String(),
  brand: orNull(Type.String()),
  category: orNull(Type.String()),
  priceMinor: orNull(Type.Integer()),
  image: orNull(Type.String({ description: 'An https address, or the picture itself as a data URI' })),
})
export type ProductCard = Static<typeof productCard>

const pictureAttributes = ['image', 'imageUrl', 'image_url', 'thumbnail', 'images']

export function cardOf(item: Item): ProductCard {
  const { id, title, brand, categoryPath, priceMinor } = item
  return { objectID: id, title, brand, category: categoryPath.at(-1) ?? null, priceMinor, image: pictureOf(item) }
}

function pictureOf({ record }: Item): string | null {
  for (const name of pictureAttributes) {
    const value: unknown = record[name]
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string' && /^(https:\/\/|data:image\/)/.test(first)) return first
  }
  return null
}
