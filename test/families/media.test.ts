import { describe, expect, it } from 'vitest'
import { clientDialects } from '../../src/core/dialect.ts'
import { asks, type Json, refusedField, translate } from './translate.ts'

const others = clientDialects.filter((dialect) => dialect !== 'openai-chat')
const ask = (...content: Json[]) => asks['openai-chat']({ messages: [{ role: 'user', content }] })
const picture = (url: string) => ({ type: 'image_url', image_url: { url } })
const jpeg = '/9j/4AAQSkZJRgABAQ=='

describe.each(others)('pictures for %s', (to) => {
  const route = { from: 'openai-chat', to } as const

  it.each([
    'data:undefined;base64,undefined',
    'data:image/png;base64,',
    'data:image/png;base64,not base64!',
    'data:image/png,raw',
    'file:///etc/passwd',
    '',
  ])('are refused by name where nobody could see them: %s', (url) => {
    expect(refusedField(route, ask(picture(url)))).toBe('messages[0].content[0]')
  })

  it('are sent as what they are where they claim to be something else, and that is named', () => {
    const { sent, losses } = translate(route, ask(picture(`data:image/png;base64,${jpeg}`)))
    expect(JSON.stringify(sent)).toContain('image/jpeg')
    expect(JSON.stringify(sent)).not.toContain('image/png')
    expect(losses).toEqual(['messages[0].content[0];approximated'])
  })

  it('are the same in every spelling of their bytes', () => {
    const { sent, losses } = translate(
      route,
      ask(picture(`data:image/jpg;base64,${jpeg.slice(0, 8)}\n${jpeg.slice(8)}`)),
    )
    expect(JSON.stringify(sent)).toContain('image/jpeg')
    expect(JSON.stringify(sent)).toContain(jpeg)
    expect(losses).toEqual([])
  })
})

it.each([
  ['a picture', `data:image/jpeg;base64,${jpeg}`, 'image', []],
  ['plain text', `data:text/plain;base64,${Buffer.from('Words.').toString('base64')}`, 'document', []],
  ['an archive', 'data:application/zip;base64,UEsDBA==', undefined, ['messages[0].content[1];dropped']],
])('a file that is %s reaches Anthropic as what it takes', (_, file_data, type, lost) => {
  const file = { type: 'file', file: { filename: 'f', file_data } }
  const { sent, losses } = translate(
    { from: 'openai-chat', to: 'anthropic-messages' },
    ask({ type: 'text', text: 'See.' }, file),
  )
  expect(sent.messages[0].content[1]?.type).toBe(type)
  expect(losses).toEqual(lost)
})

it('sound goes to Gemini and back as sound', () => {
  const sound = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }
  const there = translate({ from: 'openai-chat', to: 'gemini' }, ask(sound))
  expect(there).toMatchObject({
    sent: { contents: [{ parts: [{ inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } }] }] },
  })
  const back = translate({ from: 'gemini', to: 'openai-chat' }, there.sent)
  expect(back.sent.messages[0].content).toEqual([sound])
  expect([...there.losses, ...back.losses]).toEqual([])
})
