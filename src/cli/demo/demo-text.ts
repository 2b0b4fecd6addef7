import type { Admin } from '../../admin/index.ts'
import { ownName } from '../own-name.ts'
import type { Questions } from './question.ts'

/** What the demo says before it begins. */
export interface DemoFacts {
  readonly gatewayUrl: string
  readonly page: Pick<Admin, 'link'> | undefined
  readonly origin: Questions['origin']
  readonly eventsPath: string
}

/** The demo's welcome. */
export function demoText({ gatewayUrl, page, origin, eventsPath }: DemoFacts): string {
  return [
    '',
    `  ${origin} are being sorted, answered and acted on.`,
    '  The models are simulated, and fail now and then: nothing is billed, and no key of yours is used.',
    '',
    ...(page ? [`  Watch the page:      ${page.link}`] : []),
    `  Join in:             ${gatewayUrl}/v1   (model: feature/triage-question)`,
    `  The story of a call: ${ownName} explain last --db ${eventsPath}`,
    '  Stop with Ctrl-C.',
    '',
  ].join('\n')
}
