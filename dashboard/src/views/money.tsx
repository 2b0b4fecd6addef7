import type { CostView } from '../../../src/admin/api.ts'
import { mayOf } from '../may.ts'
import { Budgets } from '../parts/budgets.tsx'
import { Chart } from '../parts/chart.tsx'
import { Failure } from '../parts/failure.tsx'
import { Head } from '../parts/head.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { countText, shareText } from '../text/count-text.ts'

const dimensions = ['feature', 'model', 'tenant', 'key', 'prompt', 'day'] as const
const spans = [
  ['24 h', 1],
  ['7 d', 7],
  ['30 d', 30],
] as const
const dayMs = 86_400_000
const colours = ['tint-3', 'tint-2', 'tint-1', 'sand', 'clay', 'plum']
/** What the record calls all that it does not name. */
const others = '(others)'

/** What was spent and for what, what was saved, and what the month is likely to come to. */
export function Money({ query }: { readonly query: URLSearchParams }) {
  const by = dimensions.find((name) => name === query.get('by')) ?? 'feature'
  const [span, days] = spans.find(([name]) => name === query.get('span')) ?? spans[1]
  const drawn = query.has('from') && query.has('to')
  const asked = () => {
    const to = Date.now()
    const [from, until] = drawn ? [query.get('from'), query.get('to')] : [to - days * dayMs, to]
    return `api/cost?by=${by}&from=${from}&to=${until}`
  }
  const { answer, failure, isFresh, reload } = useResource<CostView>(asked, {
    key: `api/cost?${by}&${drawn ? `${query.get('from')}-${query.get('to')}` : span}`,
    refreshMs: drawn ? undefined : 30_000,
  })
  return (
    <>
      <Head title="Money">
        <nav class="choice" aria-label="Told apart by">
          {dimensions.map((name) => (
            <a key={name} href={linkTo(['money'], { by: name, span })} aria-current={name === by ? 'true' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <nav class="choice" aria-label="Span of time">
          {spans.map(([name]) => (
            <a
              key={name}
              href={linkTo(['money'], { by, span: name })}
              aria-current={!drawn && name === span ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </Head>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer ? (
        <div class={isFresh ? 'overview' : 'overview stale'}>
          <Sums cost={answer} />
          <Spend cost={answer} />
          <Budgets />
          <Table cost={answer} />
        </div>
      ) : (
        !failure && <div class="card waiting tall" aria-busy="true" />
      )}
      {failure && <Budgets />}
    </>
  )
}

function Sums({ cost: { total, month } }: { readonly cost: CostView }) {
  const { saved } = total
  const name = new Date(month.from).toLocaleDateString('en-US', { month: 'long', timeZone: 'UTC' })
  const { forecast } = month
  return (
    <dl class="card tiles six">
      <Sum label="Spent" nanoUsd={total.costNanoUsd} note={noteOf(total)} />
      <Sum label={`${name} so far`} nanoUsd={month.spentNanoUsd} note="days in UTC" />
      <Sum
        label={`${name} in all`}
        nanoUsd={forecast?.nanoUsd}
        note={forecast ? `${costText(forecast.low)} to ${costText(forecast.high)}` : 'needs three whole days'}
        title={forecast?.how}
      />
      <Sum
        label="Saved: kept replies"
        nanoUsd={saved.repliesNanoUsd}
        note={saved.repliesUnknown > 0 ? `${countText(saved.repliesUnknown)} more unknown` : 'what they cost when made'}
      />
      <Sum label="Saved: prompt caches" nanoUsd={saved.promptCacheNanoUsd} note="reads, less writes" />
      <Sum label="Saved: rules" nanoUsd={saved.decidedNanoUsd} note="an estimate" />
    </dl>
  )
}

interface SumProps {
  readonly label: string
  readonly nanoUsd: number | undefined
  readonly note: string
  readonly title?: string | undefined
}

function Sum({ label, nanoUsd, note, title }: SumProps) {
  return (
    <div class="tile">
      <dt>{label}</dt>
      <dd>
        <span class="figure" title={title ?? (nanoUsd === undefined ? undefined : exactCostText(nanoUsd))}>
          {nanoUsd === undefined ? '–' : signed(nanoUsd)}
        </span>
        <span class="note">{note}</span>
      </dd>
    </div>
  )
}

const signed = (nanoUsd: number): string => (nanoUsd < 0 ? `−${costText(-nanoUsd)}` : costText(nanoUsd))

function noteOf({ unpriced, estimated }: CostView['total']): string {
  if (unpriced > 0) return `${countText(unpriced)} calls unpriced`
  return estimated > 0 ? `${countText(estimated)} calls estimated` : ''
}

/** Spend over time, one on top of the other: the topmost is drawn first, so that those below cover its foot. */
function Spend({ cost }: { readonly cost: CostView }) {
  const { from, to, at, bucketMs, course, by, total } = cost
  const stacked = at.map(() => 0)
  const series = course.map(({ name, costNanoUsd }, index) => {
    for (const [place, value] of costNanoUsd.entries()) stacked[place] = (stacked[place] ?? 0) + value
    const colour = name === others ? 'edge' : (colours[index] ?? 'edge')
    return { name: by === 'day' ? 'cost' : name || `no ${by}`, colour, values: costNanoUsd, drawn: [...stacked] }
  })
  return (
    <Chart
      title="Spend"
      kind="bars"
      summary={`${costText(total.costNanoUsd)} in all.`}
      {...{ from, to, at, bucketMs }}
      series={series.reverse()}
      text={(value) => costText(value ?? 0)}
    />
  )
}

const headings = {
  feature: 'Feature',
  model: 'Model',
  tenant: 'Tenant',
  key: 'Key',
  prompt: 'Prompt',
  day: 'Day',
} as const

function Name({ name, to }: { readonly name: string; readonly to: string | undefined }) {
  if (to === undefined || name === '') return <>{name}</>
  return (
    <a data-row={name} href={to}>
      {name}
    </a>
  )
}

function Table({ cost: { rows, by } }: { readonly cost: CostView }) {
  const { state } = useSession()
  const { manageKeys } = mayOf(state.you)
  const linkOf = (name: string): string | undefined => {
    if (by === 'key') return manageKeys && name.startsWith('key_') ? linkTo(['keys', name]) : undefined
    return (by === 'feature' || by === 'model') && name !== others ? linkTo(['calls'], { [by]: name }) : undefined
  }
  if (rows.length === 0) return <p class="card nothing">Nothing in this span</p>
  return (
    <div class="card flush">
      <Scroll label="Costs">
        <table class="features stacking labelled-all">
          <thead>
            <tr>
              <th scope="col">{headings[by]}</th>
              {['Calls', 'Tokens in', 'Tokens out', 'Share', 'Saved', 'Cost'].map((title) => (
                <th key={title} scope="col" class="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  {row.name === '' && <span class="quiet">no {by}</span>}
                  <Name name={row.name} to={linkOf(row.name)} />
                </th>
                <td class="number" data-label="Calls">
                  {countText(row.calls)}
                </td>
                <td class="number" data-label="Tokens in">
                  {countText(row.inputTokens)}
                </td>
                <td class="number" data-label="Tokens out">
                  {countText(row.outputTokens)}
                </td>
                <td class="number" data-label="Share">
                  {shareText(row.share)}
                </td>
                <td class="number" data-label="Saved">
                  {signed(row.saved.repliesNanoUsd + row.saved.promptCacheNanoUsd + row.saved.decidedNanoUsd)}
                </td>
                <td class="number" data-label="Cost" title={exactCostText(row.costNanoUsd)}>
                  {row.estimated > 0 && '≈ '}
                  {costText(row.costNanoUsd)}
                  {row.unpriced > 0 && <span class="bad-text"> +{countText(row.unpriced)} unpriced</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  )
}
