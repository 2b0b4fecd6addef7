import { z } from 'zod'
import { timeoutProfiles } from './alias-policy.ts'
import { map } from './map.ts'
import { day, duration, percent, second } from './measures.ts'
import { choice, decimal, flag, off, text, whole } from './scalar.ts'

/** What becomes of a request that a target cannot be told whole. */
export const translation = choice(['loud', 'strict'], 'kind of translation')

const target = text('target', /^[^\s/]+\/[^\s]+$/, 'Write provider/model: anthropic/claude-haiku-4-5.')

const timeout = map({
  connect: duration().optional().describe('Until the provider has the request. Default 3s.'),
  headers: duration().optional().describe('Until response headers; streams only. Default 30s.'),
  firstToken: duration().optional().describe('Until the first content; streams only. Default 30s.'),
  idle: duration().optional().describe('Between two pieces of content; streams only. Default 15s.'),
  total: duration().optional().describe('The whole call: queue, attempts, back-off and fallbacks. Default 120s.'),
})

/** A model name of the operator's own: where its calls go, and how. */
export const alias = map({
  targets: z
    .array(
      z.union([
        target.describe('provider/model'),
        map({
          target: target.describe('provider/model'),
          weight: decimal('weight', 'Write a number above 0.', (number) => number > 0 && number <= 1e6)
            .optional()
            .describe('Its share of the calls. Default 1.'),
        }),
      ]),
    )
    .min(1)
    .describe('Where calls go: provider/model, the first one first; the others are what to fall back to.'),
  order: choice(['priority', 'weighted'], 'order')
    .optional()
    .describe(
      'priority: in the order given. weighted: drawn by weight. Default: weighted where a weight is given, else priority.',
    ),
  profile: choice(Object.keys(timeoutProfiles) as (keyof typeof timeoutProfiles)[], 'profile')
    .optional()
    .describe(
      'Timeouts to start from: quick (20s in all), normal (120s, the default) or long (600s, for long reasoning).',
    ),
  timeout: timeout.optional().describe('Timeouts; what is not set here comes from the profile.'),
  maxOutputTokens: whole('number of tokens', 1, 10_000_000)
    .optional()
    .describe('The output limit to send where the caller sets none.'),
  retry: map({
    attempts: whole('number of attempts', 1, 10)
      .optional()
      .describe('Attempts on one target, the first included. Default 3.'),
    base: duration().optional().describe('The first back-off is drawn from 0 to this, and doubles. Default 500ms.'),
    cap: duration().optional().describe('No back-off is longer. Default 8s.'),
  })
    .optional()
    .describe('How often, and how patiently, the same target is asked again.'),
  cache: z
    .union([
      off('cache policy', '{ ttl: 10m }'),
      map({ ttl: duration(second, 365 * day).describe('How long a reply may be replayed.') }),
    ])
    .optional()
    .describe('Keeps replies and replays them to identical calls in the same scope. Default false.'),
  coalesce: flag('truth value')
    .optional()
    .describe('Identical calls in flight share one upstream call. Default false.'),
  loadClass: choice(['interactive', 'batch'], 'load class')
    .optional()
    .describe(
      'Whether its calls can wait where a target takes no more: batch stands behind interactive and is turned away first. A call may say otherwise. Default interactive.',
    ),
  promptCache: choice(['off', '5m', '1h'], 'time in the prompt cache')
    .optional()
    .describe(
      "How long the provider's prompt cache keeps what is the same in each call of a feature, where it wants that marked: a first call pays a quarter more for it (1h: twice as much), later ones a tenth or less. Default 5m.",
    ),
  onContextExceeded: z
    .array(target)
    .min(1)
    .optional()
    .describe(
      "Where a prompt goes that does not fit a target's context window: models with a larger one, provider/model. None that is known to be no larger is asked. Default: nowhere; the caller gets the error.",
    ),
  onContentBlocked: z
    .array(target)
    .min(1)
    .optional()
    .describe(
      "Where a prompt goes that a provider's policy blocks, or whose answer is a refusal of which nothing was passed on (whole answers; streams with holdBack: whole): provider/model. Default: nowhere; the caller gets the error or the refusal.",
    ),
  onInterrupted: choice(['error', 'restart', 'splice'], 'way on')
    .optional()
    .describe(
      'What becomes of a stream that breaks after its first content. error (default): the caller gets the error. splice: the model is asked again, and the stream goes on where the new answer begins with what was said. restart: the library is told that all before is void, and the answer begins again; at the gateway the same as error.',
    ),
  hedge: map({
    after: z
      .union([choice(['p95'], 'time'), duration()])
      .optional()
      .describe(
        'How long the first content may take before the next target is asked too: a duration, or p95 (default): longer than 95 of 100 like it took lately.',
      ),
    budget: percent()
      .optional()
      .describe('The share of the calls, and of their cost, that may go to second targets. Default 5%.'),
  })
    .optional()
    .describe(
      'Asks the next target where the first is slow to begin, takes whichever begins first and cancels the other. Needs two targets.',
    ),
  holdBack: z
    .union([
      choice(['whole'], 'hold-back'),
      map({
        for: duration().optional().describe('Until so long after the first content.'),
        tokens: whole('number of tokens', 1, 1_000_000)
          .optional()
          .describe('Until so many tokens, roughly, have come.'),
      }),
    ])
    .optional()
    .describe(
      'Keeps the beginning of a stream back, so that a failure meanwhile is retried unseen: until the answer is whole, or until one of for and tokens is reached. Default: nothing is kept back.',
    ),
  translation: translation
    .optional()
    .describe(
      'loud: what a target cannot be told in its dialect is left out and reported. strict: the target refuses such a request before anything is spent. Default: that of the whole configuration.',
    ),
})
