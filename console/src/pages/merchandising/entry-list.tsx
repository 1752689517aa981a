/** What is saved of a kind, to choose one from, and what can be done with the one that is written. */
import { Badge, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Entry } from '../../api.ts'
import { Part } from '../../pieces/page.tsx'
import { Empty, Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { Confirmed } from '../models/actions.tsx'

interface ListedEntry {
  readonly name: string
  readonly note: string
  readonly off: boolean
}

/** What is saved, one to be chosen, and a new one to be begun. */
export function EntryList(props: {
  title: string
  none: { title: string; next: string }
  hits: readonly Entry[]
  listed: (hit: Entry) => ListedEntry
  chosen: string | null
  choose: (hit: Entry) => void
  add: { name: string; act: () => void }
}) {
  const { say } = useText()
  const { title, none, hits, add } = props
  return (
    <Part
      title={title}
      actions={
        <Button size="xs" variant="default" onClick={add.act}>
          {add.name}
        </Button>
      }
    >
      {hits.length === 0 ? <Empty {...none} /> : null}
      <div className="draft-list">
        {hits.map((hit) => {
          const { name, note, off } = props.listed(hit)
          return (
            <UnstyledButton
              key={hit.objectID}
              className="draft"
              aria-pressed={hit.objectID === props.chosen}
              onClick={() => props.choose(hit)}
            >
              <Group gap="xs" wrap="nowrap" justify="space-between">
                <Text size="sm" fw={600} truncate>
                  {name}
                </Text>
                {off ? <Badge color="gray.7">{`${say('enabled')}: –`}</Badge> : null}
              </Group>
              <Text size="xs" c="dimmed" truncate>
                {note}
              </Text>
            </UnstyledButton>
          )
        })}
      </div>
    </Part>
  )
}

/** Saving and deleting, with what went wrong or right. */
export function EntryActions(props: {
  name: string
  save: { mutate: () => void; isPending: boolean; isSuccess: boolean; error: Error | null }
  /** `null`: it has never been saved. */
  remove: (() => Promise<unknown>) | null
  ready?: boolean
  children?: ReactNode
}) {
  const { say } = useText()
  const { save, remove, name } = props
  return (
    <Stack gap="xs">
      <Problem error={save.error} />
      {save.isSuccess ? (
        <Text size="sm" role="status">
          {say('saved')}
        </Text>
      ) : null}
      <Group>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={props.ready === false}>
          {say('save')}
        </Button>
        {remove === null ? null : (
          <Confirmed
            label={say('deleteIt')}
            question={say('deleteAsk', { name })}
            what={say('deleteWhat')}
            act={remove}
            colour="red.9"
          />
        )}
        {props.children}
      </Group>
    </Stack>
  )
}
