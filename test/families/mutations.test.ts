import { expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import { isInseamError } from '../../src/errors/index.ts'
import { checkMessagesRequest } from '../../src/simulator/anthropic-messages/check.ts'
import { checkGenerateRequest } from '../../src/simulator/gemini/check.ts'
import { checkChatRequest } from '../../src/simulator/openai-chat/check.ts'
import { checkResponsesRequest } from '../../src/simulator/openai-responses/check.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { mutations, rich } from './rich-requests.ts'
import { type Json, translate } from './translate.ts'

/** What came of an attempt: a value, or undefined where it was refused by name. */
function refusable<T>(attempt: () => T): T | undefined {
  try {
    return attempt()
  } catch (thrown) {
    if (isInseamError(thrown) && thrown.status === 400) return undefined
    throw thrown
  }
}

it.each(clientDialects)(
  'a request of %s with any field mutilated is refused by name or translated, and never written as undefined',
  (from) => {
    for (const { body, path } of mutations(from)) {
      const request = refusable(() => codecs[from].decodeRequest(body))
      if (!request) continue
      for (const to of clientDialects) {
        const encoded = refusable(() => codecs[to].encodeRequest(request, 'm', {}, from))
        expect(JSON.stringify(encoded?.body ?? {}), `${from} to ${to}, ${path}`).not.toMatch(/undefined|\[object/)
      }
    }
  },
)

/** What each provider would refuse a body for, as the simulator knows it. */
const checks: Readonly<Record<ClientDialect, (body: Json) => { readonly message: string } | undefined>> = {
  'openai-chat': checkChatRequest,
  'openai-responses': checkResponsesRequest,
  'anthropic-messages': (body) => checkMessagesRequest(body, 'claude-opus-4-5'),
  gemini: (body) => checkGenerateRequest(body, 'gemini-2.5-pro'),
}

/** What callers got wrong in their own dialect: no translation can mend it, and the target says it. */
const ownErrors = [
  /max_output_tokens must be positive|max_completion_tokens/,
  /temperature/,
  /Tool choice|tool_choice: Tool|allowed_function_names/,
  /'additionalProperties' is required|input_schema\.type/,
  /No tool output found|were found without `tool_result`|must be followed by tool messages/,
  /number of function response parts|followed by its responses/,
]

const quirks = { maxTokensField: 'max_completion_tokens' } as const
const routes = clientDialects.flatMap((from) =>
  clientDialects.filter((to) => to !== from).map((to) => ({ from, to, quirks })),
)

it.each(routes)('a rich request of $from is what $to takes', (route) => {
  // Anthropic takes closed schemas only, and Gemini's own form of a schema has no word for that.
  const { generationConfig } = rich.gemini
  const isOpen = route.from === 'gemini' && route.to === 'anthropic-messages'
  const { responseSchema: _, responseMimeType: __, ...closed } = generationConfig
  const body = isOpen ? { ...rich.gemini, generationConfig: closed } : rich[route.from]
  expect(checks[route.to](translate(route, body).sent)).toBeUndefined()
})

it.each(routes)(
  'a request of $from with any field mutilated is refused by $to for nothing but what its caller got wrong',
  ({ from, to }) => {
    const refused = new Set<string>()
    for (const { body } of mutations(from)) {
      const sent = refusable(() => translate({ from, to, quirks }, body).sent)
      const { message = '' } = (sent && checks[to](sent)) ?? {}
      if (message !== '' && !ownErrors.some((known) => known.test(message))) refused.add(message)
    }
    expect([...refused]).toEqual([])
  },
)
