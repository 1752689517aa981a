/** Rows of recommendations that scroll sideways, and the row that shows how it changed. */
import { card, type CardOptions, standAt } from './card.ts'
import { element } from './element.ts'
import type { Placed } from './shop.ts'
import { text } from './texts.ts'

/** How a product stands against the row before. */
export type Move =
  | { readonly kind: 'new' }
  | { readonly kind: 'up' | 'down'; readonly places: number }
  | { readonly kind: 'same' }

/** By `objectID`, in the order of `after`. */
export function movesBetween(before: readonly Placed[], after: readonly Placed[]): Map<string, Move> {
  const places = new Map(before.map(({ product }, at) => [product.objectID, at]))
  return new Map(
    after.map(({ product: { objectID } }, at): [string, Move] => {
      const was = places.get(objectID)
      if (was === undefined) return [objectID, { kind: 'new' }]
      if (was === at) return [objectID, { kind: 'same' }]
      return [objectID, { kind: was > at ? 'up' : 'down', places: Math.abs(was - at) }]
    }),
  )
}

export interface Row {
  readonly root: HTMLElement
  /** Nothing to show takes the row away. */
  show(placed: readonly Placed[], title?: string): void
}

export function createRow(name: string, title: string, options: CardOptions): Row {
  const list = element('div', { class: 'row-cards', role: 'list' })
  const heading = element('h2', { id: `row-${name}` }, title)
  const root = element('section', { class: 'row', hidden: true, 'aria-labelledby': heading.id }, heading, list)
  root.dataset.row = name
  let shown: readonly Placed[] = []
  return {
    root,
    show: (placed, words) => {
      const before = placesOf(list)
      const known = new Map(cardsOf(list).map((made) => [made.dataset.id, made]))
      root.hidden = placed.length === 0
      if (words !== undefined) heading.textContent = words
      const focused = document.activeElement
      const { scrollLeft } = list
      list.replaceChildren(
        ...placed.map((each) => {
          const made = known.get(each.product.objectID) ?? card(each, options)
          standAt(made, each)
          made.setAttribute('role', 'listitem')
          return made
        }),
      )
      if (list.contains(focused)) (focused as HTMLElement).focus({ preventScroll: true })
      list.scrollLeft = scrollLeft
      if (shown.length > 0) {
        glide(list, before)
        mark(list, movesBetween(shown, placed))
      }
      shown = placed
    },
  }
}

function cardsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('.card')]
}

function placesOf(list: HTMLElement): Map<string, number> {
  return new Map(cardsOf(list).map((made) => [made.dataset.id ?? '', made.offsetLeft]))
}

/** In words for the panel, as a sign in the corner of the card. */
export function told(move: Move | undefined): string {
  if (move?.kind === 'new') return text('fresh')
  return move?.kind === 'up' || move?.kind === 'down' ? text(move.kind, { n: move.places }) : ''
}

function mark(list: HTMLElement, moves: ReadonlyMap<string, Move>): void {
  for (const made of cardsOf(list)) {
    const move = moves.get(made.dataset.id ?? '')
    if (move === undefined || move.kind === 'same') delete made.dataset.move
    else made.dataset.move = move.kind === 'new' ? told(move) : `${move.kind === 'up' ? '▲' : '▼'} ${move.places}`
  }
}

/** Each card starts where it stood and moves to where it stands; a new one fades in. */
function glide(list: HTMLElement, before: ReadonlyMap<string, number>): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  for (const made of cardsOf(list)) {
    const was = before.get(made.dataset.id ?? '')
    if (was === made.offsetLeft) continue
    const start =
      was === undefined
        ? { opacity: 0, transform: 'scale(.9)' }
        : { transform: `translateX(${was - made.offsetLeft}px)` }
    made.animate([start, { opacity: 1, transform: 'none' }], { duration: 520, easing: 'cubic-bezier(.2,.7,.2,1)' })
  }
}
