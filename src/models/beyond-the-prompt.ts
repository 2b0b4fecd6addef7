import { isJsonObject, type JsonValue } from '../core/json.ts'
import type { ModelRequest } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { looseName } from './repeated-field.ts'

/** What a request asks for beside one answer to what it says. */
export interface BeyondThePrompt {
  /** How many answers are asked for at once. */
  readonly choices: number
  /** The largest output limit that is set under another name than the one that was read: its host may obey that one. */
  readonly otherLimit: number
  /** Tokens of output beyond the limit. */
  readonly furtherOutput: number
  /** Whether the provider adds what it holds itself: a conversation, a cached prompt. */
  readonly isOpen: boolean
  readonly mayGiveAudio: boolean
  /** Calls of the provider's own tools, by name: so many at most. */
  readonly serverTools: Readonly<Record<string, number>>
}

/** Why nobody can tell what a request may come to. */
export interface Unbounded {
  readonly because: string
  readonly fix: string
}

/**
 * Reads what makes an answer cost more than its prompt and its output limit say. Fields of all dialects count: what the target's own
 * does not know is dropped on its way, and then costs nothing.
 */
export function beyondThePrompt(request: ModelRequest, target: Target): BeyondThePrompt | Unbounded {
  const found = { choices: 1, otherLimit: 0, furtherOutput: 0, isOpen: false, mayGiveAudio: false }
  let mostCalls: number | undefined
  for (const fields of Object.values(request.extensions ?? {})) {
    for (const [path, value] of Object.entries(fields ?? {})) {
      if (value === null) continue
      const name = nameOf(path)
      const limit = limitIn(name, value)
      if (unbounded.has(name) || limit === 'none' || (name === 'reasoning' && asksForMore(value)))
        return noBound(`\`${path}\` lets it do more than answer`, `Leave \`${path}\` out`)
      found.otherLimit = Math.max(found.otherLimit, limit)
      if (name === 'n' || name === 'bestof' || name === 'candidatecount') {
        const choices = count(value)
        if (choices === undefined) return noBound(`\`${path}\` is no number`, `Write \`${path}\` as a number`)
        found.choices = Math.max(found.choices, choices)
      } else if (held.has(name)) found.isOpen = true
      else if (name === 'prediction') found.furtherOutput += Buffer.byteLength(JSON.stringify(value))
      else if (name === 'modalities' || name === 'responsemodalities' || name === 'audio') found.mayGiveAudio = true
      else if (name === 'maxtoolcalls') mostCalls = Math.max(mostCalls ?? 0, count(value) ?? Number.POSITIVE_INFINITY)
      else if (name === 'contextmanagement' && JSON.stringify(value).includes('compact'))
        return noBound('compaction asks the model again', `Leave \`${path}\` out`)
    }
  }
  const serverTools = toolsOf(request, target, mostCalls)
  return 'because' in serverTools ? serverTools : { ...found, serverTools: serverTools.calls }
}

/** By which the provider is told to add what it holds itself. */
const held = new Set([
  'previousresponseid',
  'conversation',
  'thread',
  'cachedcontent',
  'container',
  'continuationtoken',
  'datasources',
  'chattemplate',
])
/** By which other models are asked, tools are called as often as the provider likes, or a prompt is named that nobody here has read. */
const unbounded = new Set([
  'websearchoptions',
  'searchparameters',
  'enablesearch',
  'searchsettings',
  'mcpservers',
  'plugins',
  'models',
  'fallbacks',
  'prompt',
  'compaction',
  'multiagent',
  'routingconfig',
  'modelselectionconfig',
])

/** Names of the output limit at one host or another. */
const limits = new Set([
  'maxtokens',
  'maxcompletiontokens',
  'maxoutputtokens',
  'maxnewtokens',
  'maxgenlen',
  'npredict',
  'numpredict',
])
/** What belongs to the client alone. */
const unread = new Set(['metadata', 'labels'])

/** The largest limit that a field sets, itself or below; `none`: what it says is no limit. 0 where it sets none. */
function limitIn(name: string, value: JsonValue): number | 'none' {
  if (limits.has(name)) {
    const limit = Number(value)
    return limit > 0 && Number.isFinite(limit) ? Math.ceil(limit) : 'none'
  }
  if (!isJsonObject(value) || unread.has(name)) return 0
  let most = 0
  for (const [key, below] of Object.entries(value)) {
    const limit = below === undefined || below === null ? 0 : limitIn(looseName(key), below)
    if (limit === 'none') return limit
    most = Math.max(most, limit)
  }
  return most
}

/** Whether a way of reasoning is asked for that may be several at once. */
function asksForMore(value: JsonValue): boolean {
  return isJsonObject(value) && value.mode !== undefined && value.mode !== null && value.mode !== 'standard'
}

/** Fields are told by their last name, however it is spelt: `generationConfig.candidateCount`, `candidate_count`. */
function nameOf(path: string): string {
  return looseName(path.slice(path.lastIndexOf('.') + 1))
}

/** A number, also where it is written as a string, for there are hosts that read it so; undefined for anything else. */
function count(value: JsonValue): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? Math.max(1, Math.ceil(number)) : undefined
}

function toolsOf(
  { providerTools = [] }: ModelRequest,
  target: Target,
  mostCalls: number | undefined,
): { readonly calls: Record<string, number> } | Unbounded {
  const calls: Record<string, number> = {}
  for (const { dialect, value } of providerTools) {
    const type = typeof value.type === 'string' ? value.type : (Object.keys(value)[0] ?? '')
    if (dialect !== target.dialect || runByClient.test(type)) continue
    const most = typeof value.max_uses === 'number' ? count(value.max_uses) : mostCalls
    const name = type.replace(/_(?:\d{8}|preview.*|\d{4}_\d\d_\d\d)$/, '')
    if (most === undefined || !Number.isFinite(most)) {
      const bound = dialect === 'anthropic-messages' ? `Set \`max_uses\` of \`${type}\`` : `Leave \`${type}\` out`
      return noBound(`nothing bounds how often the provider calls \`${type}\``, bound)
    }
    calls[name] = (calls[name] ?? 0) + most
  }
  return { calls }
}

/** Tools that the provider defines and the client runs. */
const runByClient = /^(?:custom|bash_|text_editor_|computer|memory_|local_shell|apply_patch|function|namespace)/

function noBound(because: string, fix: string): Unbounded {
  return { because, fix: `${fix}, or make the budget soft (\`hard: false\`).` }
}
