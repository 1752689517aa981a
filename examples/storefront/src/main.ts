/** The storefront: reads where the shop is, and puts search, rows, cart and the panel of what was learnt together. */
import './storefront.css'
import type { Acts } from './card.ts'
import { createCart } from './cart.ts'
import { byId, element, icon } from './element.ts'
import { createHome } from './home.ts'
import { createLearnt } from './learnt.ts'
import { createProductPage } from './product-page.ts'
import { foldFilters, startSearch } from './search.ts'
import { readSettings } from './settings.ts'
import { againMs, openShop, type Product, type Shop } from './shop.ts'
import { become, currentShopper } from './shopper.ts'
import { department, fillIn, switchLanguage, text } from './texts.ts'
import { applyTheme, switchTheme } from './theme.ts'

const sayMs = 5000

applyTheme()
fillIn()
const settings = await readSettings()
const shop = openShop(settings, currentShopper(settings))
start(shop)

function start(shop: Shop): void {
  const seen = new Map<string, Product>()
  const cartCount = element('span', { class: 'count' })
  const cart = createCart(shop, say, (count) => showCount(cartCount, count))
  const acts: Acts = {
    open: (placed) => {
      seen.set(placed.product.objectID, placed.product)
      shop.clicked(placed)
      shop.viewed(placed)
      openProduct(placed)
    },
    addToCart: (placed) => {
      seen.set(placed.product.objectID, placed.product)
      shop.addedToCart(placed)
      cart.add(placed)
    },
  }
  const openProduct = createProductPage(shop, acts)
  const home = createHome(shop, { settings, acts }, (name) => shelves.show(name))
  const shelves = startSearch(shop, acts, (isHome) => {
    byId('home').hidden = !isHome
  })
  const learnt =
    settings.mind === null ? null : createLearnt({ shop, row: home.row, productOf: (id) => seen.get(id), say })

  foldFilters()
  byId('to-home').addEventListener('click', () => {
    shelves.home()
    void home.fill()
    scrollTo({ top: 0 })
  })
  drawTools(shop, cartCount, cart.open)
  showCount(cartCount, cart.count)
  const fill = () => {
    home.fill().then(
      (row) => learnt?.begin(row),
      () => setTimeout(fill, againMs),
    )
  }
  fill()
  shop.onEvent((event) => (learnt === null ? void home.row() : learnt.learn(event)))
}

function say(words: string): void {
  const toast = byId('toast')
  toast.textContent = words
  toast.classList.add('shown')
  setTimeout(() => {
    if (toast.textContent === words) toast.classList.remove('shown')
  }, sayMs)
}

function showCount(badge: HTMLElement, count: number): void {
  badge.textContent = count === 0 ? '' : String(count)
}

function drawTools({ settings, shopper }: Shop, cartCount: HTMLElement, openCart: () => void): void {
  const choice = element(
    'select',
    { id: 'shopper', 'aria-label': text('shopper') },
    element('option', { value: '' }, text('yourself')),
    ...settings.shoppers.map(({ token, name, likes }) =>
      element(
        'option',
        { value: token, selected: token === shopper.token },
        `${name} · ${likes.map(department).join(', ')}`,
      ),
    ),
  )
  choice.addEventListener('change', () => become(choice.value === '' ? null : choice.value))
  const panel = byId('learnt')
  const toggle = element(
    'button',
    { type: 'button', 'aria-label': text('learntToggle'), 'aria-controls': 'learnt', 'aria-expanded': 'false' },
    icon('spark'),
  )
  const open = (wanted: boolean) => {
    panel.hidden = !wanted
    toggle.ariaExpanded = String(wanted)
    document.body.classList.toggle('with-learnt', wanted)
  }
  toggle.addEventListener('click', () => open(panel.hidden === true))
  // Where there is room beside the shelves, it is there from the start.
  open(settings.mind !== null && matchMedia('(min-width: 1180px)').matches)
  byId('tools').append(
    ...(settings.shoppers.length === 0 ? [] : [choice]),
    ...(settings.mind === null ? [] : [toggle]),
    element('button', { type: 'button', class: 'words', onclick: switchLanguage }, text('language')),
    element('button', { type: 'button', 'aria-label': text('theme'), onclick: switchTheme }, icon('moon')),
    element(
      'button',
      { type: 'button', onclick: openCart },
      icon('cart'),
      element('span', { class: 'visually-hidden' }, text('cart')),
      cartCount,
    ),
  )
}
