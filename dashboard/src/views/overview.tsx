import type { OverviewView } from '../../../src/admin/api.ts'
import { Attention } from '../parts/attention.tsx'
import { Charts } from '../parts/charts.tsx'
import { Failure } from '../parts/failure.tsx'
import { FirstCall } from '../parts/first-call.tsx'
import { Head } from '../parts/head.tsx'
import { Shares } from '../parts/shares.tsx'
import { Sources } from '../parts/sources.tsx'
import { SpanPicker } from '../parts/span-picker.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { spanOf } from '../span.ts'
import { countText } from '../text/count-text.ts'

/** What went on in a span of time: how much, how well, how fast and for how much. */
export function Overview({ query }: { readonly query: URLSearchParams }) {
  const span = spanOf(query)
  const { answer, failure, isFresh, reload } = useResource<OverviewView>(() => `api/overview?${span.query()}`, {
    key: `api/overview?${span.name ?? span.query()}`,
    refreshMs: span.refreshMs,
  })
  return (
    <>
      <Head title="Overview">
        {span.name === undefined && (
          <a class="button" href="#/overview">
            Leave the selected span
          </a>
        )}
        <SpanPicker place="overview" current={span.name} />
      </Head>
      <Attention />
      {failure && <Failure failure={failure} retry={reload} />}
      {answer ? (
        <div class={isFresh ? 'overview' : 'overview stale'}>
          <Tiles overview={answer} span={span} />
          {answer.totals.calls === 0 && answer.before.calls === 0 && (
            <FirstCall title={`No calls in the ${span.words.replace(/^(?=\d|hour)/, 'last ')}`} />
          )}
          <Charts overview={answer} />
          <div class="grid halves">
            <Shares title="Top features" shares={answer.byFeature} filter="feature" nameless="no feature" />
            <Shares title="Top models" shares={answer.byModel} filter="model" nameless="no model asked" />
            <WhoAnswered overview={answer} />
            <Errors overview={answer} />
          </div>
        </div>
      ) : (
        !failure && <Skeleton />
      )}
    </>
  )
}

function WhoAnswered({ overview: { sources } }: { readonly overview: OverviewView }) {
  const counts = Object.fromEntries(sources.map(({ source, calls }) => [source, calls]))
  return (
    <section class="card">
      <h2>Who answered</h2>
      {sources.length === 0 ? <p class="nothing">Nothing in this span</p> : <Sources sources={counts} withLegend />}
    </section>
  )
}

function Errors({ overview: { errors, totals } }: { readonly overview: OverviewView }) {
  return (
    <section class="card">
      <h2>Errors by code</h2>
      {errors.length === 0 ? (
        <p class="nothing">{totals.calls > 0 ? 'No call failed' : 'Nothing in this span'}</p>
      ) : (
        <ul class="rows">
          {errors.map(({ code, calls }) => (
            <li key={code}>
              <span class="swatch bad" aria-hidden="true" />
              <a href={linkTo(['calls'], { errorCode: code })}>{code}</a>
              <span class="number">{countText(calls)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Boxes of the size of what is to come, so that nothing jumps. */
function Skeleton() {
  return (
    <div class="overview" aria-busy="true">
      <p class="sr">Loading</p>
      <div class="card tiles waiting" />
      <div class="grid halves">
        {[1, 2, 3, 4, 5, 6].map((place) => (
          <div key={place} class="card chart waiting" />
        ))}
      </div>
    </div>
  )
}
