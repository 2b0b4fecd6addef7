import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { axisTimeText } from '../text/time-text.ts'

/** One course of a chart. */
export interface PlotSeries {
  readonly name: string
  /** The class of its colour, which is also the name of the custom property. */
  readonly colour: string
  /** One value a bucket. */
  readonly values: readonly (number | null)[]
  readonly isDashed?: boolean
  /** Where it is drawn, if not at its value: on top of another, say. */
  readonly drawn?: readonly (number | null)[]
}

/** What a plot shows. */
export interface PlotData {
  readonly kind: 'bars' | 'lines'
  readonly from: number
  readonly to: number
  readonly bucketMs: number
  readonly at: readonly number[]
  readonly series: readonly PlotSeries[]
  /** Whether the values are counts: the axis has no halves then. */
  readonly isWhole?: boolean
  readonly text: (value: number | null) => string
}

/** A drawing that lives until it is removed. */
export interface Plot {
  update(data: PlotData): void
  remove(): void
}

/** What the reader does with a plot. */
export interface PlotEars {
  /** The bucket under the pointer. */
  readonly point: (index: number | null) => void
  /** A stretch of time was drawn. */
  readonly select: (from: number, to: number) => void
}

const height = 168

/** Steps of an axis: 1, 2 and 5, times a power of ten. */
const stepsFrom = (lowest: number) =>
  Array.from({ length: 16 - lowest }, (_, at) => [1, 2, 5].map((step) => step * 10 ** (lowest + at))).flat()
const steps = stepsFrom(-9)
const wholeSteps = stepsFrom(0)

const shared = UPlot.sync('inseam')

/** Draws into a box, in the colours that the box has now, as wide as it is. */
export function drawPlot(box: HTMLElement, first: PlotData, ears: PlotEars): Plot {
  let data = first
  const colour = (name: string) => colourOf(box, name)
  const lines = colour('line')
  const quiet = colour('ink-3')
  const font = `11px ${getComputedStyle(box).fontFamily}`
  const bars = UPlot.paths.bars?.({ size: [0.82, 18], radius: 0.15 })
  const isBars = first.kind === 'bars'
  const plot = new UPlot(
    {
      width: Math.max(box.clientWidth, 200),
      height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: shared.key },
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 6 },
        points: { show: !isBars, size: 6 },
      },
      scales: {
        x: { time: true, range: () => reachOf(data) },
        y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
      },
      axes: [
        {
          stroke: quiet,
          font,
          size: 28,
          gap: 6,
          space: 70,
          grid: { show: false },
          ticks: { show: false },
          values: (_plot, splits) => splits.map((seconds) => axisTimeText(seconds * 1000, data.to - data.from)),
        },
        {
          stroke: quiet,
          font,
          size: (_plot, labels) => widthOf(labels),
          gap: 8,
          space: 27,
          grid: { stroke: lines, width: 1 },
          ticks: { show: false },
          incrs: [...(first.isWhole ? wholeSteps : steps)],
          values: (_plot, splits) => splits.map((value) => labelOf(value, data)),
        },
      ],
      series: [
        {},
        ...first.series.map(({ name, colour: named, isDashed = false }): UPlot.Series => {
          const paint = colour(named)
          const points = { show: true, size: 5, fill: paint, filter: lonelyPoints }
          const common = { label: name, stroke: paint, points }
          if (!isBars) return { ...common, width: isDashed ? 1 : 1.75, ...(isDashed && { dash: [4, 3] }) }
          return { ...common, width: 0, fill: paint, points: { show: false }, ...(bars && { paths: bars }) }
        }),
      ],
      hooks: {
        setCursor: [({ cursor }) => ears.point(cursor.idx ?? null)],
        setSelect: [
          (drawn) => {
            const { left, width } = drawn.select
            if (width < 6) return
            const [from, to] = [left, left + width].map((x) => Math.round(drawn.posToVal(x, 'x') * 1000))
            drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            if (from !== undefined && to !== undefined) ears.select(from, to)
          },
        ],
      },
    },
    columns(first),
    box,
  )
  const watching = new ResizeObserver(() => {
    const width = box.clientWidth
    if (width > 0 && width !== plot.width) plot.setSize({ width, height })
  })
  watching.observe(box)
  return {
    update(next) {
      if (next.at === data.at) return
      data = next
      plot.setData(columns(next))
    },
    remove() {
      watching.disconnect()
      plot.destroy()
    },
  }
}

/** Values without a neighbour: no line leads to them, so they need a point. */
function lonelyPoints({ data }: UPlot, series: number): number[] {
  const values = data[series] ?? []
  const isThere = (at: number) => values[at] !== null && values[at] !== undefined
  return [...values.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1))
}

/** The span in seconds, and the middles of its first and last bucket, without which what is in them were neither seen nor measured. */
function reachOf({ from, to, at, bucketMs }: PlotData): [number, number] {
  const middles = [at[0], at.at(-1)].flatMap((time) => (time === undefined ? [] : [time + bucketMs / 2]))
  return [Math.min(from, ...middles) / 1000, Math.max(to, ...middles) / 1000]
}

/** What uPlot draws: seconds, then a column a series. A bucket's values stand in its middle. */
function columns({ at, bucketMs, series }: PlotData): UPlot.AlignedData {
  return [
    at.map((time) => (time + bucketMs / 2) / 1000),
    ...series.map(({ values, drawn = values }) => [...drawn] as (number | null)[]),
  ]
}

/** The label of a height; none where nothing is drawn that it could belong to. */
function labelOf(value: number, { series, text }: PlotData): string {
  if (value === 0) return '0'
  return series.every(({ values }) => values.every((one) => !one)) ? '' : shortened(text(value))
}

/** The room that the labels of heights need, in pixels: as a rule all charts have the same, so that their times stand in line. */
function widthOf(labels: readonly string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map(({ length }) => length))
  return Math.max(58, 12 + 6 * longest)
}

/** A figure without zeros that say nothing: `7.50 s` is `7.5 s`. */
function shortened(text: string): string {
  return text.replace(/\.0+(?!\d)|(?<=\.\d*)0+(?!\d)/, '')
}

/** A custom property as a colour that a canvas understands. */
function colourOf(box: HTMLElement, name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(--${name})`
  box.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
