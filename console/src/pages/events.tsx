/** What comes in: each event with its fate as it comes, a check for integrators, and how good the data is. */
import { Tabs } from '@mantine/core'
import { Page } from '../pieces/page.tsx'
import { useText } from '../preferences.tsx'
import { DataQuality } from './events/data-quality.tsx'
import { EventStream } from './events/event-stream.tsx'
import { EventValidation } from './events/event-validation.tsx'

export default function EventsPage() {
  const { say } = useText()
  return (
    <Page title={say('events')}>
      <Tabs defaultValue="debugger" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="debugger">{say('debugger')}</Tabs.Tab>
          <Tabs.Tab value="validate">{say('validate')}</Tabs.Tab>
          <Tabs.Tab value="quality">{say('dataQuality')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="debugger">
          <EventStream />
        </Tabs.Panel>
        <Tabs.Panel value="validate">
          <EventValidation />
        </Tabs.Panel>
        <Tabs.Panel value="quality">
          <DataQuality />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
