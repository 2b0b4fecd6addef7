import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { changeQuery } from '../route.ts'
import { bucketTimeText, fullTimeText } from '../text/time-text.ts'
import { useIsDark } from '../theme.ts'
import type { Plot, PlotSeries } from './plot.ts'

interface ChartProps {
  readonly title: string
  /** The same in words, for whoever does not see the drawing. */
  readonly summary: string
  readonly kind: 'bars' | 'lines'
  readonly from: number
  readonly to: number
  readonly isWhole?: boolean
  readonly bucketMs: number
  /** When each bucket begins. */
  readonly at: readonly number[]
  readonly series: readonly PlotSeries[]
  /** What is said where there is nothing to draw. */
  readonly nothing?: string
  /** A value as people read it. */
  readonly text: (value: number | null) => string
}

/**
 * A course over time. The pointer reads values off it, in step with the other charts; drawing a stretch looks closer. The
 * figures behind it can be had as a table.
 */
export function Chart(props: ChartProps) {
  const { title, summary, series, at, text, from, to, bucketMs, nothing = 'Nothing in this span' } = props
  const [isTable, showTable] = useState(false)
  const [index, setIndex] = useState<number | null>(null)
  const isEmpty = series.every(({ values }) => values.every((value) => !value))
  const id = useId()
  return (
    <figure class={series.length > 3 ? 'card chart many' : 'card chart'} aria-labelledby={id}>
      <figcaption>
        <h2 id={id}>{title}</h2>
        <ul class="legend">
          {series.map(({ name, colour, values }) => (
            <li key={name}>
              <span class={`swatch ${colour}`} aria-hidden="true" />
              {name}
              {index !== null && <b>{text(values[index] ?? null)}</b>}
            </li>
          ))}
        </ul>
        <button type="button" class="plain small" aria-pressed={isTable} onClick={() => showTable(!isTable)}>
          Table
        </button>
      </figcaption>
      {isTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section class="plot table-box" tabIndex={0} aria-label={`${title} as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at.map((time, row) => (
                <tr key={time}>
                  <th scope="row" title={fullTimeText(time)}>
                    {bucketTimeText(time, bucketMs, to - from)}
                  </th>
                  {series.map(({ name, values }) => (
                    <td key={name} class="number">
                      {text(values[row] ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : (
        <div class="plot" role="img" aria-label={`${title}. ${summary}`}>
          <Drawing {...props} onPoint={setIndex} />
          {isEmpty && <p class="nothing">{nothing}</p>}
          {index !== null && at[index] !== undefined && (
            <p class="when">{bucketTimeText(at[index], bucketMs, to - from)}</p>
          )}
        </div>
      )}
    </figure>
  )
}

function Drawing(props: ChartProps & { readonly onPoint: (index: number | null) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(undefined)
  const latest = useRef(props)
  latest.current = props
  const isDark = useIsDark()
  const { kind, series } = props
  const shape = series.map(({ name }) => name).join()

  useEffect(() => {
    let isGone = false
    // Charts come after the first paint: the page does not wait for them.
    void import('./plot.ts').then(({ drawPlot }) => {
      if (isGone || !box.current) return
      const select = (from: number, to: number) => changeQuery({ from: String(from), to: String(to), span: '' })
      plot.current = drawPlot(box.current, latest.current, {
        select,
        point: (index) => latest.current.onPoint(index),
      })
    })
    return () => {
      isGone = true
      plot.current?.remove()
      plot.current = undefined
    }
  }, [kind, shape, isDark])

  useEffect(() => plot.current?.update(props))
  return <div ref={box} class="drawing" />
}
