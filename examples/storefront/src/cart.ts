/** What the shopper is about to buy; each line remembers the answer it was found in, so that the purchase names it. */
import { money } from './card.ts'
import { byId, element, icon } from './element.ts'
import { pictureOf, type Placed, type Shop } from './shop.ts'
import { text } from './texts.ts'
import { worded } from './words.ts'

type Line = Placed & { readonly quantity: number }

export interface Cart {
  readonly add: (placed: Placed) => void
  readonly open: () => void
  readonly count: number
}

export function createCart(shop: Shop, say: (words: string) => void, changed: (count: number) => void): Cart {
  const dialog = byId<HTMLDialogElement>('cart')
  const key = `cart ${shop.shopper.token}`
  let lines = JSON.parse(localStorage.getItem(key) ?? '[]') as readonly Line[]
  const count = () => lines.reduce((sum, { quantity }) => sum + quantity, 0)
  const keep = (next: readonly Line[]) => {
    lines = next.filter(({ quantity }) => quantity > 0)
    localStorage.setItem(key, JSON.stringify(lines))
    changed(count())
    if (dialog.open) draw()
  }
  const change = (objectID: string, by: number) =>
    keep(lines.map((line) => (line.product.objectID === objectID ? { ...line, quantity: line.quantity + by } : line)))
  const buy = () => {
    shop.purchased(lines)
    keep([])
    dialog.close()
    say(text('bought', { order: `L-${Date.now().toString(36).slice(-5).toUpperCase()}` }))
  }

  function draw(): void {
    const total = lines.reduce((sum, { product, quantity }) => sum + (product.price ?? 0) * quantity, 0)
    dialog.replaceChildren(
      element(
        'div',
        { class: 'sheet narrow' },
        element(
          'button',
          { class: 'close', type: 'button', 'aria-label': text('close'), onclick: () => dialog.close() },
          icon('close'),
        ),
        element('h2', { id: 'cart-title' }, text('cart')),
        lines.length === 0
          ? element('p', { class: 'empty' }, text('emptyCart'))
          : element('ul', { class: 'lines' }, ...lines.map(lineOf)),
        lines.length === 0
          ? null
          : element(
              'div',
              { class: 'sum' },
              element('span', {}, text('total')),
              element('strong', {}, money(total, shop.settings)),
            ),
        lines.length === 0 ? null : element('button', { class: 'main', type: 'button', onclick: buy }, text('buy')),
      ),
    )
  }

  function lineOf({ product, quantity }: Line): HTMLElement {
    const { title, objectID } = worded(product)
    const step = (name: 'fewer' | 'more', by: number, sign: string) =>
      element(
        'button',
        { class: 'step', type: 'button', 'aria-label': text(name, { title }), onclick: () => change(objectID, by) },
        sign,
      )
    return element(
      'li',
      {},
      element('img', { src: pictureOf(shop.settings, product), alt: '', width: 64, height: 64 }),
      element('span', { class: 'line-title' }, title),
      element('span', { class: 'amount' }, step('fewer', -1, '−'), String(quantity), step('more', 1, '+')),
      element('span', { class: 'price' }, money((product.price ?? 0) * quantity, shop.settings)),
    )
  }

  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })
  return {
    get count() {
      return count()
    },
    add: (placed) => {
      const has = lines.some(({ product }) => product.objectID === placed.product.objectID)
      if (has) change(placed.product.objectID, 1)
      else keep([...lines, { ...placed, quantity: 1 }])
      say(text('added', { title: worded(placed.product).title }))
    },
    open: () => {
      draw()
      dialog.showModal()
    },
  }
}
