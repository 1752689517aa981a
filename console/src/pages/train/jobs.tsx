/** Tasks of this server since it started: how far, how long, what was said, and a way to stop them. */
import { Accordion, Badge, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { type Answer, ask } from '../../api.ts'
import { Part } from '../../pieces/page.tsx'
import { Loaded, Problem } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import { useAct, useAsked, useJobs } from '../../queries.ts'

type Job = Answer<'GET /haggle/v1/jobs'>['jobs'][number]

export function Jobs() {
  const { say } = useText()
  const [opened, setOpened] = useState<string | null>(null)
  return (
    <Part title={say('jobs')}>
      <Loaded query={useJobs()}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Text c="dimmed">{say('noJobs')}</Text>
          ) : (
            <Accordion value={opened} onChange={setOpened} variant="separated">
              {jobs.map((job) => (
                <JobItem key={job.id} job={job} opened={opened === job.id} />
              ))}
            </Accordion>
          )
        }
      </Loaded>
    </Part>
  )
}

const colours = { running: 'teal.9', done: 'gray.7', failed: 'red.9', cancelled: '#a63a05' } as const

/** The page itself is called `train`. */
const kindName = (kind: Job['kind']) => (kind === 'train' ? 'training' : kind)

function JobItem({ job, opened }: { job: Job; opened: boolean }) {
  const { say, time, percent } = useText()
  const cancel = useAct(() => ask('DELETE /haggle/v1/jobs/:id', { path: { id: job.id } }))
  const running = job.status === 'running'
  const fraction = job.total > 0 ? job.done / job.total : 0
  return (
    <Accordion.Item value={job.id}>
      <Group wrap="nowrap" gap={4}>
        <Accordion.Control>
          <Group gap="xs">
            <b>{say(kindName(job.kind))}</b>
            <Badge color={colours[job.status]}>{say(job.status)}</Badge>
            <Text size="sm" c="dimmed">
              {job.index}, {time(job.startedAtMs)}
            </Text>
          </Group>
          {running ? (
            <Text size="sm" role="status">
              {job.stage} {percent(fraction, 0)} {job.note}
            </Text>
          ) : null}
          {job.error === null ? null : (
            <Text size="sm" c="red">
              {job.error.message}
            </Text>
          )}
        </Accordion.Control>
        {running ? (
          <Button
            size="xs"
            mr="sm"
            flex="none"
            variant="default"
            onClick={() => cancel.mutate(undefined)}
            loading={cancel.isPending}
          >
            {say('cancel')}
          </Button>
        ) : null}
      </Group>
      <Problem error={cancel.error} />
      {running ? (
        <Progress value={100 * fraction} aria-label={job.stage || say(kindName(job.kind))} radius={0} />
      ) : null}
      <Accordion.Panel>
        <Stack gap="xs">
          <JobLog job={job} />
          {opened && job.status === 'done' ? <JobResult id={job.id} /> : null}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  )
}

function JobLog({ job }: { job: Job }) {
  const { say, clock } = useText()
  return (
    <div>
      <Text size="sm" fw={600}>
        {say('log')}
      </Text>
      <pre className="log mono" tabIndex={0}>
        {job.log.map(({ atMs, text }) => `${clock(atMs)}  ${text}`).join('\n')}
      </pre>
    </div>
  )
}

function JobResult({ id }: { id: string }) {
  const { say } = useText()
  return (
    <Loaded query={useAsked('GET /haggle/v1/jobs/:id', { path: { id } })}>
      {({ result }) => (
        <div>
          <Text size="sm" fw={600}>
            {say('result')}
          </Text>
          <pre className="log mono" tabIndex={0}>
            {JSON.stringify(result, null, 1).slice(0, 20_000)}
          </pre>
        </div>
      )}
    </Loaded>
  )
}
