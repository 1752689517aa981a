/** One product: its record, what models are told of it, and what stands beside it. */
import { Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useParams } from 'wouter'
import type { Answer } from '../api.ts'
import { Board, figures } from '../pieces/board.tsx'
import { How } from '../pieces/how.tsx'
import { Page, Part } from '../pieces/page.tsx'
import { nameOf, Picture, Product } from '../pieces/product.tsx'
import { Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useIndex } from '../queries.ts'

type View = Answer<'GET /haggle/v1/items/:objectID'>

export default function ItemPage() {
  const { say } = useText()
  const index = useIndex()
  const { objectID = '' } = useParams<{ objectID: string }>()
  const query = useAsked('GET /haggle/v1/items/:objectID', { path: { objectID }, query: { index } })
  return (
    <Page title={query.data === undefined ? objectID : nameOf(query.data.item)}>
      <Loaded query={query}>
        {(view) => (
          <>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <About view={view} />
              <Signals view={view} />
            </SimpleGrid>
            <Beside objectID={objectID} model="related-products" title={say('related')} />
            <Beside objectID={objectID} model="bought-together" title={say('boughtTogether')} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function About({ view: { item, record, tags, categoryPath, inStock, hidden } }: { view: View }) {
  const { say, money } = useText()
  const { image: _, ...shown } = record as Record<string, unknown>
  return (
    <Part title={say('record')}>
      <Group align="flex-start" wrap="nowrap">
        <div className="portrait">
          <Picture card={item} />
        </div>
        <Stack gap={4}>
          <Text>{categoryPath.join(' › ')}</Text>
          <Text>{item.brand}</Text>
          <Text fw={700}>{item.priceMinor === null ? '' : money(item.priceMinor)}</Text>
          <Group gap={4}>
            {inStock ? null : <Badge color="red.9">{say('outOfStock')}</Badge>}
            {hidden ? <Badge color="gray.7">{say('hidden')}</Badge> : null}
            {tags.map((tag) => (
              <Badge key={tag} variant="light" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
        </Stack>
      </Group>
      <pre className="log mono" tabIndex={0}>
        {JSON.stringify(shown, null, 1)}
      </pre>
    </Part>
  )
}

function Signals({ view }: { view: View }) {
  const { say, number } = useText()
  return (
    <Part title={say('signals')} actions={<How of="signals" />}>
      <Board
        label={say('signals')}
        rows={Object.entries(view.signals).filter(([, value]) => value !== 0)}
        rowKey={([name]) => name}
        columns={[
          { id: 'name', head: say('signals'), value: ([name]) => name, cell: ([name]) => name },
          figures(
            'value',
            say('strength'),
            ([, value]: [string, number]) => value,
            (value) => number(value, 3),
          ),
        ]}
      />
    </Part>
  )
}

function Beside({
  objectID,
  model,
  title,
}: {
  objectID: string
  model: 'related-products' | 'bought-together'
  title: string
}) {
  const index = useIndex()
  const query = useAsked('POST /haggle/v1/preview', {
    body: { indexName: index, model, objectID, maxRecommendations: 8 },
  })
  return (
    <Part title={title}>
      <Loaded query={query}>
        {({ hits }) => (
          <div className="products">
            {hits.map((hit) => (
              <Product
                key={hit.objectID}
                card={hit}
                note={
                  <Text size="xs" c="dimmed">
                    {hit.source}
                  </Text>
                }
              />
            ))}
          </div>
        )}
      </Loaded>
    </Part>
  )
}
