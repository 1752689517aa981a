/** Whether the item can be had. */
import type { Feature } from './feature.ts'

/** 1 in stock, 0 not; by the catalogue as it is now, which keeps no past of its stock. */
export const inStock: Feature = {
  name: 'in-stock',
  meaning: 'The item is in stock.',
  start: () => ({ value: (_request, item) => (item.inStock ? 1 : 0) }),
}
