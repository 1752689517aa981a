/** What a generation's report says of one surface: leaderboard, trade-off, curves, gate. */
import { Alert, Anchor, Badge, Group, List, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { GenerationReport } from '../../../../src/http/contract.ts'
import { Board, figures } from '../../pieces/board.tsx'
import { Choice } from '../../pieces/choice.tsx'
import { How } from '../../pieces/how.tsx'
import { IntervalBar, type IntervalValue } from '../../pieces/interval.tsx'
import { Waiting } from '../../pieces/states.tsx'
import { useText } from '../../preferences.tsx'
import type { GenerationEntry } from '../models.tsx'
import { Ablations } from './ablations.tsx'
import { Curves } from './curves.tsx'
import { SearchOrder } from './search-order.tsx'

const TradeOff = lazy(() => import('../../pieces/trade-off.tsx'))

type SurfaceReport = NonNullable<GenerationReport['surfaces'][keyof GenerationReport['surfaces']]>
type Leaderboard = SurfaceReport['validation']
type Line = Leaderboard['lines'][number]

export function GenerationReportView({ generation }: { generation: GenerationEntry }) {
  const { say, number } = useText()
  const surfaces = Object.entries(generation.report.surfaces)
  const [name, setName] = useState(surfaces[0]?.[0] ?? '')
  const [split, setSplit] = useState<'validation' | 'test'>('validation')
  const surface = surfaces.find(([each]) => each === name)?.[1]
  if (surface === undefined) return <Text>{generation.report.gate.reasons.join('; ')}</Text>
  const board = surface[split]
  const names = surfaces.map(([each]) => each)
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Choice label={say('surface')} data={names} value={name} choose={setName} w={230} />
        <Group gap="xs">
          <SegmentedControl
            aria-label={say('leaderboard')}
            value={split}
            onChange={(value) => setSplit(value)}
            data={[
              { value: 'validation', label: say('chosenOn') },
              { value: 'test', label: say('judgedOn') },
            ]}
          />
          <Text size="sm" c="dimmed">
            {say('rows', { count: number(board.rows) })} ({surface.split})
          </Text>
        </Group>
      </Group>
      <LeaderboardTable board={board} chosen={split === 'validation' ? surface.recipe.model : surface.testedAs} />
      <LeadText board={board} />
      <Failures surface={surface} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <TradeOffs board={board} chosen={surface.recipe.model} />
        <Gate surface={surface} />
      </SimpleGrid>
      <Ablations ablations={surface.ablations ?? {}} />
      <SurfaceCurves surface={surface} />
      {generation.report.search === undefined || generation.report.search.answers === 0 ? null : (
        <SearchOrder search={generation.report.search} />
      )}
    </Stack>
  )
}

function LeaderboardTable({ board, chosen }: { board: Leaderboard; chosen: string }) {
  const { say, number, signed, percent } = useText()
  const metrics = board.cutoffs.flatMap((cutoff) => ['P', 'R', 'G', 'M'].map((kind) => `${kind}@${cutoff}`))
  const digits = (count: number) => (value: number) => number(value, count)
  const intervals: IntervalValue[] = board.lines.map(({ primary }) => primary)
  return (
    <Board
      label={say('leaderboard')}
      rows={board.lines}
      rowKey={({ model }) => model}
      marked={({ model }) => model === chosen}
      columns={[
        {
          id: 'model',
          head: say('model'),
          cell: ({ model }) => (
            <Group gap={6} wrap="nowrap">
              <b>{model}</b>
              {model === chosen ? (
                <Badge size="xs" color="teal.9">
                  {say('chosen')}
                </Badge>
              ) : null}
            </Group>
          ),
        },
        {
          id: 'interval',
          head: (
            <>
              {board.primaryMetric}, {say('interval')}
            </>
          ),
          value: ({ primary }) => primary.mean,
          cell: ({ primary }) => (
            <>
              <IntervalBar value={primary} all={intervals} /> {number(primary.mean, 4)}{' '}
              <Text span size="xs" c="dimmed">
                {number(primary.low, 4)}–{number(primary.high, 4)}
              </Text>
            </>
          ),
        },
        {
          id: 'toBest',
          head: say('toBest'),
          numeric: true,
          value: ({ toBest }) => toBest?.mean ?? 0,
          cell: ({ toBest }) =>
            toBest === null ? (
              say('best')
            ) : (
              <span title={toBest.high >= 0 ? say('notApart') : ''}>
                {signed(toBest.mean)}
                {toBest.high >= 0 ? ' ≈' : ''}
              </span>
            ),
        },
        ...metrics.map((name) => figures(name, name, (line: Line) => line.metrics[name], digits(4))),
        figures('coverage', say('coverage'), (line: Line) => line.coverage, percent),
        figures('gini', say('gini'), (line: Line) => line.exposureGini, digits(2)),
        figures('novelty', say('novelty'), (line: Line) => line.novelty, digits(1)),
        figures('fit', say('fitSeconds'), (line: Line) => line.fitSeconds, digits(2)),
        figures('ms', say('msPerRow'), (line: Line) => line.millisecondsPerRow, digits(2)),
      ]}
    />
  )
}

