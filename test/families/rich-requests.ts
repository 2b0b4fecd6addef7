import type { ClientDialect } from '../../src/core/dialect.ts'
import type { Json } from './translate.ts'

const jpeg = '/9j/4AAQSkZJRgABAQ=='

/** A request of each dialect that says much of what it can say. */
export const rich: Readonly<Record<ClientDialect, Json>> = {
  'openai-chat': {
    model: 'm',
    max_tokens: 100,
    temperature: 0.5,
    stop: ['a'],
    tools: [
      {
        type: 'function',
        function: {
          name: 'look',
          description: 'd',
          parameters: { type: 'object', properties: { a: { type: 'string' } } },
          strict: false,
        },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'o', schema: { type: 'object', properties: {}, additionalProperties: false } },
    },
    reasoning_effort: 'low',
    user: 'u',
    stream_options: null,
    messages: [
      { role: 'system', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'json' },
          { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${jpeg}`, detail: 'low' } },
          { type: 'file', file: { filename: 'f.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
        ],
      },
      {
        role: 'assistant',
        content: 'x',
        reasoning_content: 'r',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":"b"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'r' }] },
      { role: 'user', content: 'go' },
    ],
  },
  'openai-responses': {
    model: 'm',
    max_output_tokens: 100,
    instructions: 'i',
    temperature: 0.5,
    tools: [{ type: 'function', name: 'look', parameters: { type: 'object', properties: {} }, strict: false }],
    tool_choice: { type: 'function', name: 'look' },
    text: {
      format: {
        type: 'json_schema',
        name: 'o',
        schema: { type: 'object', properties: {}, additionalProperties: false },
      },
      verbosity: 'low',
    },
    reasoning: { effort: 'low', summary: 'auto' },
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'json' },
          { type: 'input_image', image_url: 'https://a.example/b.png', detail: 'auto' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'E' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x', annotations: [] }] },
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'r' }] },
      { role: 'user', content: 'go' },
    ],
  },
  'anthropic-messages': {
    model: 'm',
    max_tokens: 5000,
    system: [{ type: 'text', text: 's' }],
    stop_sequences: ['a'],
    thinking: { type: 'adaptive' },
    output_config: { effort: 'low' },
    metadata: { user_id: 'u' },
    tools: [{ name: 'look', input_schema: { type: 'object', properties: {} } }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'json' },
          { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: jpeg } },
          { type: 'document', title: 't', source: { type: 'text', media_type: 'text/plain', data: 'w' } },
          { type: 'search_result', title: 't', source: 's', content: [{ type: 'text', text: 'w' }] },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'h', signature: 'S' },
          { type: 'text', text: 'x' },
          { type: 'tool_use', id: 't1', name: 'look', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 't1',
            is_error: true,
            content: [
              { type: 'text', text: 'r' },
              { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
            ],
          },
          { type: 'text', text: 'go' },
        ],
      },
    ],
  },
  gemini: {
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'json' },
          { inlineData: { mimeType: 'image/jpeg', data: jpeg } },
          { fileData: { fileUri: 'https://a.example/b.pdf', mimeType: 'application/pdf' } },
        ],
      },
      {
        role: 'model',
        parts: [
          { text: 'h', thought: true, thoughtSignature: 'AA==' },
          { functionCall: { id: 'f1', name: 'look', args: { a: 1 } }, thoughtSignature: 'AA==' },
        ],
      },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'f1', name: 'look', response: { output: 'r' } } }, { text: 'go' }],
      },
    ],
    systemInstruction: { parts: [{ text: 's' }] },
    tools: [
      {
        functionDeclarations: [
          { name: 'look', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } } },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
    generationConfig: {
      maxOutputTokens: 5000,
      temperature: 0.5,
      thinkingConfig: { thinkingBudget: 2000, includeThoughts: true },
      stopSequences: ['a'],
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: {} },
    },
  },
}

/** What nobody means, put in the place of every field of a rich request. */
const odd: readonly Json[] = [
  null,
  0,
  -1,
  1.5,
  1e99,
  '',
  'x',
  ' ',
  true,
  [],
  {},
  [null],
  ['x'],
  [{}],
  { type: 'x' },
  { type: 'text' },
  '\ud800',
  '__proto__',
  undefined,
]

function pathsIn(value: Json, at: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [at]
  return [at, ...Object.keys(value).flatMap((key) => pathsIn(value[key], [...at, key]))]
}

function mutated(body: Json, path: readonly string[], value: Json): Json {
  const copy = structuredClone(body)
  const parent = path.slice(0, -1).reduce((object, key) => object[key], copy)
  const key = path.at(-1)!
  if (value !== undefined) parent[key] = structuredClone(value)
  else if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
  return copy
}

/** A request of a dialect with each of its fields mutilated in turn, and the field. */
export function* mutations(dialect: ClientDialect): Generator<{ readonly body: Json; readonly path: string }> {
  for (const path of pathsIn(rich[dialect]).slice(1)) {
    for (const value of odd) yield { body: mutated(rich[dialect], path, value), path: path.join('.') }
  }
}
