/** What a shopper lets the shop do with what they do; changed here on their word. */
import { Group, Switch, Text } from '@mantine/core'
import { ask } from '../../api.ts'
import { Part } from '../../pieces/page.tsx'
import { Loaded, Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useAsked } from '../../queries.ts'

const purposes = [
  ['analytics', 'forAnalytics'],
  ['personalization', 'forPersonalization'],
  ['training', 'forTraining'],
] as const

export function Consent({ userToken }: { userToken: string }) {
  const { say } = useText()
  const path = { userToken }
  const change = useAct((body: { readonly [purpose: string]: boolean }) =>
    ask('PUT /haggle/v1/shoppers/:userToken/consent', { path, body }),
  )
  return (
    <Part title={say('consent')}>
      <Loaded query={useAsked('GET /haggle/v1/shoppers/:userToken/consent', { path })}>
        {({ consent, said }) => (
          <>
            <Group gap="xl" align="flex-start">
              {purposes.map(([purpose, name]) => (
                <Switch
                  key={purpose}
                  label={say(name)}
                  checked={consent[purpose]}
                  disabled={change.isPending}
                  onChange={(event) => change.mutate({ [purpose]: event.currentTarget.checked })}
                />
              ))}
            </Group>
            <Text size="sm" c="dimmed" mt="xs">
              {say(said ? 'consentSaid' : 'consentDefault')}
            </Text>
          </>
        )}
      </Loaded>
      <Problem error={change.error} />
    </Part>
  )
}
