import type { CallEvent } from '../../../src/core/event.ts'
import { linkTo } from '../route.ts'
import { durationText } from '../text/duration-text.ts'
import { operationText } from '../text/operation-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'
import { Facts } from './facts.tsx'
import { sourceText } from './sources.tsx'

const doors = { library: 'Library', gateway: 'Gateway', eval: 'Eval' } as const
const caches = { off: 'Off', hit: 'Hit', miss: 'Miss' } as const

/** Who asked for what, and who answered. */
export function CallFacts({ call }: { readonly call: CallEvent }) {
  const started = <time title={fullTimeText(call.startedAt)}>{timeText(call.startedAt)}</time>
  const feature = call.feature && <a href={linkTo(['calls'], { feature: call.feature })}>{call.feature}</a>
  const run = call.runId && <a href={linkTo(['runs', call.runId])}>{call.runId}</a>
  const parent = call.parentId && <a href={linkTo(['calls', call.parentId])}>{call.parentId}</a>
  const isUnasked = call.outcome.ending === 'error' && call.attempts === 0
  const dialects = [call.dialectIn, call.dialectOut].filter((dialect) => dialect !== undefined)
  return (
    <Facts
      facts={[
        ['Started', started],
        ['Feature', feature],
        ['Asked for', call.operation && operationText(call.operation)],
        ['Model', call.model],
        ['Passed through', call.passed && `${call.passed.method} ${call.passed.path}`],
        ['Bytes', call.passed && `${call.passed.bytesIn} in, ${call.passed.bytesOut} out`],
        ['Target', call.target],
        ['Answered by', isUnasked ? 'Nobody' : sourceText(call.source)],
        ['Door', doors[call.door]],
        ['Dialect', [...new Set(dialects)].join(' → ')],
        ['Streamed', call.streamed ? 'Yes' : 'No'],
        ['Reply cache', caches[call.cache]],
        ['Stop reason', call.outcome.rawStop],
        ['The seam itself took', durationText(call.overheadMs)],
        ['Run', run],
        ['Corrects or continues', parent],
        ['Prompt', call.promptHash && <code>{call.promptHash}</code>],
        ['Tenant', call.tenant],
        ['User', call.user],
        ['Session', call.session],
        ['Tags', call.tags?.join(', ')],
        ['Key', call.keyId],
        ['Trace', call.traceId && <code>{call.traceId}</code>],
        ['Lost in translation', call.losses.map(({ path, effect }) => `${path} ${effect}`).join(', ')],
      ]}
    />
  )
}
