/** Two generations on the same shoppers, side by side, beside what those shoppers then did. */
import { Alert, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { type Answer, ask } from '../api.ts'
import { Choice } from '../pieces/choice.tsx'
import { How } from '../pieces/how.tsx'
import { Page } from '../pieces/page.tsx'
import { Product } from '../pieces/product.tsx'
import { Empty, Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useIndex } from '../queries.ts'

type Compared = Answer<'POST /haggle/v1/compare'>
const surfaces = ['recommended-for-you', 'session', 'next-basket'] as const

export default function ComparePage() {
  const { say, time, number } = useText()
  const index = useIndex()
  const [search] = useSearchParams()
  const [seed, setSeed] = useState(1)
  const [surface, setSurface] = useState<(typeof surfaces)[number]>('recommended-for-you')
  const generations = [search.get('a') ?? '', search.get('b') ?? ''] as [string, string]
  const body = { index, generations, surface, seed: String(seed), shoppers: 6, limit: 8 }
  const query = useQuery({
    queryKey: ['compare', body],
    queryFn: () => ask('POST /haggle/v1/compare', { body }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })
  return (
    <Page
      title={
        <>
          {say('compareTwo')} <How of="compared" />
        </>
      }
      actions={
        <>
          <Choice label={say('surface')} data={surfaces} value={surface} choose={setSurface} />
          <Button variant="default" onClick={() => setSeed(seed + 1)} loading={query.isFetching}>
            {say('otherShoppers')}
          </Button>
          <Button variant="subtle" component={Link} href="/models">
            {say('models')}
          </Button>
        </>
      }
    >
      <Loaded query={query}>
        {(data) => (
          <Stack>
            <Text size="sm" c="dimmed">
              {say('asOf', { time: time(data.cutMs) })}. {say('fromCandidates', { count: number(data.candidates) })}.
            </Text>
            {generations.map((id, at) =>
              data.knewOutcome[at] ? (
                <Alert key={`${id} ${at}`} color="orange">
                  <span className="mono">{id}</span> {say('knew')}
                </Alert>
              ) : null,
            )}
            {data.shoppers.length === 0 ? <Empty title={say('compareTwo')} next={say('noneWentOn')} /> : null}
            {data.shoppers.map((shopper) => (
              <Shopper key={shopper.userToken} shopper={shopper} generations={generations} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Page>
  )
}

function Shopper({ shopper, generations }: { shopper: Compared['shoppers'][number]; generations: readonly string[] }) {
  const { say } = useText()
  const done = new Set(shopper.done.map(({ objectID }) => objectID))
  const shown = new Set(shopper.lists.flat().map(({ objectID }) => objectID))
  return (
    <Paper withBorder p="md" component="section" aria-label={shopper.userToken}>
      <Title order={2} size="h5" mb="xs" className="mono">
        {shopper.userToken}
      </Title>
      <Row name={say('knownBefore')}>
        {shopper.known.slice(-6).map((card) => (
          <Product key={card.objectID} card={card} />
        ))}
      </Row>
      <SimpleGrid cols={{ base: 1, md: 2 }} mt="sm">
        {shopper.lists.map((list, at) => (
          <div key={`${generations[at]} ${at}`}>
            <Group gap="xs" mb={4}>
              <Badge variant="light" className="mono">
                {generations[at]}
              </Badge>
              <Text size="sm">
                {say('foundOf', {
                  found: list.filter(({ objectID }) => done.has(objectID)).length,
                  count: list.length,
                })}
              </Text>
            </Group>
            <div className="products">
              {list.map((card) => (
                <Product key={card.objectID} card={card} {...(done.has(card.objectID) ? { mark: say('taken') } : {})} />
              ))}
            </div>
          </div>
        ))}
      </SimpleGrid>
      <Row name={say('thenDid')}>
        {shopper.done.slice(0, 12).map((card) => (
          <Product
            key={card.objectID}
            card={card}
            {...(shown.has(card.objectID) ? { mark: say('taken') } : {})}
            note={
              <Text size="xs" c="dimmed">
                {say(card.type)}, {card.isNew ? say('firstTime') : say('again2')}
              </Text>
            }
          />
        ))}
      </Row>
    </Paper>
  )
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <Text size="sm" fw={600} mt="sm" mb={4}>
        {name}
      </Text>
      <div className="products">{children}</div>
    </>
  )
}