function LeadText({ board: { lead, lines } }: { board: Leaderboard }) {
  const { say, signed } = useText()
  // Reports of older versions have none.
  const ahead = [lead?.runnerUp, lead?.popularity && { model: 'popularity', ...lead.popularity }].filter(
    (each) => each != null,
  )
  const told = new Map(ahead.map((each) => [each.model, each]))
  if (told.size === 0 || lines.length === 0) return null
  return (
    <Text size="sm">
      {say('leads', { model: lines[0].model })}{' '}
      {[...told.values()]
        .map(({ model, mean, low, high }) => `${model} ${signed(mean)} (${signed(low)} … ${signed(high)})`)
        .join('; ')}{' '}
      <How of="lead" />
    </Text>
  )
}

const costs = ['coverage', 'fitSeconds', 'msPerRow'] as const

function TradeOffs({ board, chosen }: { board: Leaderboard; chosen: string }) {
  const { say } = useText()
  const [cost, setCost] = useState<(typeof costs)[number]>('coverage')
  const dots = useMemo(
    () =>
      board.lines.map((line) => ({
        name: line.model,
        x:
          cost === 'coverage' ? 100 * line.coverage : cost === 'fitSeconds' ? line.fitSeconds : line.millisecondsPerRow,
        y: line.primary.mean,
        marked: line.model === chosen,
      })),
    [board, cost, chosen],
  )
  const name = cost === 'coverage' ? `${say('coverage')}, %` : say(cost)
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Group gap={4}>
          <Title order={3} size="h5">
            {say('tradeOff')}
          </Title>
          <How of="metric" />
          <How of="interval" />
          <How of={cost === 'coverage' ? 'coverage' : 'cost'} />
        </Group>
        <Choice
          label={say('against')}
          size="xs"
          w={140}
          data={costs.map((value) => ({ value, label: say(value) }))}
          value={cost}
          choose={setCost}
        />
      </Group>
      <Suspense fallback={<Waiting />}>
        <TradeOff
          dots={dots}
          x={name}
          y={board.primaryMetric}
          logarithmic={cost !== 'coverage'}
          label={`${say('tradeOff')}: ${dots.map((dot) => `${dot.name} ${dot.x.toPrecision(3)}, ${dot.y.toPrecision(3)}`).join('; ')}`}
        />
      </Suspense>
    </Stack>
  )
}

function Gate({ surface }: { surface: SurfaceReport }) {
  const { say, signed, number } = useText()
  const { judgement, recipe, tuned } = surface
  const colour = judgement.verdict === 'passed' ? 'teal.9' : judgement.verdict === 'unjudged' ? 'gray.7' : 'red.9'
  const difference = ({ mean, low, high }: IntervalValue) => `${signed(mean)} (${signed(low)} … ${signed(high)})`
  return (
    <Stack gap={6}>
      <Group gap={4}>
        <Title order={3} size="h5">
          {say('gate')}
        </Title>
        <How of="gate" />
        <Badge color={colour}>{say(judgement.verdict)}</Badge>
      </Group>
      <Text size="sm">
        {recipe.model}: {say('rows', { count: number(judgement.rows) })}
      </Text>
      <Text size="sm">
        {say('toPopularity')}: {difference(judgement.toPopularity)}
      </Text>
      {judgement.toLive === null ? null : (
        <Text size="sm">
          {say('toLive')}: {difference(judgement.toLive)}
        </Text>
      )}
      {Object.keys(tuned).length === 0 ? null : (
        <Text size="sm">
          {say('tunedSettings')}: {Object.keys(tuned).join(', ')}
        </Text>
      )}
      <Anchor component="details" size="sm" c="inherit" underline="never">
        <summary>JSON</summary>
        <pre className="log mono">{JSON.stringify(recipe.config, null, 1)}</pre>
      </Anchor>
    </Stack>
  )
}

function Failures({ surface }: { surface: SurfaceReport }) {
  const { say } = useText()
  const failures = Object.entries(surface.failures)
  if (failures.length === 0) return null
  return (
    <Alert color="orange" title={say('droppedOut')}>
      <List size="sm">
        {failures.map(([model, reason]) => (
          <List.Item key={model}>
            <b>{model}</b>: {reason}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

/** A discriminator whose loss has a known optimum: that of cfgan, and the haggle's where it learns a density ratio. */
function isCertified(model: string, { recipe }: SurfaceReport): boolean {
  if (model === 'cfgan') return true
  const { objective } = (recipe.config ?? {}) as { objective?: unknown }
  return model === recipe.model && objective === 'density ratio'
}

function SurfaceCurves({ surface }: { surface: SurfaceReport }) {
  const { say } = useText()
  const curves = useMemo(
    () =>
      Object.entries(surface.curves).map(([model, epochs]) => ({
        name: model,
        certified: isCertified(model, surface),
        epochs,
      })),
    [surface],
  )
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {say('curves')}
      </Title>
      {curves.length === 0 ? <Text size="sm">{say('curvesNone')}</Text> : <Curves curves={curves} />}
    </Stack>
  )
}
