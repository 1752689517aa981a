/** Language, colours, pictures, and the way out. */
import { Button, Drawer, SegmentedControl, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { ask } from './api.ts'
import { usePreferences, useText } from './preferences.tsx'
import { type Language, languages } from './texts.ts'

export function Settings({ opened, close }: { opened: boolean; close: () => void }) {
  const { say } = useText()
  const { pictures, change } = usePreferences()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const client = useQueryClient()
  const signOut = async () => {
    const session = await ask('DELETE /haggle/v1/session', {})
    client.clear()
    client.setQueryData(['session'], session)
  }
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      title={say('preferences')}
      closeButtonProps={{ 'aria-label': say('close') }}
    >
      <Stack>
        <Text fw={600} id="language">
          {say('language')}
        </Text>
        <LanguageSwitch />
        <Text fw={600}>{say('scheme')}</Text>
        <SegmentedControl
          aria-label={say('scheme')}
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme)}
          data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: say(value) }))}
        />
        <Switch
          label={say('pictures')}
          description={say('picturesWhy')}
          checked={pictures}
          onChange={(event) => change({ pictures: event.currentTarget.checked })}
        />
        <Button variant="default" onClick={() => void signOut()}>
          {say('signOut')}
        </Button>
      </Stack>
    </Drawer>
  )
}

export function LanguageSwitch() {
  const { say } = useText()
  const { language, change } = usePreferences()
  return (
    <SegmentedControl
      aria-label={say('language')}
      value={language}
      onChange={(value) => change({ language: value as Language })}
      data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
    />
  )
}
