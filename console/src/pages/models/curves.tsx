/** The losses of models that learn step by step, generator beside discriminator, and the certificate where there is one. */
import { Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useMemo } from 'react'
import { How } from '../../pieces/how.tsx'
import { LineChart } from '../../pieces/line-chart.tsx'
import { useText } from '../../preferences.tsx'

export interface Curve {
  readonly name: string
  /** Whether its discriminator loss is at 2 ln 2 where it can no longer tell. */
  readonly certified: boolean
  readonly epochs: readonly { readonly epoch: number; readonly losses: Readonly<Record<string, number>> }[]
}

const equal = 2 * Math.log(2)

export function Curves({ curves }: { curves: readonly Curve[] }) {
  return (
    <SimpleGrid cols={{ base: 1, lg: curves.length > 1 ? 2 : 1 }}>
      {curves.map((curve) => (
        <CurveCard key={`${curve.name} ${curve.epochs[0]?.epoch}`} curve={curve} />
      ))}
    </SimpleGrid>
  )
}

function CurveCard({ curve }: { curve: Curve }) {
  const { say, number } = useText()
  const { x, lines } = useMemo(() => {
    const names = [...new Set(curve.epochs.flatMap(({ losses }) => Object.keys(losses)))]
    return {
      x: curve.epochs.map(({ epoch }) => epoch),
      lines: names.map((label) => ({ label, values: curve.epochs.map(({ losses }) => losses[label] ?? null) })),
    }
  }, [curve])
  const last = curve.epochs.at(-1)?.losses ?? {}
  const told = Object.entries(last).map(([name, value]) => `${name} ${number(value, 4)}`)
  const adversarial = last.discriminator !== undefined
  return (
    <Paper withBorder p="sm">
      <Stack gap={4}>
        <Group gap={4}>
          <Title order={4} size="h6">
            {curve.name}
          </Title>
          <How of="losses" />
        </Group>
        <LineChart
          x={x}
          xLabel={say('epoch')}
          lines={lines}
          {...(curve.certified ? { level: { value: equal, label: '2 ln 2' } } : {})}
          label={`${say('curves')}: ${curve.name}. ${say('epoch')} ${x.at(-1) ?? 0}: ${told.join(', ')}`}
        />
        {adversarial ? (
          <Text size="sm">
            <b>{say('certificate')}</b> <How of="certificate" />{' '}
            {curve.certified
              ? say('certificateAt', {
                  value: number(last.discriminator, 4),
                  equal: number(equal, 4),
                  gap: number(Math.abs(last.discriminator - equal), 4),
                })
              : say('certificateNone')}
          </Text>
        ) : null}
      </Stack>
    </Paper>
  )
}
