/** What decides among products that answer equally well: the shop's own figures, first before second. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { ask } from '../../api.ts'
import { Choice } from '../../pieces/choice.tsx'
import { Part } from '../../pieces/page.tsx'
import { Loaded } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useAsked, useIndex } from '../../queries.ts'
import { DraftPreview } from './draft-preview.tsx'
import { EntryActions } from './entry-list.tsx'

interface Criterion {
  readonly attribute: string
  readonly order: 'desc' | 'asc'
}

const read = (texts: readonly string[] = []): Criterion[] =>
  texts.map((text) => {
    const [, order = 'desc', attribute = text] = /^(asc|desc)\((.*)\)$/.exec(text) ?? []
    return { attribute, order: order as Criterion['order'] }
  })
const write = (criteria: readonly Criterion[]): string[] =>
  criteria
    .filter(({ attribute }) => attribute.trim() !== '')
    .map(({ attribute, order }) => `${order}(${attribute.trim()})`)

export function Ranking() {
  const { say } = useText()
  const index = useIndex()
  const settings = useAsked('GET /1/indexes/:index/settings', { path: { index } })
  return (
    <Loaded query={settings}>
      {({ customRanking = [] }) => <Editor title={say('ranking')} saved={customRanking} />}
    </Loaded>
  )
}

function Editor({ title, saved }: { title: string; saved: readonly string[] }) {
  const { say } = useText()
  const index = useIndex()
  const [criteria, setCriteria] = useState(() => read(saved))
  const written = write(criteria)
  const changed = written.join() !== saved.join()
  const draft = useMemo(() => (changed ? { settings: { customRanking: written } } : {}), [changed, written.join()])
  const save = useAct(() =>
    ask('PUT /1/indexes/:index/settings', { path: { index }, body: { customRanking: written } }),
  )
  const change = (next: Criterion[]) => {
    save.reset()
    setCriteria(next)
  }
  const replace = (at: number, criterion: Criterion) =>
    change(criteria.map((each, place) => (place === at ? criterion : each)))
  const swap = (at: number, other: number) =>
    change(criteria.map((each, place) => (place === at ? criteria[other] : place === other ? criteria[at] : each)))
  return (
    <Stack>
      <Part title={title}>
        <Stack gap="sm">
          <Text size="sm">{say('rankingWhat')}</Text>
          {criteria.length === 0 ? <Text c="dimmed">{say('noRanking')}</Text> : null}
          {criteria.map((criterion, at) => (
            <Group key={at} gap="xs">
              <TextInput
                aria-label={`${say('attribute')} ${at + 1}`}
                placeholder={say('attribute')}
                value={criterion.attribute}
                onChange={(event) => replace(at, { ...criterion, attribute: event.currentTarget.value })}
              />
              <Choice
                label={`${say('ranking')} ${at + 1}`}
                w={140}
                data={[
                  { value: 'desc', label: say('descending') },
                  { value: 'asc', label: say('ascending') },
                ]}
                value={criterion.order}
                choose={(order) => replace(at, { ...criterion, order })}
              />
              {(
                [
                  ['up', at - 1],
                  ['down', at + 1],
                ] as const
              ).map(([name, other]) => (
                <Button
                  key={name}
                  size="compact-xs"
                  variant="default"
                  aria-label={`${say(name)} ${at + 1}`}
                  disabled={criteria[other] === undefined}
                  onClick={() => swap(at, other)}
                >
                  {say(name)}
                </Button>
              ))}
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${say('remove')} ${at + 1}`}
                onClick={() => change(criteria.filter((_, place) => place !== at))}
              >
                {say('remove')}
              </Button>
            </Group>
          ))}
          <EntryActions
            name={title}
            save={{ ...save, mutate: () => save.mutate(undefined) }}
            remove={null}
            ready={changed}
          >
            <Button variant="default" onClick={() => change([...criteria, { attribute: '', order: 'desc' }])}>
              {say('add')}
            </Button>
          </EntryActions>
        </Stack>
      </Part>
      <DraftPreview draft={draft} about="" />
    </Stack>
  )
}
