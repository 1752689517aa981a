/** Any search as any shopper, beside the same search for everybody, or as another generation would answer it. */
import { Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import type { ProductCard } from '../../../../src/http/contract.ts'
import type { SearchPreviewBody } from '../../../../src/http/routes/items.ts'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { Product } from '../../pieces/product.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAsked, useGenerations, useIndex } from '../../queries.ts'

const shown = 20

export function SearchPreview() {
  const { say } = useText()
  const index = useIndex()
  const [asked, setAsked] = useState({ query: '', userToken: '' })
  const [other, setOther] = useState<string | null>(null)
  const [{ query, userToken }] = useDebouncedValue(asked, 200)
  const generations = useGenerations().data
  const others = (generations?.generations ?? []).filter(
    ({ id, status }) => status === 'ready' && id !== generations?.live,
  )
  const search = { index, query, hitsPerPage: shown, ...(userToken === '' ? {} : { userToken }) }
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
        {others.length === 0 ? null : (
          <Select
            label={say('besideGeneration')}
            placeholder={say('noOther')}
            clearable
            data={others.map(({ id }) => id)}
            value={other}
            onChange={setOther}
            classNames={{ input: 'mono' }}
          />
        )}
        <How of="searchPreview" />
      </Group>
      {other === null ? <Shoppers search={search} /> : <Generations search={search} other={other} />}
    </Stack>
  )
}

type Search = Omit<SearchPreviewBody, 'generation'>

/** For everybody beside one shopper. */
function Shoppers({ search }: { search: Search }) {
  const { say } = useText()
  const isPersonal = search.userToken !== undefined
  return (
    <Loaded query={useAsked('POST /haggle/v1/search-preview', { body: search })}>
      {({ nbHits, plain, personal }) => (
        <>
          <Found count={nbHits} />
          <SimpleGrid cols={{ base: 1, md: isPersonal ? 2 : 1 }}>
            <Column title={say('forEverybody')} cards={plain} />
            {isPersonal ? <Column title={say('forThem')} cards={personal} before={plain} /> : null}
          </SimpleGrid>
        </>
      )}
    </Loaded>
  )
}

/** The generation that is live beside another, for the same shopper. */
function Generations({ search, other }: { search: Search; other: string }) {
  const { say } = useText()
  const live = useAsked('POST /haggle/v1/search-preview', { body: search })
  const then = useAsked('POST /haggle/v1/search-preview', { body: { ...search, generation: other } })
  return (
    <Loaded query={live}>
      {(now) => (
        <>
          <Found count={now.nbHits} />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Column title={say('liveNow')} cards={now.personal} />
            <Loaded query={then}>
              {({ personal }) => <Column title={other} cards={personal} before={now.personal} />}
            </Loaded>
          </SimpleGrid>
        </>
      )}
    </Loaded>
  )
}

function Found({ count }: { count: number }) {
  const { say, number } = useText()
  return (
    <Text size="sm" c="dimmed" role="status">
      {say('found', { count: number(count) })}
    </Text>
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
