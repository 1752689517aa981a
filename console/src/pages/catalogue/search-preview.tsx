/** Any search as any shopper, beside the same search for everybody. */
import { Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import type { ProductCard } from '../../../../src/http/contract.ts'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { Product } from '../../pieces/product.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAsked, useIndex } from '../../queries.ts'

const shown = 20

export function SearchPreview() {
  const { say, number } = useText()
  const index = useIndex()
  const [asked, setAsked] = useState({ query: '', userToken: '' })
  const [{ query, userToken }] = useDebouncedValue(asked, 200)
  const body = { index, query, hitsPerPage: shown, ...(userToken === '' ? {} : { userToken }) }
  const result = useAsked('POST /haggle/v1/search-preview', { body })
  return (
    <Stack>
      <Group align="flex-end">
        <TextInput
          label={say('searchAs')}
          value={asked.query}
          onChange={(event) => setAsked({ ...asked, query: event.currentTarget.value })}
        />
        <TextInput
          label={say('asShopper')}
          value={asked.userToken}
          onChange={(event) => setAsked({ ...asked, userToken: event.currentTarget.value })}
          classNames={{ input: 'mono' }}
        />
        <How of="searchPreview" />
      </Group>
      <Loaded query={result}>
        {({ nbHits, plain, personal }) => (
          <>
            <Text size="sm" c="dimmed" role="status">
              {say('found', { count: number(nbHits) })}
            </Text>
            <SimpleGrid cols={{ base: 1, md: userToken === '' ? 1 : 2 }}>
              <Column title={say('forEverybody')} cards={plain} />
              {userToken === '' ? null : <Column title={say('forThem')} cards={personal} before={plain} />}
            </SimpleGrid>
          </>
        )}
      </Loaded>
    </Stack>
  )
}

function Column({
  title,
  cards,
  before,
}: {
  title: string
  cards: readonly ProductCard[]
  before?: readonly ProductCard[]
}) {
  const { say } = useText()
  const moved = (card: ProductCard, at: number): string | null => {
    if (before === undefined) return null
    const place = before.findIndex(({ objectID }) => objectID === card.objectID)
    return place === at ? null : say('moved', { place: place < 0 ? `> ${before.length}` : place + 1 })
  }
  return (
    <Part title={title}>
      {cards.length === 0 ? <Text c="dimmed">{say('noneFound')}</Text> : null}
      <div className="products">
        {cards.map((card, at) => {
          const mark = moved(card, at)
          return <Product key={card.objectID} card={card} {...(mark === null ? {} : { mark })} />
        })}
      </div>
    </Part>
  )
}
