/** What searches taught a generation: what was decided of each stage, and by how much. */
import { Badge, Group, Stack, Text, Title } from '@mantine/core'
import type { GenerationReport } from '../../../../src/http/contract.ts'
import { Board, figures } from '../../pieces/board.tsx'
import { useText } from '../../preferences.tsx'

type Search = NonNullable<GenerationReport['search']>
type Stage = NonNullable<Search['stages'][keyof Search['stages']]>
interface Line extends Stage {
  readonly name: 'shop' | 'shopper'
}

export function SearchOrder({ search }: { search: Search }) {
  const { say, number, signed } = useText()
  const lines: Line[] = (['shop', 'shopper'] as const).flatMap((name) => {
    const stage = search.stages[name]
    return stage === undefined ? [] : [{ name, ...stage }]
  })
  const four = (value: number) => number(value, 4)
  return (
    <Stack gap={6}>
      <Group gap={6}>
        <Title order={3} size="h5">
          {say('searchOrder')}
        </Title>
        <Text size="sm" c="dimmed">
          {say('searchTold', { telling: number(search.telling), answers: number(search.answers) })}
        </Text>
      </Group>
      {lines.length === 0 ? (
        <Text size="sm">{say('searchThin')}</Text>
      ) : (
        <Board
          label={say('searchOrder')}
          rows={lines}
          rowKey={({ name }) => name}
          columns={[
            {
              id: 'stage',
              head: say('searchStage'),
              cell: ({ name }) => say(name === 'shop' ? 'searchShop' : 'searchShopper'),
            },
            {
              id: 'used',
              head: say('status'),
              cell: ({ used, learner }) => (
                <Badge color={used ? 'teal.9' : 'gray.7'}>{used ? learner : say('searchStays')}</Badge>
              ),
            },
            figures('given', say('searchGiven'), ({ given }: Line) => given, four),
            figures('learnt', say('searchLearnt'), ({ learnt }: Line) => learnt, four),
            {
              id: 'difference',
              head: say('interval'),
              cell: ({ difference: { mean, low, high } }) => `${signed(mean)} (${signed(low)} … ${signed(high)})`,
            },
            figures(
              'rows',
              say('judgedOn'),
              ({ judgedOn }: Line) => judgedOn,
              (value) => number(value),
            ),
          ]}
        />
      )}
    </Stack>
  )
}
