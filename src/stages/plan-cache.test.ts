import { describe, expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import { drain } from '../core/handler.ts'
import type { PromptCachePolicy, TargetPromptCache } from '../core/prompt-cache.ts'
import type { Target } from '../core/target.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { planCache } from './plan-cache.ts'
import { aCall, anAlias, aTarget, reply, scripted } from './scripted.suite.ts'

const long = 'Answer the customer in plain words. '.repeat(200)
const prompt = {
  messages: [
    { role: 'system' as const, content: [{ type: 'text' as const, text: long }] },
    { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] },
  ],
}
const taking: TargetPromptCache = { minTokens: 1_024, keepsEnd: false, tellsMisses: true }
const anthropic = aTarget('lab/a', { dialect: 'anthropic-messages', promptCache: taking })
const openai = aTarget('lab/a', { dialect: 'openai-responses', promptCache: { ...taking, keepsEnd: true } })

interface Asked {
  readonly target?: Target
  readonly policy?: PromptCachePolicy
  readonly repeats?: Call['repeats'] | null
}

/** What the stage below is asked. */
async function planned({ target = anthropic, policy = '5m', repeats = {} }: Asked) {
  const clock = createVirtualClock()
  const inner = scripted(clock, [reply()])
  const call = aCall(clock, {
    target,
    alias: anAlias({ promptCache: policy }),
    request: prompt,
    ...(repeats && { repeats }),
  })
  await drain(planCache()(inner.handler)(call))
  return { before: call, after: inner.calls[0]! }
}
const markOf = ({ after }: { after: Call }) => after.request.messages[0]?.content[0]?.cache

describe('the plan of what a provider keeps', () => {
  it('marks for as long as the alias says', async () => {
    expect(markOf(await planned({}))).toEqual({})
    expect(markOf(await planned({ policy: '1h' }))).toEqual({ ttl: '1h' })
  })

  it.each<[string, Asked]>([
    ['the alias turns it off', { policy: 'off' }],
    ['no feature said what comes again', { repeats: null }],
    ['the target takes no marks', { target: aTarget('lab/a') }],
  ])('passes the very call on where %s', async (_where, asked) => {
    const { before, after } = await planned(asked)
    expect(after).toBe(before)
  })

  it('asks Anthropic why the cache was missed, from the first call of a conversation on', async () => {
    const ask = async (repeats: Call['repeats']) =>
      (await planned({ repeats })).after.request.extensions?.['anthropic-messages']
    expect(await ask({})).toBeUndefined()
    expect(await ask({ conversation: { sentBefore: 0 } })).toEqual({ diagnostics: { previous_message_id: null } })
    const previous = { id: 'msg_1', target: 'lab/a' }
    expect(await ask({ conversation: { sentBefore: 2, previous } })).toEqual({
      diagnostics: { previous_message_id: 'msg_1' },
    })
    // What another target answered is unknown to this one.
    expect(await ask({ conversation: { sentBefore: 2, previous: { ...previous, target: 'lab/b' } } })).toEqual({
      diagnostics: { previous_message_id: null },
    })
  })

  it("has OpenAI write the marks alone, and a conversation's end by itself", async () => {
    const ask = async (repeats: Call['repeats']) =>
      (await planned({ target: openai, repeats })).after.request.extensions?.['openai-responses']
    expect(await ask({})).toEqual({ prompt_cache_options: { mode: 'explicit' } })
    expect(await ask({ conversation: { sentBefore: 0 } })).toBeUndefined()
    const previous = { id: 'resp_1', target: 'lab/a' }
    expect(await ask({ conversation: { sentBefore: 2, previous } })).toEqual({
      prompt_cache_options: { comparison_response_id: 'resp_1' },
    })
  })
})
