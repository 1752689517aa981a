/** Accuracy against what it costs, a dot a model; ECharts, loaded when a page first shows one. */
import { useComputedColorScheme } from '@mantine/core'
import { ScatterChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([ScatterChart, GridComponent, TooltipComponent, SVGRenderer])

export interface TradeOffProps {
  readonly dots: readonly { readonly name: string; readonly x: number; readonly y: number; readonly marked: boolean }[]
  readonly x: string
  readonly y: string
  /** Costs differ by orders of magnitude. */
  readonly logarithmic: boolean
  readonly label: string
}

export default function TradeOff({ dots, x, y, logarithmic, label }: TradeOffProps) {
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (place.current === null) return undefined
    const chart = init(place.current, null, { renderer: 'svg' })
    const ink = scheme === 'dark' ? '#c9c9c9' : '#495057'
    const lines = { lineStyle: { color: scheme === 'dark' ? '#3b3b3b' : '#e9ecef' } }
    const axis = {
      nameLocation: 'middle',
      nameTextStyle: { color: ink },
      axisLabel: { color: ink },
      splitLine: lines,
      scale: true,
    }
    chart.setOption({
      animation: false,
      grid: { left: 62, right: 70, top: 20, bottom: 46 },
      tooltip: {},
      xAxis: { ...axis, name: x, nameGap: 28, type: logarithmic ? 'log' : 'value' },
      yAxis: { ...axis, name: y, nameGap: 46, type: 'value' },
      series: [
        {
          type: 'scatter',
          data: dots.map((dot) => ({
            name: dot.name,
            value: [logarithmic ? Math.max(dot.x, 1e-3) : dot.x, dot.y],
            symbolSize: dot.marked ? 15 : 10,
            itemStyle: { color: dot.marked ? '#e67700' : scheme === 'dark' ? '#3bc9db' : '#0b7285' },
          })),
          label: { show: true, formatter: '{b}', position: 'right', color: ink },
          labelLayout: { moveOverlap: 'shiftY', hideOverlap: false },
          labelLine: { show: true, lineStyle: { color: ink } },
        },
      ],
    })
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(place.current)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
  }, [dots, x, y, logarithmic, scheme])
  return <div ref={place} role="img" aria-label={label} style={{ height: 300 }} />
}
