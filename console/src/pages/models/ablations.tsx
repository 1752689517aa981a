/** What the discriminator and its adversary were worth to this generation, beside the generator alone. */
import { Badge, Group, Stack, Text, Title } from '@mantine/core'
import type { GenerationReport } from '../../../../src/http/contract.ts'
import { Board, figures } from '../../pieces/board.tsx'
import { How } from '../../pieces/how.tsx'
import { useText } from '../../preferences.tsx'

type Surface = NonNullable<GenerationReport['surfaces'][keyof GenerationReport['surfaces']]>
type Ablation = NonNullable<Surface['ablations']>[string]
type Variant = Ablation['variants'][number]

export function Ablations({ ablations }: { ablations: Readonly<Record<string, Ablation>> }) {
  const { say } = useText()
  const models = Object.entries(ablations)
  return (
    <Stack gap="xs">
      <Group gap={4}>
        <Title order={3} size="h5">
          {say('ablation')}
        </Title>
        <How of="ablation" />
      </Group>
      {models.length === 0 ? <Text size="sm">{say('ablationNone')}</Text> : null}
      {models.map(([model, ablation]) => (
        <AblationTable key={model} model={model} ablation={ablation} />
      ))}
    </Stack>
  )
}

function AblationTable({ model, ablation: { metric, chosen, variants } }: { model: string; ablation: Ablation }) {
  const { say, number, signed } = useText()
  return (
    <Board
      label={`${say('ablation')}: ${model}`}
      rows={[...variants]}
      rowKey={({ name }) => name}
      marked={({ name }) => name === chosen}
      columns={[
        {
          id: 'variant',
          head: model,
          cell: ({ name }) => (
            <Group gap={6} wrap="nowrap">
              <b>{name}</b>
              {name === chosen ? (
                <Badge size="xs" color="teal.9">
                  {say('chosen')}
                </Badge>
              ) : null}
            </Group>
          ),
        },
        figures(
          'accuracy',
          metric,
          ({ accuracy }: Variant) => accuracy,
          (value) => number(value, 4),
        ),
        {
          id: 'gain',
          head: `${say('toMean')}, ${say('interval')}`,
          cell: ({ gain }) =>
            gain === null ? '' : `${signed(gain.mean)} (${signed(gain.low)} … ${signed(gain.high)})`,
        },
      ]}
    />
  )
}
