/** What a shopper would be shown now, and why each of it stands there. Nothing of it counts as shown. */
import { Badge, Button, Drawer, Group, List, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Answer } from '../../api.ts'
import { Choice } from '../../pieces/choice.tsx'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { nameOf, Product } from '../../pieces/product.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAsked, useIndex } from '../../queries.ts'

const surfaces = [
  'recommended-for-you',
  'session',
  'next-basket',
  'buy-again',
  'recently-viewed',
  'trending-items',
] as const
type Surface = (typeof surfaces)[number]
type Hit = Answer<'POST /haggle/v1/preview'>['hits'][number]

export function Recommendations({ userToken }: { userToken: string }) {
  const { say, number } = useText()
  const index = useIndex()
  const [model, setModel] = useState<Surface>('recommended-for-you')
  const [asked, setAsked] = useState<Hit | null>(null)
  const body = { indexName: index, model, userToken, maxRecommendations: 12 }
  const query = useAsked('POST /haggle/v1/preview', { body }, { everyMs: 5_000 })
  return (
    <Part
      title={say('recommendations')}
      actions={<Choice label={say('surface')} data={surfaces} value={model} choose={setModel} size="xs" />}
    >
      <Loaded query={query}>
        {({ hits }) => (
          <div className="products">
            {hits.map((hit) => (
              <Product
                key={hit.objectID}
                card={hit}
                note={
                  <>
                    <Text size="xs" c="dimmed" lineClamp={2}>
                      {hit.because.length > 0
                        ? say('because', { names: hit.because.map(nameOf).join(', ') })
                        : say('scoreOf', { score: number(hit.score, 1), source: hit.source })}
                    </Text>
                    <Button
                      size="compact-xs"
                      variant="light"
                      onClick={() => setAsked(hit)}
                      aria-label={`${say('whyThis')} ${hit.title}`}
                    >
                      {say('whyThis')}
                    </Button>
                  </>
                }
              />
            ))}
          </div>
        )}
      </Loaded>
      <Drawer
        opened={asked !== null}
        onClose={() => setAsked(null)}
        position="right"
        title={asked === null ? '' : say('whyTitle', { name: nameOf(asked) })}
        closeButtonProps={{ 'aria-label': say('close') }}
      >
        {asked === null ? null : <Why body={{ ...body, hit: asked.objectID }} />}
      </Drawer>
    </Part>
  )
}

function Why({ body }: { body: Parameters<typeof useAsked<'POST /haggle/v1/explain'>>[1]['body'] }) {
  return <Loaded query={useAsked('POST /haggle/v1/explain', { body })}>{(told) => <Reasons told={told} />}</Loaded>
}

function Reasons({ told: { account, removal, place, rank } }: { told: Answer<'POST /haggle/v1/explain'> }) {
  const { say, number, signed } = useText()
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {place === null ? null : <Badge>{say('place', { place })}</Badge>}
        {rank === null ? null : <Badge variant="light"># {rank}</Badge>}
        {account === null ? null : <Badge variant="light">{account.source}</Badge>}
        <How of="reasons" />
      </Group>
      {removal?.found === true ? (
        <Text>{say('without', { names: (removal.items ?? []).map(nameOf).join(', ') })}</Text>
      ) : (
        <Text c="dimmed">{removal?.reason}</Text>
      )}
      <Parts
        title={say('addsMost')}
        parts={account?.history.slice(0, 10).map((said) => [nameOf(said), signed(said.part)]) ?? []}
      />
      <Parts
        title={say('sharesTags')}
        parts={account?.shared.slice(0, 10).map(({ tag, part }) => [tag, number(part, 3)]) ?? []}
      />
      <Parts
        title={say('objected')}
        parts={account?.judgement?.parts.slice(0, 8).map(({ name, part }) => [name, signed(part)]) ?? []}
      />
    </Stack>
  )
}

function Parts({ title, parts }: { title: string; parts: readonly (readonly [string, string])[] }) {
  if (parts.length === 0) return null
  return (
    <div>
      <Title order={3} size="h6">
        {title}
      </Title>
      <List size="sm">
        {parts.map(([name, value]) => (
          <List.Item key={name}>
            {name} <b>{value}</b>
          </List.Item>
        ))}
      </List>
    </div>
  )
}
