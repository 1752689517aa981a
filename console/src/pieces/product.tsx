/** A product as a card: picture, name, maker, price, and what became of it. */
import { Badge, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { ProductCard } from '../../../src/http/contract.ts'
import { usePreferences, useText } from '../preferences.tsx'

/** What it is called: its title, or its id where it has none. */
export function nameOf({ title, objectID }: Pick<ProductCard, 'title' | 'objectID'>): string {
  return title || objectID
}

export function Product({ card, mark, note }: { card: ProductCard; mark?: string; note?: ReactNode }) {
  const { money } = useText()
  const name = nameOf(card)
  return (
    <article className={mark === undefined ? 'product' : 'product marked'}>
      <Picture card={card} />
      <Text
        component={Link}
        href={`/catalogue/${encodeURIComponent(card.objectID)}`}
        size="sm"
        fw={600}
        lineClamp={2}
        title={name}
      >
        {name}
      </Text>
      <Text size="xs" c="dimmed" lineClamp={1}>
        {[card.brand, card.category].filter(Boolean).join(' · ')}
      </Text>
      <div className="product-foot">
        <Text size="sm">{card.priceMinor === null ? '' : money(card.priceMinor)}</Text>
        {mark === undefined ? null : (
          <Badge size="xs" color="#a63a05">
            {mark}
          </Badge>
        )}
      </div>
      {note}
    </article>
  )
}

/** What lies in the record is shown; what lies on the web only where the reader said so. */
export function Picture({ card }: { card: ProductCard }) {
  const { pictures } = usePreferences()
  const shown = card.image !== null && (pictures || card.image.startsWith('data:'))
  if (shown) return <img src={card.image ?? ''} alt="" loading="lazy" referrerPolicy="no-referrer" />
  return (
    <span className="no-picture" aria-hidden>
      {nameOf(card).slice(0, 1).toUpperCase()}
    </span>
  )
}
