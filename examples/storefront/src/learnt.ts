/**
 * The panel "what the shop just learnt": after each event the interests and the row for this shopper are asked again,
 * and what changed is shown, with the reason for the product that rose most.
 */
import { byId, element, icon } from './element.ts'
import { type Interest, type Mind, openMind, type Why } from './mind.ts'
import { type Move, movesBetween, told } from './rows.ts'
import { pictureOf, type Placed, type Product, type SentEvent, type Shop } from './shop.ts'
import { startAfresh } from './shopper.ts'
import { isText, text } from './texts.ts'
import { vocabularyOf, worded } from './words.ts'

const kept = 6
/** Events that come together are one step. */
const gatherMs = 150
const movesShown = 6
const tagsShown = 6
/** Strength that a bar can show. */
const visible = 0.005

export interface LearntOptions {
  readonly shop: Shop
  /** Asks for the row again and shows it. */
  readonly row: () => Promise<readonly Placed[]>
  /** One that was acted on here. */
  readonly productOf: (objectID: string) => Product | undefined
  readonly say: (words: string) => void
}

export interface Learnt {
  /** The row as it was first shown: what the first event is measured against. */
  begin(row: readonly Placed[]): Promise<void>
  learn(event: SentEvent): void
}

export function createLearnt({ shop, row: askRow, productOf, say }: LearntOptions): Learnt {
  const mind = openMind(shop)
  const steps = element('ol', { class: 'steps' })
  const state = element('p', { class: 'state' })
  const empty = element('p', { class: 'empty' }, text('learntEmpty'))
  const panel = byId('learnt')
  let known: Mind | null = null
  let row: readonly Placed[] = []
  let turn = Promise.resolve()
  let gathered: SentEvent[] = []
  panel.append(element('h2', { id: 'learnt-title' }, icon('spark'), text('learnt')), state, forgetting(), empty, steps)

  function forgetting(): HTMLElement {
    if (shop.shopper.name !== null) return element('p', { class: 'hint' }, text('cannotForget'))
    const forget = async () => {
      await mind.forget()
      say(text('forgotten'))
      startAfresh()
    }
    return element('button', { class: 'quiet', type: 'button', onclick: () => void forget() }, text('forget'))
  }

  function tell({ segment, events }: Mind): void {
    const name = isText(segment) ? text(segment) : segment
    state.textContent = text('segment', { segment: name, n: events })
  }

  async function digest(events: readonly SentEvent[]): Promise<void> {
    const waiting = element('li', { class: 'step waiting' }, text('learning'))
    steps.prepend(waiting)
    empty.hidden = true
    const [next, shown] = await Promise.all([mind.read(), askRow()])
    const moves = movesBetween(row, shown)
    const risen = shown.find(({ product }) => rises(moves.get(product.objectID))) ?? null
    const why = risen === null ? null : await mind.why(risen.product.objectID)
    const about = events.flatMap(({ objectIDs = [] }) => objectIDs.map(productOf)).filter((each) => each !== undefined)
    const words = vocabularyOf([...about, ...shown.map(({ product }) => product)])
    waiting.replaceWith(
      element(
        'li',
        { class: 'step' },
        sent(events, about),
        interests(known?.interests ?? [], next.interests, words),
        changes({ shop, before: row, after: shown, moves }),
        risen === null || why === null ? null : reason(worded(risen.product).title, why, words),
      ),
    )
    while (steps.childElementCount > kept) steps.lastElementChild?.remove()
    known = next
    row = shown
    tell(next)
  }

  return {
    begin: async (first) => {
      row = first
      known = await mind.read()
      tell(known)
    },
    // One after the other: each is measured against the one before.
    learn: (event) => {
      gathered.push(event)
      if (gathered.length > 1) return
      setTimeout(() => {
        const events = gathered
        gathered = []
        turn = turn.then(() => digest(events)).catch(() => say(text('failed')))
      }, gatherMs)
    },
  }
}

function rises(move: Move | undefined): boolean {
  return move?.kind === 'new' || move?.kind === 'up'
}

