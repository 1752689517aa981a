/** Bringing data in and having it learnt from, with progress, cancel and logs. */
import { Button, Checkbox, Group, NumberInput, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ask } from '../api.ts'
import { Page, Part } from '../pieces/page.tsx'
import { Problem } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAct, useTarget, useTraining } from '../queries.ts'
import { LiveTraining } from './models/live-training.tsx'
import { ImportForm } from './train/import-form.tsx'
import { Jobs } from './train/jobs.tsx'

export default function TrainPage() {
  const { say } = useText()
  const training = useTraining().data
  return (
    <Page title={say('train')}>
      {training == null ? null : <LiveTraining training={training} kept />}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <ImportForm />
        <Stack>
          <TrainForm />
          <TuneForm />
        </Stack>
      </SimpleGrid>
      <Jobs />
    </Page>
  )
}

function TrainForm() {
  const { say } = useText()
  const index = useTarget()
  const [publish, setPublish] = useState(true)
  const [force, setForce] = useState(false)
  const start = useAct(() =>
    ask('POST /haggle/v1/jobs', { body: { kind: 'train', index, options: { publish, force } } }),
  )
  const evaluate = useAct(() => ask('POST /haggle/v1/jobs', { body: { kind: 'evaluate', index } }))
  const busy = useTraining().data?.status === 'running'
  return (
    <Part title={say('toTrain')}>
      <Stack gap="sm">
        <Text size="sm">{say('trainWhat')}</Text>
        <Checkbox
          label={say('publishIt')}
          checked={publish}
          onChange={(event) => setPublish(event.currentTarget.checked)}
        />
        <Checkbox label={say('forceIt')} checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
        <Problem error={start.error ?? evaluate.error} />
        <Group>
          <Button onClick={() => start.mutate(undefined)} loading={start.isPending} disabled={busy}>
            {say('toTrain')}
          </Button>
          <Button variant="default" onClick={() => evaluate.mutate(undefined)} loading={evaluate.isPending}>
            {say('evaluate')}
          </Button>
        </Group>
      </Stack>
    </Part>
  )
}

function TuneForm() {
  const { say } = useText()
  const index = useTarget()
  const [minutes, setMinutes] = useState<number | string>(30)
  const start = useAct(() =>
    ask('POST /haggle/v1/jobs', {
      body: { kind: 'tune', index, options: { budget: { minutes: Number(minutes) || 30 } } },
    }),
  )
  return (
    <Part title={say('tune')}>
      <Stack gap="sm">
        <Text size="sm">{say('tuneWhat')}</Text>
        <Problem error={start.error} />
        <Group align="flex-end">
          <NumberInput label={say('minutes')} value={minutes} onChange={setMinutes} min={1} max={1440} w={110} />
          <Button variant="default" onClick={() => start.mutate(undefined)} loading={start.isPending}>
            {say('tune')}
          </Button>
        </Group>
      </Stack>
    </Part>
  )
}
