/** Lines over time or over epochs: 20,000 points in some milliseconds, drawn on a canvas by uPlot. */
import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'

export interface Line {
  readonly label: string
  /** As many as `x`; a gap where `null`. */
  readonly values: readonly (number | null)[]
}

export interface LineChartProps {
  /** Rising. Seconds since 1970 where `time`. */
  readonly x: readonly number[]
  readonly xLabel: string
  readonly lines: readonly Line[]
  readonly time?: 'minutes' | 'days'
  /** A level worth knowing, drawn across. */
  readonly level?: { readonly value: number; readonly label: string }
  readonly height?: number
  /** What the picture shows, for who cannot see it. */
  readonly label: string
}

/** Told apart by the colour-blind, on light and on dark. */
const palette = {
  light: ['#0b7285', '#c92a2a', '#5f3dc4', '#e67700', '#2b8a3e', '#495057'],
  dark: ['#3bc9db', '#ff8787', '#b197fc', '#ffc078', '#8ce99a', '#ced4da'],
}

export function LineChart(props: LineChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const scheme = useComputedColorScheme('light')
  const { x, lines, level, height = 220 } = props
  const shape = JSON.stringify([lines.map(({ label }) => label), props.xLabel, props.time, level, height])
  const data = (): uPlot.AlignedData => [
    [...x],
    ...lines.map(({ values }) => [...values]),
    ...(level === undefined ? [] : [x.map(() => level.value)]),
  ]

  // Made anew where it looks different; told of new data otherwise.
  useEffect(() => {
    const box = place.current
    if (box === null) return undefined
    const made = new uPlot(optionsOf(props, scheme, box.clientWidth, height), data(), box)
    plot.current = made
    const resize = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }))
    resize.observe(box)
    return () => {
      resize.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape, scheme])
  useEffect(() => plot.current?.setData(data()), [x, lines])

  return <div ref={place} className="chart" role="img" aria-label={props.label} />
}

/** The day in UTC. */
const dayOf = (seconds: number | null) => (seconds === null ? '–' : new Date(1000 * seconds).toISOString().slice(5, 10))
const daysOf: uPlot.Axis.Values = (_plot, seconds) => seconds.map(dayOf)
const daySeconds = 86_400
/** Nobody learns for half an epoch. */
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]

/** Hours and minutes as every language writes them. */
const clockOf: uPlot.Axis.Values = (_plot, seconds) =>
  seconds.map((each) => new Date(1000 * each).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }))

function timeAxis(axis: uPlot.Axis, time: LineChartProps['time']): uPlot.Axis {
  if (time === undefined) return { ...axis, incrs: wholeSteps }
  return time === 'minutes'
    ? { ...axis, values: clockOf }
    : { ...axis, values: daysOf, incrs: [1, 2, 7].map((days) => days * daySeconds) }
}

function optionsOf(
  { lines, xLabel, time, level }: LineChartProps,
  scheme: 'light' | 'dark',
  width: number,
  height: number,
) {
  const colours = palette[scheme]
  const ink = scheme === 'dark' ? '#c9c9c9' : '#495057'
  const axis: uPlot.Axis = {
    stroke: ink,
    grid: { width: 1, stroke: scheme === 'dark' ? '#3b3b3b' : '#e9ecef' },
    ticks: { show: false },
  }
  const options: uPlot.Options = {
    width,
    height,
    scales: { x: { time: time !== undefined } },
    axes: [timeAxis(axis, time), { ...axis, size: 60 }],
    legend: { live: true },
    ...(time === 'days' ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(1000 * seconds), 'Etc/UTC') } : {}),
    series: [
      { label: xLabel, ...(time === 'days' ? { value: (_plot: uPlot, each: number | null) => dayOf(each) } : {}) },
      ...lines.map(({ label }, at) => ({
        label,
        stroke: colours[at % colours.length],
        width: 1.75,
        points: { show: false },
      })),
      ...(level === undefined
        ? []
        : [{ label: level.label, stroke: ink, width: 1, dash: [5, 5], points: { show: false } }]),
    ],
  }
  return options
}
