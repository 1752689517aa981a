/** Browsing what the shop sells. */
import { Button, Group, Stack, Tabs, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { Page, Part } from '../pieces/page.tsx'
import { Product } from '../pieces/product.tsx'
import { Empty, Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useIndex } from '../queries.ts'
import { SearchPreview } from './catalogue/search-preview.tsx'

const page = 48

export default function CataloguePage() {
  const { say } = useText()
  return (
    <Page title={say('catalogue')}>
      <Tabs defaultValue="browse" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="browse">{say('browse')}</Tabs.Tab>
          <Tabs.Tab value="search">{say('searchPreview')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="browse">
          <Browse />
        </Tabs.Panel>
        <Tabs.Panel value="search">
          <SearchPreview />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Browse() {
  const { say, number } = useText()
  const index = useIndex()
  const [text, setText] = useState('')
  const [limit, setLimit] = useState(page)
  const [wanted] = useDebouncedValue(text, 200)
  const query = useAsked('GET /haggle/v1/items', { query: { index, text: wanted, from: 0, limit } })
  return (
    <Stack>
      <TextInput
        label={say('findItem')}
        value={text}
        maw={420}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setLimit(page)
        }}
      />
      <Loaded query={query}>
        {({ items, total }) =>
          total === 0 ? (
            wanted === '' ? (
              <Empty title={say('noItems')} next={say('noCatalogueNext')} to="/train" action={say('toImport')} />
            ) : (
              <Empty title={say('catalogue')} next={say('noneFound')} />
            )
          ) : (
            <Part title={say('found', { count: number(total) })}>
              <div className="products">
                {items.map((card) => (
                  <Product key={card.objectID} card={card} />
                ))}
              </div>
              {items.length < total && limit < 200 ? (
                <Group justify="center" mt="md">
                  <Button variant="default" onClick={() => setLimit(Math.min(200, limit + page))}>
                    {say('more')}
                  </Button>
                </Group>
              ) : null}
            </Part>
          )
        }
      </Loaded>
    </Stack>
  )
}
