/**
 * The search box: what is typed searches at once, and suggests searches others made and products, by keyboard too.
 *
 * Searches come from the index of suggestions where the shop has one; products from the catalogue.
 */
import connectSearchBox from 'instantsearch.js/es/connectors/search-box/connectSearchBox'
import { money } from './card.ts'
import { byId, element, icon } from './element.ts'
import { pictureOf, type Placed, type Product, type Shop } from './shop.ts'
import { text } from './texts.ts'
import { worded } from './words.ts'

const searches = 5
const products = 4
const listId = 'suggestions'

interface Found {
  readonly queries: readonly string[]
  readonly placed: readonly Placed[]
}

export function searchBox(shop: Shop, open: (placed: Placed) => void) {
  const input = element('input', {
    ...{ type: 'search', placeholder: text('searchHint'), autocomplete: 'off', role: 'combobox', spellcheck: false },
    ...{ 'aria-label': text('search'), 'aria-controls': listId, 'aria-expanded': 'false' },
    'aria-autocomplete': 'list',
  })
  const list = element('div', { id: listId, class: 'suggestions', role: 'listbox', hidden: true })
  list.setAttribute('aria-label', text('suggestions'))
  const form = element('form', { class: 'search' }, icon('search'), input, list)
  byId('search-box').append(form)

  let refine: (query: string) => void = () => undefined
  let asked = 0
  const options = () => [...list.querySelectorAll<HTMLElement>('[role=option]')]
  const selected = () => options().find((option) => option.ariaSelected === 'true')
  const mark = (option: HTMLElement | undefined) => {
    for (const each of options()) each.ariaSelected = String(each === option)
    if (option === undefined) input.removeAttribute('aria-activedescendant')
    else input.setAttribute('aria-activedescendant', option.id)
  }
  const show = (open: boolean) => {
    list.hidden = !open || list.childElementCount === 0
    input.ariaExpanded = String(!list.hidden)
    if (list.hidden) mark(undefined)
  }
  const suggest = async () => {
    const turn = ++asked
    const query = input.value.trim()
    const found = query === '' ? { queries: [], placed: [] } : await lookUp(shop, query)
    if (turn !== asked || document.activeElement !== input) return
    list.replaceChildren(...draw(found))
    show(true)
  }

  function draw({ queries, placed }: Found): HTMLElement[] {
    const option = (at: string, act: () => void, ...children: (Node | string)[]) =>
      element('div', { id: `${listId}-${at}`, role: 'option', 'aria-selected': 'false', onmousedown: act }, ...children)
    const group = (name: string, children: readonly HTMLElement[]) =>
      element(
        'div',
        { role: 'group', 'aria-label': name },
        element('p', { class: 'group-name', 'aria-hidden': 'true' }, name),
        ...children,
      )
    const byQuery = queries.map((query, at) => option(`q${at}`, () => take(query), icon('search'), query))
    const byProduct = placed.map((each, at) => {
      const product = worded(each.product)
      const picture = element('img', { src: pictureOf(shop.settings, product), alt: '', width: 40, height: 40 })
      const price = product.price === undefined ? '' : money(product.price, shop.settings)
      const act = () => {
        show(false)
        open(each)
      }
      return option(`p${at}`, act, picture, element('span', {}, product.title), element('b', {}, price))
    })
    return [
      ...(byQuery.length > 0 ? [group(text('searches'), byQuery)] : []),
      ...(byProduct.length > 0 ? [group(text('products'), byProduct)] : []),
    ]
  }

  function take(query: string): void {
    asked++
    input.value = query
    refine(query)
    show(false)
  }

  input.addEventListener('input', () => {
    refine(input.value)
    void suggest()
  })
  input.addEventListener('blur', () => show(false))
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return show(false)
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const all = options()
    if (list.hidden || all.length === 0) return void suggest()
    const at = all.findIndex((each) => each === selected())
    mark(all[(at + (event.key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1) + all.length) % all.length])
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const option = selected()
    if (option === undefined) take(input.value)
    else option.dispatchEvent(new MouseEvent('mousedown'))
  })

  return connectSearchBox(({ query, refine: search }) => {
    refine = search
    if (document.activeElement !== input) input.value = query
  })({})
}

async function lookUp({ client, settings, shopper }: Shop, query: string): Promise<Found> {
  const common = { query, userToken: shopper.token, enablePersonalization: true }
  const requests = [
    {
      ...{ ...common, indexName: settings.index, hitsPerPage: products, clickAnalytics: true, analytics: false },
      attributesToRetrieve: ['*', '-image'],
    },
    ...(settings.suggestions === null
      ? []
      : [{ ...common, indexName: settings.suggestions, hitsPerPage: searches, attributesToRetrieve: ['query'] }]),
  ]
  const { results } = await client.search<Product & { query?: string }>({ requests })
  const [shelf, asked] = results as { hits: (Product & { query?: string })[]; queryID?: string }[]
  return {
    queries: (asked?.hits ?? []).map((hit) => hit.query ?? ''),
    placed: shelf.hits.map((product, at) => ({ product, queryID: shelf.queryID ?? '', position: at + 1 })),
  }
}
