import { knownDoors } from '../src/gateway/doors.ts'
import { adminRights } from './admin-rights.ts'
import { generatedFile } from './generated-file.ts'

const roles = ['caller', 'viewer', 'manager', 'admin'] as const

const rows = adminRights().map(({ route, right }) => {
  const cells = roles.map((role) => {
    if (roles.indexOf(role) < roles.indexOf(right.role)) return ''
    return right.shows === 'everything' ? 'yes' : 'its own'
  })
  return `| \`${route}\` | ${cells.join(' | ')} |`
})

generatedFile(
  'docs/authorisation.md',
  `<!-- Generated from src/admin/admin-routes.ts and src/gateway/doors.ts by \`npm run docs\`. -->

# Who may do what

What is in no table here is refused. See [keys.md](keys.md) for what keys are.

## The admin listener

The holder of the page's token may do everything. A stored key may do what its role says: *yes* where it is bound to no tenant, features or aliases (one
that is bound gets 403), *its own* where the answer shows what is its own alone. Without either, every path under \`/api\` answers 401.

| route | ${roles.join(' | ')} |
|---|${roles.map(() => '---|').join('')}
${rows.join('\n')}

## The gateway

Any key may call, whatever its role, within what it is bound to; none that is unknown, expired, revoked or used from another address.

| route | what a key must open |
|---|---|
${knownDoors.map((door) => `| \`${door}\` | the model, or the feature |`).join('\n')}
| \`GET /v1/models\`, \`GET /v1beta/models\` | nothing: the models that it opens are listed |
| \`GET /v1/models/MODEL\`, \`GET /v1beta/models/MODEL\` | the model: another one is not there |
| \`/providers/NAME/…\`, and any other path under \`/v1\`, \`/v1beta\` and \`/upload/v1beta\` | \`passThrough\` for the provider |
| \`GET /healthz\`, \`GET /readyz\` | no key is asked for |
`,
)
