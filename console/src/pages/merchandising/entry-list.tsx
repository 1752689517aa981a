/** What is saved of a kind, to choose one from, and what can be done with the one that is written. */
import { Badge, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useText } from '../../preferences.tsx'
import { Problem } from '../../pieces/states.tsx'
import { Confirmed } from '../models/actions.tsx'

export interface ListedEntry {
  readonly id: string
  readonly name: string
  readonly note: string
  readonly off: boolean
}

export function EntryList(props: {
  entries: readonly ListedEntry[]
  chosen: string | null
  choose: (id: string) => void
}) {
  const { say } = useText()
  return (
    <div className="draft-list">
      {props.entries.map(({ id, name, note, off }) => (
        <UnstyledButton key={id} className="draft" aria-pressed={id === props.chosen} onClick={() => props.choose(id)}>
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
      ))}
    </div>
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
