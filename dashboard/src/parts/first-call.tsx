import { useSession } from '../session.ts'
import { Copy } from './copy.tsx'

/** What to do where no call was made yet: one line of shell, or one changed line of code. */
export function FirstCall({ title = 'No calls yet' }: { readonly title?: string }) {
  const { state } = useSession()
  const model = state.aliases[0]?.name ?? 'provider/model'
  const body = `{"model": "${model}", "messages": [{"role": "user", "content": "Say hello."}]}`
  const curl = `curl ${state.gatewayUrl}/v1/chat/completions \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`
  const openai = `new OpenAI({ baseURL: '${state.gatewayUrl}/v1', apiKey: 'none' })`
  const anthropic = `new Anthropic({ baseURL: '${state.gatewayUrl}', apiKey: 'none' })`
  return (
    <section class="card empty" aria-label={title}>
      <h2>{title}</h2>
      <p>Send one to the gateway; it appears here as soon as it is over.</p>
      <Snippet text={curl} what="the shell command" />
      <p>From your code, change one line. The model is “{model}”; where the gateway has keys, use one of them.</p>
      <Snippet text={openai} what="the line for OpenAI's SDK" />
      <Snippet text={anthropic} what="the line for Anthropic's SDK" />
    </section>
  )
}

/** Code to be copied. */
export function Snippet({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div class="snippet">
      <pre>{text}</pre>
      <Copy text={text} what={what} />
    </div>
  )
}
