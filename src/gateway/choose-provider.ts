import type { ClientDialect, Tongue } from '../core/dialect.ts'
import type { PassableProvider } from '../core/pipeline.ts'
import { InseamError } from '../errors/index.ts'
import { MethodNotAllowed } from '../errors/method-not-allowed.ts'
import { doorAt } from './doors.ts'
import type { Admission } from './guard.ts'

/** What is known of who is meant. */
export interface ChooseProviderOptions {
  readonly providers: readonly PassableProvider[]
  readonly admission: Pick<Admission, 'passesTo' | 'keyName'>
  /** The name that the address or the header gives. */
  readonly named?: string
  /** What the client speaks. */
  readonly dialect: ClientDialect
  readonly method: string
  /** As the client wrote it, without the query. */
  readonly path: string
}

/**
 * The provider that a request is passed to: the one that is named, else the one that speaks the client's dialect. Throws
 * `forbidden` for one that the key does not reach, `not-found`, which lists the choices, where none or several could be meant, and
 * `method-not-allowed` where that is a place for calls.
 */
export function chooseProvider({
  providers,
  admission,
  named,
  dialect,
  method,
  path,
}: ChooseProviderOptions): PassableProvider {
  if (!admission.passesTo()) throw unopened(admission, named)
  const open = providers.filter(({ name }) => admission.passesTo(name))
  if (named !== undefined) {
    const found = providers.find(({ name }) => name === named)
    if (!found) {
      throw new InseamError('not-found', `There is no provider "${named.slice(0, 100)}" here.`, {
        fix: `Name one of: ${list(open)}.`,
      })
    }
    if (!admission.passesTo(named)) throw unopened(admission, named)
    return found
  }
  const speaking = open.filter((provider) => speaks(provider.dialect, dialect))
  const holding = isHeld.test(path) ? speaking.filter(holdsAnswers) : []
  const [only, ...others] = firstOfEach(holding.length > 0 ? holding : speaking)
  if (only && others.length === 0) return only
  // A place where calls are taken, asked for in another way, and no API that could be meant by it.
  if (doorAt(path)) throw new MethodNotAllowed(method, path, ['POST'])
  const why = only
    ? `and ${list([only, ...others])} could be meant`
    : `and no provider that speaks ${dialect} to pass it to`
  throw new InseamError('not-found', `There is no ${method} ${path.slice(0, 200)} here, ${why}.`, {
    fix: `Send \`x-inseam-provider: NAME\`, or ask for /providers/NAME${path.slice(0, 200)}; NAME is one of: ${list(open)}.`,
  })
}

/** Whether what a client speaks is spoken there. OpenAI's two dialects are spoken by one API. */
function speaks(spoken: Tongue, dialect: ClientDialect): boolean {
  return spoken === dialect || (isOpenai(spoken) && isOpenai(dialect))
}

const isOpenai = (dialect: Tongue): boolean => dialect === 'openai-chat' || dialect === 'openai-responses'

/** Where answers and conversations are kept, which few hosts of OpenAI's dialect do. */
const isHeld = /^\/v1\/(?:responses|conversations)(?:\/|$)/

const holdsAnswers = ({ dialect, kind }: PassableProvider): boolean =>
  dialect === 'openai-responses' || kind === 'openai'

function firstOfEach(providers: readonly PassableProvider[]): PassableProvider[] {
  const seen = new Set<string>()
  return providers.filter(({ account }) => !seen.has(account) && seen.add(account))
}

const list = (providers: readonly PassableProvider[]): string => providers.map(({ name }) => name).join(', ') || 'none'

function unopened({ keyName }: Pick<Admission, 'keyName'>, named = 'NAME'): InseamError {
  return new InseamError(
    'forbidden',
    `The key "${keyName}" may not pass requests through to ${named === 'NAME' ? 'a provider' : `"${named.slice(0, 100)}"`}.`,
    {
      fix: `Give the key \`passThrough: [${named.slice(0, 100)}]\`: it then reaches all that the provider's own key owns.`,
    },
  )
}
