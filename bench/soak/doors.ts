/** How an answer ended, as its client can tell. */
export type Ending = 'complete' | 'refused' | 'failed midway' | 'broken'

/** A dialect, as far as a soak must know it: how to ask, and how an answer says that it is whole. */
export interface Door {
  readonly name: string
  ask(model: string, stream: boolean, question: string): { readonly path: string; readonly body: object }
  /** What the last words of a stream must hold. */
  readonly whole: RegExp
  /** What says within a stream that it failed. */
  readonly failed: RegExp
  /** The field of a whole answer that says how it ended. */
  readonly ended: RegExp
}

/** The doors of the gateway. */
export const doors: readonly Door[] = [
  {
    name: 'openai-chat',
    ask: (model, stream, content) => ({
      path: '/v1/chat/completions',
      body: { model, stream, messages: [{ role: 'user', content }] },
    }),
    whole: /"finish_reason": ?"\w+"/,
    failed: /"error": ?\{/,
    ended: /"finish_reason": ?"\w+"/,
  },
  {
    name: 'openai-responses',
    ask: (model, stream, input) => ({ path: '/v1/responses', body: { model, stream, input } }),
    whole: /event: response\.(?:completed|incomplete) /,
    failed: /event: (?:error|response\.failed) /,
    ended: /"status": ?"(?:completed|incomplete)"/,
  },
  {
    name: 'anthropic-messages',
    ask: (model, stream, content) => ({
      path: '/v1/messages',
      body: { model, stream, max_tokens: 300, messages: [{ role: 'user', content }] },
    }),
    whole: /event: message_stop /,
    failed: /event: error /,
    ended: /"stop_reason": ?"\w+"/,
  },
  {
    name: 'gemini',
    ask: (model, stream, text) => ({
      path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: { contents: [{ role: 'user', parts: [{ text }] }] },
    }),
    whole: /"(?:finishReason|blockReason)": ?"\w+"/,
    failed: /"error": ?\{/,
    ended: /"(?:finishReason|blockReason)": ?"\w+"/,
  },
]

/** How an answer ended: `broken` where it neither says that it is whole nor that it failed. */
export function endOf({ whole, failed, ended }: Door, status: number, text: string, stream: boolean): Ending {
  if (status !== 200) return /"message": ?"[^"]/.test(text) ? 'refused' : 'broken'
  if (!stream) return ended.test(text) ? 'complete' : 'broken'
  const said = inOneLine(text)
  if (failed.test(said)) return 'failed midway'
  return whole.test(said) ? 'complete' : 'broken'
}

/** Events whose lines end in any of three ways, and whose data may stand in several of them. */
function inOneLine(stream: string): string {
  return stream.replaceAll(/[\r\n]+(?:data: ?)?/g, ' ')
}
