/** Any search as it is, beside what it will be once what is written above is saved. */
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import type { Answer } from '../../api.ts'
import { How } from '../../pieces/how.tsx'
import { Part } from '../../pieces/page.tsx'
import { nameOf, Product } from '../../pieces/product.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAsked, useIndex } from '../../queries.ts'

type Side = Answer<'POST /haggle/v1/merchandising/preview'>['after']
export interface Draft {
  readonly rules?: object[]
  readonly synonyms?: object[]
  readonly withoutRules?: string[]
  readonly withoutSynonyms?: string[]
  readonly settings?: object
  readonly ruleContexts?: string[]
}

const shown = 12

export function DraftPreview(props: {
  draft: Draft
  about: string
  /** What a product in the list may be told to do. */
  act?: { readonly label: string; readonly on: (objectID: string) => void }[]
}) {
  const { say } = useText()
  const index = useIndex()
  const [typed, setTyped] = useState(props.about)
  const [[query, draft]] = useDebouncedValue([typed, props.draft] as const, 250)
  const body = { index, query, hitsPerPage: shown, ruleContexts: [], ...draft } as never
  const changed = Object.keys(draft).length > 0
  return (
    <Part
      title={
        <>
          {say('previewOf')} <How of="merchandisingPreview" />
        </>
      }
    >
      <Stack>
        <TextInput
          label={say('searchAs')}
          value={typed}
          maw={420}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {changed ? null : (
          <Text size="sm" c="dimmed">
            {say('nothingDrafted')}
          </Text>
        )}
        <Loaded query={useAsked('POST /haggle/v1/merchandising/preview', { body })}>
          {({ before, after }) => (
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Column title={say('asItIs')} side={before} query={query} />
              <Column title={say('onceSaved')} side={after} query={query} before={before} act={props.act ?? []} />
            </SimpleGrid>
          )}
        </Loaded>
      </Stack>
    </Part>
  )
}

function Column(props: {
  title: string
  side: Side
  query: string
  before?: Side
  act?: NonNullable<Parameters<typeof DraftPreview>[0]['act']>
}) {
  const { say, number } = useText()
  const { title, side, query, before, act = [] } = props
  const mark = (objectID: string, pinned: boolean, at: number): string | undefined => {
    if (pinned) return say('pinned')
    if (before === undefined) return undefined
    const place = before.hits.findIndex((hit) => hit.objectID === objectID)
    if (place === at) return undefined
    return place < 0 ? say('cameIn') : say('moved', { place: place + 1 })
  }
  return (
    <section aria-label={title}>
      <Text fw={600} size="sm">
        {title}
      </Text>
      <Text size="sm" c="dimmed" role="status">
        {[
          say('found', { count: number(side.nbHits) }),
          ...(side.appliedRules.length === 0 ? [] : [say('appliedRules', { names: side.appliedRules.join(', ') })]),
          ...(side.query === query ? [] : [say('searchedAs', { query: side.query })]),
        ].join(' · ')}
      </Text>
      <div className="products">
        {side.hits.map((card, at) => {
          const marked = mark(card.objectID, card.pinned, at)
          return (
            <Product
              key={card.objectID}
              card={card}
              {...(marked === undefined ? {} : { mark: marked })}
              note={
                act.length === 0 ? undefined : (
                  <Group gap={4}>
                    {act.map(({ label, on }) => (
                      <Button
                        key={label}
                        size="compact-xs"
                        variant="default"
                        aria-label={`${label}: ${nameOf(card)}`}
                        onClick={() => on(card.objectID)}
                      >
                        {label}
                      </Button>
                    ))}
                  </Group>
                )
              }
            />
          )
        })}
      </div>
    </section>
  )
}