/** What came together, under one heading. */
function sent(events: readonly SentEvent[], products: readonly Product[]): HTMLElement {
  const names = events.map(({ eventType, eventSubtype }) => {
    const name = `event ${eventSubtype ?? eventType}`
    return isText(name) ? text(name) : name
  })
  const about = [
    ...products.map((product) => worded(product).title),
    ...events.flatMap(({ filters = [] }) => filters.map(decodeURIComponent)),
  ]
  return element(
    'div',
    { class: 'sent' },
    element('h3', {}, [...new Set(names)].join(' · ')),
    element('p', {}, [...new Set(about)].join(', ')),
    element(
      'details',
      {},
      element('summary', {}, text('asSent')),
      element('pre', { tabIndex: 0 }, events.map((event) => JSON.stringify(event, null, 1)).join('\n')),
    ),
  )
}

type Vocabulary = ReturnType<typeof vocabularyOf>

/** Of a path its leaf, as the reader says it. */
function wordOf(value: string, words: Vocabulary): string {
  const leaf = value.split(' > ').at(-1) ?? value
  return words.get(leaf) ?? leaf
}

/** A bar a tag; the lighter part is what this event added. */
function interests(before: readonly Interest[], after: readonly Interest[], words: Vocabulary): HTMLElement {
  const was = new Map(before.map(({ tag, strength }) => [tag, strength]))
  const gain = ({ tag, strength }: Interest) => strength - (was.get(tag) ?? 0)
  const shown = after
    .filter((interest) => gain(interest) > visible)
    .sort((a, b) => gain(b) - gain(a))
    .slice(0, tagsShown)
  const most = Math.max(1e-9, ...after.map(({ strength }) => strength))
  const bar = (share: number, name: string) => {
    const made = element('span', { class: name })
    made.style.width = `${(100 * share).toFixed(1)}%`
    return made
  }
  const line = (interest: Interest) => {
    const before = Math.min(interest.strength, was.get(interest.tag) ?? 0)
    const [kind, value] = interest.tag.split(/:(.*)/s)
    return element(
      'li',
      {},
      element('span', { class: 'tag' }, wordOf(value, words), element('small', {}, isText(kind) ? text(kind) : kind)),
      element('span', { class: 'bar' }, bar(before / most, 'was'), bar((interest.strength - before) / most, 'added')),
      element('span', { class: 'gain' }, `+${gain(interest).toFixed(2)}`),
    )
  }
  return element(
    'div',
    { class: 'interests' },
    element('h4', {}, text('interests')),
    shown.length === 0 ? element('p', {}, text('noInterests')) : element('ul', {}, ...shown.map(line)),
  )
}

interface Change {
  readonly shop: Shop
  readonly before: readonly Placed[]
  readonly after: readonly Placed[]
  readonly moves: ReadonlyMap<string, Move>
}

function changes({ shop, before, after, moves }: Change): HTMLElement {
  const moved = after.filter(({ product }) => moves.get(product.objectID)?.kind !== 'same')
  const gone = before.filter(({ product }) => !moves.has(product.objectID)).length
  const line = ({ product, position }: Placed) => {
    const move = moves.get(product.objectID)
    return element(
      'li',
      {},
      element('span', { class: 'place' }, position),
      element('img', { src: pictureOf(shop.settings, product), alt: '', width: 36, height: 36 }),
      element('span', { class: 'moved-title' }, worded(product).title),
      element('span', { class: `move ${move?.kind ?? ''}` }, told(move)),
    )
  }
  return element(
    'div',
    { class: 'moves' },
    element('h4', {}, text('row')),
    moved.length === 0
      ? element('p', {}, text('unchanged'))
      : element('ul', {}, ...moved.slice(0, movesShown).map(line)),
    gone === 0 ? null : element('p', { class: 'hint' }, text('gone', { n: gone })),
  )
}

function reason(title: string, { history, shared, without }: Why, words: Vocabulary): HTMLElement {
  const listed = (items: readonly string[]) => items.join(', ')
  const speaks = history.filter(({ part }) => part > 0).map((each) => each.title)
  const tags = shared.map((tag) => wordOf(tag.split(/:(.*)/s)[1] ?? tag, words))
  return element(
    'div',
    { class: 'reason' },
    element('h4', {}, text('why', { title })),
    speaks.length > 0 ? element('p', {}, text('whyHistory', { items: listed(speaks) })) : null,
    tags.length > 0 ? element('p', {}, text('whyShared', { tags: listed([...new Set(tags)]) })) : null,
    without.length > 0 ? element('p', {}, text('whyWithout', { items: listed(without) })) : null,
    speaks.length + tags.length + without.length === 0 ? element('p', {}, text('whyOthers')) : null,
  )
}
