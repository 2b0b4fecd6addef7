import { ownName } from '../own-name.ts'
import type { Construction, FoundSdk } from './find-sdks.ts'
import type { Sdk } from './sdk.ts'

/** What `inseam init` found, and did. */
export interface InitFacts {
  /** The gateway's address, without a path. */
  readonly gateway: string
  readonly found: readonly FoundSdk[]
  /** Whether there was more than was looked at. */
  readonly isCut: boolean
  /** The configuration that was written. */
  readonly written?: string
}

/** What `inseam init` says to people. */
export function initText({ gateway, found, isCut, written }: InitFacts): string {
  return [
    '',
    ...(found.length > 0 ? changes(found, gateway) : nothingFound(gateway)),
    ...(isCut ? ['  The project is large: only a part of it was looked at.', ''] : []),
    `  ${written === undefined ? 'Nothing was written.' : `${written} was written: check it, and keep it with your code.`}`,
    `  Next:  ${ownName} up`,
    '',
  ].join('\n')
}

function changes(found: readonly FoundSdk[], gateway: string): string[] {
  const many = found.length === 1 ? 'One line' : 'A line each'
  return [`  ${many}, and your calls go through Inseam:`, '', ...found.flatMap((one) => change(one, gateway))]
}

/** More lines than these are told as a number. */
const mostLines = 3

function change({ sdk, evidence, constructions }: FoundSdk, gateway: string): string[] {
  const shown = constructions.slice(0, mostLines)
  const more = constructions.length - shown.length
  const lines =
    shown.length > 0 ? shown.flatMap((one) => place(one, sdk, gateway)) : [`      ${usualChange(sdk, gateway)}`]
  return [
    `    ${sdk.package} · ${sdk.language} · ${listed(evidence)}`,
    ...lines,
    ...(more > 0 ? [`      … and ${more} more, which --json lists`] : []),
    ...(sdk.variable ? [`      or, without touching code:  ${sdk.variable(gateway)}`] : []),
    ...(sdk.note === undefined ? [] : [`      ${sdk.note}`]),
    '',
  ]
}

function place({ file, line, text, changed, isDone }: Construction, sdk: Sdk, gateway: string): string[] {
  if (isDone) return [`      ${file}:${line}  leads to the gateway already`]
  return [`      ${file}:${line}`, `      - ${text}`, `      + ${changed ?? `${usualChange(sdk, gateway)}  …`}`]
}

const listed = (paths: readonly string[]) => (paths.length > 2 ? `${paths.slice(0, 2).join(', ')} …` : paths.join(', '))

/** The construction as its author would write it, changed. */
export function usualChange({ change: { usual, shape, insert } }: Sdk, gateway: string): string {
  const argument = insert(gateway)
  if (shape === 'chain') return `${usual}${argument}`
  if (shape === 'arguments') return usual.replace('()', `(${argument})`)
  return usual.includes('{ ') ? usual.replace('{ ', `{ ${argument}, `) : usual.replace('()', `({ ${argument} })`)
}

function nothingFound(gateway: string): string[] {
  return [
    '  No SDK that Inseam knows was found here. Any client that can be given a base URL will do:',
    '',
    `    new OpenAI({ baseURL: '${gateway}/v1' })          JavaScript`,
    `    Anthropic(base_url="${gateway}")                  Python`,
    `    openai.NewClient(option.WithBaseURL("${gateway}/v1/"))    Go`,
    '',
    `    curl ${gateway}/v1/chat/completions -H 'content-type: application/json' \\`,
    `      -d '{"model": "fast", "messages": [{"role": "user", "content": "Say hello."}]}'`,
    '',
  ]
}
