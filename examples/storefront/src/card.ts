/** A product as it stands on a shelf, in a row or on a page of hits: one card for all. */
import { element, icon } from './element.ts'
import { pictureOf, type Placed, type Product } from './shop.ts'
import type { Settings } from './settings.ts'
import { language, text } from './texts.ts'
import { worded } from './words.ts'

export interface Acts {
  readonly open: (placed: Placed) => void
  readonly addToCart: (placed: Placed) => void
}

export interface CardOptions {
  readonly settings: Settings
  readonly acts: Acts
  /** Shown in the corner of the picture. */
  readonly badge?: string | null
  /** Of the title, with what was searched marked. */
  readonly title?: Node
}

/** Where each card stands now: a card that stays in its row keeps its element, and with it the focus. */
const stands = new WeakMap<HTMLElement, Placed>()

export function standAt(made: HTMLElement, placed: Placed): void {
  stands.set(made, placed)
}

export function money(value: number, { currency }: Settings): string {
  return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-IE', { style: 'currency', currency }).format(value)
}

export function stars({ rating }: Product): HTMLElement | null {
  if (rating === undefined) return null
  const label = text('rating', { rating: rating.toFixed(1) })
  return element(
    'span',
    { class: 'stars', role: 'img', 'aria-label': label },
    element('span', { 'aria-hidden': 'true' }, '★'),
    rating.toFixed(1),
  )
}

export function priceOf(product: Product, settings: Settings): HTMLElement | null {
  return product.price === undefined ? null : element('span', { class: 'price' }, money(product.price, settings))
}

export function card(placed: Placed, { settings, acts, badge, title }: CardOptions): HTMLElement {
  const product = worded(placed.product)
  const soldOut = product.inStock === false
  const label = badge ?? (soldOut ? text('soldOut') : null)
  const made: HTMLElement = element(
    'article',
    { class: soldOut ? 'card sold-out' : 'card' },
    element(
      'button',
      { class: 'card-open', type: 'button', onclick: () => acts.open(stands.get(made) ?? placed) },
      element(
        'span',
        { class: 'picture' },
        element('img', { src: pictureOf(settings, product), alt: '', loading: 'lazy', width: 240, height: 240 }),
        label === null ? null : element('span', { class: 'badge' }, label),
      ),
      element('span', { class: 'maker' }, product.brand ?? ''),
      element('span', { class: 'title' }, title ?? product.title),
    ),
    element(
      'div',
      { class: 'card-foot' },
      element('span', {}, priceOf(product, settings), stars(product)),
      soldOut ? null : addButton(product, () => acts.addToCart(stands.get(made) ?? placed)),
    ),
  )
  made.dataset.id = product.objectID
  return made
}

function addButton({ title }: Product, add: () => void): HTMLElement {
  return element(
    'button',
    {
      ...{ class: 'add', type: 'button', onclick: add },
      'aria-label': text('addNamed', { title }),
    },
    icon('plus'),
  )
}
