/** One product, close: what it is, and what stands beside it. */
import { type Acts, priceOf, stars } from './card.ts'
import { byId, element, icon } from './element.ts'
import { createRow } from './rows.ts'
import { pictureOf, type Placed, type Shop } from './shop.ts'
import { department, text } from './texts.ts'
import { worded } from './words.ts'

const beside = [
  ['bought-together', 'together'],
  ['related-products', 'related'],
  ['looking-similar', 'similar'],
] as const
const rowLength = 8

/** Opens it; what is opened from one of its rows takes its place. */
export function createProductPage(shop: Shop, acts: Acts): (placed: Placed) => void {
  const dialog = byId<HTMLDialogElement>('product')
  const { settings } = shop
  const rows = beside.map(([model, title]) => createRow(model, text(title), { settings, acts }))
  let shown = ''
  let opener = ''
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })

  // The card that opened it may have left its row meanwhile.
  dialog.addEventListener('close', () => {
    const focused = document.activeElement
    if (focused !== null && focused !== document.body && !dialog.contains(focused)) return
    const same = document.querySelector<HTMLElement>(`main .card[data-id="${CSS.escape(opener)}"] .card-open`)
    const next = same ?? byId('main')
    next.focus({ preventScroll: true })
  })

  return (placed) => {
    const { product } = placed
    shown = product.objectID
    if (!dialog.open) opener = shown
    for (const row of rows) row.show([])
    dialog.replaceChildren(
      element(
        'div',
        { class: 'sheet' },
        element(
          'button',
          { class: 'close', type: 'button', 'aria-label': text('close'), onclick: () => dialog.close() },
          icon('close'),
        ),
        element(
          'div',
          { class: 'product' },
          element('img', { src: pictureOf(settings, product), alt: '', width: 480, height: 480 }),
          about(placed, shop, acts),
        ),
        ...rows.map(({ root }) => root),
      ),
    )
    if (!dialog.open) dialog.showModal()
    dialog.scrollTop = 0
    const asked = beside.map(([model]) => ({ model, objectID: product.objectID, limit: rowLength }))
    void shop.recommend(asked).then((lists) => {
      if (shown === product.objectID) for (const [at, row] of rows.entries()) row.show(lists[at])
    })
  }
}

function about(placed: Placed, shop: Shop, acts: Acts): HTMLElement {
  const product = worded(placed.product)
  const { categories = [], brand, title, description, inStock } = product
  const facts = (
    [
      ['colour', product.color],
      ['material', product.material],
      ['style', product.style],
    ] as const
  ).filter(([, value]) => value !== undefined)
  return element(
    'div',
    { class: 'about' },
    element('p', { class: 'maker' }, categories.map((name, at) => (at === 0 ? department(name) : name)).join(' › ')),
    element('h2', { id: 'product-title' }, title),
    element('p', { class: 'by' }, brand ?? '', stars(product)),
    element('p', { class: 'cost' }, priceOf(product, shop.settings)),
    element('p', {}, description ?? ''),
    element(
      'dl',
      {},
      ...facts.flatMap(([name, value]) => [element('dt', {}, text(name)), element('dd', {}, value ?? '')]),
    ),
    element(
      'p',
      { class: inStock === false ? 'stock none' : 'stock' },
      text(inStock === false ? 'soldOut' : 'available'),
    ),
    inStock === false
      ? null
      : element('button', { class: 'main', type: 'button', onclick: () => acts.addToCart(placed) }, text('add')),
  )
}
