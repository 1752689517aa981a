/** Which model answers, how sure that is, what it costs, and where it came from. */
import { Badge, Button, Group, Paper, Text, Title } from '@mantine/core'
import { Link, useParams } from 'wouter'
import type { Answer } from '../api.ts'
import { Page } from '../pieces/page.tsx'
import { Empty, Loaded } from '../pieces/states.tsx'
import { useText } from '../preferences.tsx'
import { useAsked, useGenerations, useIndex, useTraining } from '../queries.ts'
import { GenerationList } from './models/generation-list.tsx'
import { GenerationReportView } from './models/report.tsx'
import { LiveTraining } from './models/live-training.tsx'
import { RollBack } from './models/actions.tsx'
import { StatusBadge } from './models/status-badge.tsx'

export type GenerationEntry = Answer<'GET /haggle/v1/generations/:id'>

export default function ModelsPage() {
  const { say } = useText()
  const training = useTraining().data
  return (
    <Page
      title={say('models')}
      actions={
        <>
          <RollBack />
          <Button component={Link} href="/train">
            {say('toTrain')}
          </Button>
        </>
      }
    >
      {training == null ? null : <LiveTraining training={training} />}
      <Loaded query={useGenerations()}>
        {(data) => <Generations data={data} learning={training?.status === 'running'} />}
      </Loaded>
    </Page>
  )
}

function Generations({ data, learning }: { data: Answer<'GET /haggle/v1/generations'>; learning: boolean }) {
  const { say } = useText()
  const { id } = useParams<{ id?: string }>()
  const wanted = id ?? data.live
  const shown = data.generations.find((each) => each.id === wanted) ?? data.generations.at(0)
  if (shown === undefined) {
    if (learning) return null
    return <Empty title={say('noGeneration')} next={say('noGenerationNext')} to="/train" action={say('toTrain')} />
  }
  return (
    <>
      <Whole id={shown.id} live={data.live === shown.id} />
      <GenerationList data={data} shown={shown.id} />
    </>
  )
}

function Whole({ id, live }: { id: string; live: boolean }) {
  const { say } = useText()
  const query = useAsked('GET /haggle/v1/generations/:id', { path: { id }, query: { index: useIndex() } })
  return (
    <Paper withBorder p="md" component="section" aria-label={`${say('generation')} ${id}`}>
      <Loaded query={query}>
        {(shown) => (
          <>
            <Heading shown={shown} live={live} />
            <GenerationReportView key={shown.id} generation={shown} />
          </>
        )}
      </Loaded>
    </Paper>
  )
}

function Heading({ shown, live }: { shown: GenerationEntry; live: boolean }) {
  const { say, time, number } = useText()
  return (
    <Group justify="space-between" mb="sm">
      <Group gap="xs">
        <Title order={2} size="h4">
          {say('generation')} <span className="mono">{shown.id}</span>
        </Title>
        <StatusBadge status={shown.status} live={live} />
        {shown.report.gate.forced ? <Badge color="#a63a05">{say('forced')}</Badge> : null}
      </Group>
      <Text size="sm" c="dimmed">
        {time(shown.createdAtMs)}, {say('took', { seconds: number(shown.report.seconds, 1) })}
      </Text>
    </Group>
  )
}
