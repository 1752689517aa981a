/** For who writes the shop's page: paste an event, see what is wrong with it, or what would become of it. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../api.ts'
import { Part } from '../../pieces/page.tsx'
import { Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useIndex } from '../../queries.ts'
import { FateTable } from './event-stream.tsx'

const example = (index: string) =>
  JSON.stringify(
    { eventType: 'click', eventName: 'Clicked', index, userToken: 'ann', objectIDs: ['1'], positions: [1] },
    null,
    2,
  )

export function EventValidation() {
  const { say } = useText()
  const index = useIndex()
  const [text, setText] = useState(() => example(index))
  const [unread, setUnread] = useState('')
  const check = useMutation({ mutationFn: (body: unknown) => ask('POST /haggle/v1/events/validate', { body }) })
  const run = () => {
    try {
      const value = JSON.parse(text) as unknown
      setUnread('')
      check.mutate(bodyOf(value))
    } catch (error) {
      setUnread((error as Error).message)
    }
  }
  return (
    <Stack>
      <Part title={say('validate')}>
        <Textarea
          label={say('validateWhat')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={8}
          maxRows={24}
          classNames={{ input: 'mono' }}
          spellCheck={false}
          error={unread === '' ? undefined : `${say('notJson')} ${unread}`}
        />
        <Group mt="sm">
          <Button onClick={run} loading={check.isPending}>
            {say('check')}
          </Button>
        </Group>
      </Part>
      <Problem error={check.error} />
      {check.data?.events.map(({ index: at, problem, fates }) => (
        <Alert
          key={at}
          role="status"
          color={problem === null ? 'teal' : 'red'}
          title={`events[${at}]: ${say(problem === null ? 'wouldAccept' : 'wouldRefuse')}`}
        >
          {problem === null ? <FateTable fates={fates} label={`events[${at}]`} /> : <Text size="sm">{problem}</Text>}
        </Alert>
      ))}
    </Stack>
  )
}

function bodyOf(value: unknown): unknown {
  if (Array.isArray(value)) return { events: value as unknown[] }
  return typeof value === 'object' && value !== null && 'events' in value ? value : { events: [value] }
}
