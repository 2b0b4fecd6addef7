import type { FeaturesView } from '../../../src/admin/api.ts'
import { Failure } from '../parts/failure.tsx'
import { Snippet } from '../parts/first-call.tsx'
import { Head } from '../parts/head.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Sources, sourcesInOrder, sourceText } from '../parts/sources.tsx'
import { SpanPicker } from '../parts/span-picker.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { spanOf } from '../span.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { countText, shareOf, shareText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'

/** What each feature spent, and who decided. */
export function Features({ query }: { readonly query: URLSearchParams }) {
  const span = spanOf(query)
  const { answer, failure, isFresh, reload } = useResource<FeaturesView>(() => `api/features?${span.query()}`, {
    key: `api/features?${span.name ?? span.query()}`,
    refreshMs: span.refreshMs,
  })
  return (
    <>
      <Head title="Features">
        <SpanPicker place="features" current={span.name} />
      </Head>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer && answer.features.length === 0 && <NoFeatures />}
      {answer && answer.features.length > 0 && (
        <div class={isFresh ? 'card flush' : 'card flush stale'}>
          <FeatureTable features={answer.features} />
        </div>
      )}
      {!answer && !failure && <div class="card waiting tall" aria-busy="true" />}
    </>
  )
}

function FeatureTable({ features }: FeaturesView) {
  return (
    <Scroll label="Features">
      <table class="features stacking">
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Who decided</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              Errors
            </th>
            <th scope="col" class="number">
              p95
            </th>
            <th scope="col" class="number">
              Prompts
            </th>
            <th scope="col" class="number">
              Last
            </th>
            <th scope="col" class="number">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {features.map((feature) => (
            <tr key={feature.name}>
              <th scope="row">
                {feature.name === '' ? (
                  <span class="quiet">no feature</span>
                ) : (
                  <a data-row={feature.name} href={linkTo(['calls'], { feature: feature.name })}>
                    {feature.name}
                  </a>
                )}
              </th>
              <td class="who">
                <Sources sources={feature.sources} />
              </td>
              <td class="number" data-label="Calls">
                {countText(feature.calls)}
              </td>
              <td class={feature.errors > 0 ? 'number bad-text' : 'number'} data-label="Errors">
                {shareText(shareOf(feature.errors, feature.calls))}
              </td>
              <td class="number" data-label="p95">
                {durationText(feature.p95Ms)}
              </td>
              <td class="number" data-label="Prompts" title="Versions of its prompt in this span">
                {feature.promptHashes}
              </td>
              <td class="number" data-label="Last" title={fullTimeText(feature.lastAt)}>
                {timeText(feature.lastAt)}
              </td>
              <td class="number" data-label="Cost" title={exactCostText(feature.costNanoUsd)}>
                {costText(feature.costNanoUsd)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Legend features={features} />
    </Scroll>
  )
}

/** What the colours of the bars stand for. */
function Legend({ features }: FeaturesView) {
  const sources = sourcesInOrder(features.flatMap(({ sources: counts }) => Object.keys(counts)))
  return (
    <ul class="legend" aria-hidden="true">
      {sources.map((source) => (
        <li key={source}>
          <span class={`swatch by-${source}`} />
          {sourceText(source)}
        </li>
      ))}
    </ul>
  )
}

function NoFeatures() {
  const { state } = useSession()
  const model = state.aliases[0]?.name ?? 'provider/model'
  const body = `{"model": "${model}", "messages": [{"role": "user", "content": "Say hello."}]}`
  const curl = `curl ${state.gatewayUrl}/v1/chat/completions \\\n  -H 'content-type: application/json' \\\n  -H 'x-inseam-feature: greeting' \\\n  -d '${body}'`
  return (
    <section class="card empty" aria-label="No features yet">
      <h2>No feature was used in this span</h2>
      <p>A call belongs to a feature when its header names one, or when it is made through one in your code.</p>
      <Snippet text={curl} what="the shell command" />
    </section>
  )
}
