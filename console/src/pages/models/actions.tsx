/** Going live and going back, each after a question. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { ask } from '../../api.ts'
import { Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useGenerations, useIndex } from '../../queries.ts'

export function Confirmed(props: {
  label: string
  question: string
  what: string
  act: () => Promise<unknown>
  disabled?: boolean
  colour?: string
  size?: string
  children?: ReactNode
}) {
  const { say } = useText()
  const [opened, { open, close }] = useDisclosure()
  const act = useAct(props.act)
  const run = () => act.mutate(undefined, { onSuccess: close })
  return (
    <>
      <Button variant="default" size={props.size ?? 'sm'} onClick={open} disabled={props.disabled === true}>
        {props.label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={props.question}
        centered
        closeButtonProps={{ 'aria-label': say('close') }}
      >
        <Stack>
          <Text>{props.what}</Text>
          {props.children}
          <Problem error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
            <Button
              onClick={run}
              loading={act.isPending}
              {...(props.colour === undefined ? {} : { color: props.colour })}
            >
              {props.label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

export function RollBack() {
  const { say } = useText()
  const index = useIndex()
  const data = useGenerations().data
  return (
    <Confirmed
      label={say('rollback')}
      question={say('rollbackAsk')}
      what={say('promoteWhat')}
      act={() => ask('POST /haggle/v1/rollback', { query: { index } })}
      disabled={(data?.history.length ?? 0) < 2}
    />
  )
}

export function Promote({ id }: { id: string }) {
  const { say } = useText()
  const index = useIndex()
  return (
    <Confirmed
      label={say('promote')}
      size="compact-xs"
      question={say('promoteAsk', { id })}
      what={say('promoteWhat')}
      act={() => ask('POST /haggle/v1/generations/:id/publish', { path: { id }, query: { index } })}
    />
  )
}
