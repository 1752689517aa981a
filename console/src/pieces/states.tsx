/** What a page shows while it waits, when something is wrong, and when there is nothing yet. */
import { Alert, Button, Center, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Refusal } from '../api.ts'
import { useText } from '../preferences.tsx'

export function Waiting() {
  const { say } = useText()
  return (
    <Center mih={160} role="status" aria-label={say('loading')}>
      <Loader type="dots" />
    </Center>
  )
}

/** What went wrong; nothing where nothing did. */
export function Problem({ error, again }: { error: Error | null; again?: () => void }) {
  const { say } = useText()
  if (error === null) return null
  const silent = error instanceof Refusal && error.status === 0
  return (
    <Alert color="red" title={say('problem')} role="alert">
      <Group justify="space-between">
        <Text size="sm">{silent ? say('unreachable') : error.message}</Text>
        {again === undefined ? null : (
          <Button size="xs" variant="default" onClick={again}>
            {say('again')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

/** Nothing here yet, and what to do about it. */
export function Empty(props: { title: string; next: string; to?: string; action?: string; children?: ReactNode }) {
  return (
    <Paper withBorder p="xl" className="empty">
      <Stack align="center" gap="xs">
        <Title order={3}>{props.title}</Title>
        <Text ta="center" maw={560}>
          {props.next}
        </Text>
        {props.to === undefined ? null : (
          <Button component={Link} href={props.to} mt="sm">
            {props.action}
          </Button>
        )}
        {props.children}
      </Stack>
    </Paper>
  )
}

/** Shows what was asked for once it is there. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) {
    return (
      <>
        <Problem error={query.error} again={() => void query.refetch()} />
        {children(query.data)}
      </>
    )
  }
  if (query.error !== null) return <Problem error={query.error} again={() => void query.refetch()} />
  return <Waiting />
}
