/** The door: the admin key once, then a cookie that no script can read. */
import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, Refusal } from './api.ts'
import { useText } from './preferences.tsx'
import { LanguageSwitch } from './settings.tsx'

export function SignIn() {
  const { say } = useText()
  const client = useQueryClient()
  const [key, setKey] = useState('')
  const signIn = useMutation({
    mutationFn: () => ask('POST /haggle/v1/session', {}, key.trim()),
    onSuccess: (session) => client.setQueryData(['session'], session),
  })
  const refused = signIn.error instanceof Refusal && signIn.error.status === 403
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={420} radius="lg" shadow="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            signIn.mutate()
          }}
        >
          <Stack>
            <img src="/console/icon.svg" width={40} height={40} alt="" />
            <Title order={1} size="h3">
              {say('console')}
            </Title>
            <PasswordInput
              label={say('adminKey')}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={refused ? say('wrongKey') : signIn.error?.message}
              autoComplete="current-password"
              data-autofocus
              autoFocus
              required
            />
            <Button type="submit" loading={signIn.isPending}>
              {say('signIn')}
            </Button>
            <Text size="sm" c="dimmed">
              {say('signInWhy')}
            </Text>
            <LanguageSwitch />
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
