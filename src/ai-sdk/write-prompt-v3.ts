import type { LanguageModelV3Prompt, LanguageModelV4Prompt, SharedV4FileData } from '@ai-sdk/provider'
import type { LossList } from './loss-list.ts'

type V4Part = Exclude<LanguageModelV4Prompt[number]['content'], string>[number]
type V3Part = Exclude<LanguageModelV3Prompt[number]['content'], string>[number]
type V4Output = Extract<V4Part, { type: 'tool-result' }>['output']
type V4Content = Extract<V4Output, { type: 'content' }>['value'][number]

/** A prompt of spec v4 in the words of spec v3, which knows files only as bytes or as an address. */
export function asPromptV3(prompt: LanguageModelV4Prompt, losses: LossList): LanguageModelV3Prompt {
  return prompt.map((message, index) => {
    if (message.role === 'system') return message
    const content = message.content.map((part: V4Part, at) => asPart(part, `messages[${index}].content[${at}]`, losses))
    return { ...message, content: content.filter((part) => part !== undefined) } as LanguageModelV3Prompt[number]
  })
}

function asPart(part: V4Part, path: string, losses: LossList): V3Part | undefined {
  switch (part.type) {
    case 'file': {
      const data = asData(part.data, path, losses)
      return data === undefined ? undefined : { ...part, data }
    }
    case 'custom':
    case 'reasoning-file':
      losses.dropped(path, `Spec v3 of the AI SDK has no part of type ${part.type}.`)
      return undefined
    case 'tool-result':
      if (part.output.type !== 'content') return part as V3Part
      return {
        ...part,
        output: { type: 'content', value: part.output.value.map((one) => asContent(one)) },
      } as V3Part
    default:
      return part
  }
}

function asData(data: SharedV4FileData, path: string, losses: LossList): Uint8Array | string | URL | undefined {
  switch (data.type) {
    case 'data':
      return data.data
    case 'url':
      return data.url
    case 'text':
      return Buffer.from(data.text).toString('base64')
    case 'reference':
      losses.dropped(path, 'Spec v3 of the AI SDK cannot name a file that lies with a provider.')
      return undefined
  }
}

function asContent(part: V4Content): object {
  if (part.type !== 'file') return part
  const { data, mediaType, filename, providerOptions } = part
  const own = providerOptions && { providerOptions }
  switch (data.type) {
    case 'url':
      return { type: 'file-url', url: data.originalUrl ?? data.url.href, ...own }
    case 'reference':
      return { type: 'file-id', fileId: data.reference, ...own }
    case 'text':
      return { type: 'text', text: data.text, ...own }
    case 'data': {
      const bytes = typeof data.data === 'string' ? data.data : Buffer.from(data.data).toString('base64')
      return { type: 'file-data', data: bytes, mediaType, ...(filename !== undefined && { filename }), ...own }
    }
  }
}
