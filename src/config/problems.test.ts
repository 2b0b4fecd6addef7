// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { expect, test } from 'vitest'
import { ConfigInvalid } from '../errors/index.ts'
import { parseConfig } from './parse-config.ts'

const env = { ANTHROPIC_API_KEY: 'sk-ant-from-env', OPENAI_API_KEY: 'sk-from-env', WORD: 'eighty', URL: 'ftp://h' }

/** What the operator reads. */
function said(text: string): string {
  try {
    parseConfig(text, {
      env,
      readFile: () => {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      },
    })
  } catch (error) {
    if (error instanceof ConfigInvalid) return `\n${error.message}\n`
    throw error
  }
  return 'nothing'
}

test('a duration without a unit', () => {
  expect(
    said('models:\n  fast:\n    targets: [openai/gpt-5.4-mini]\n    timeout: { total: 20 }\n'),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:4:23  models.fast.timeout.total: "20" is no duration. Write 20s, 250ms or 2m.
      4 |     timeout: { total: 20 }
        |                       ^
    "
  `)
})

test('a duration in an unknown unit, of nothing, too long, and a ttl below a second', () => {
  expect(
    said(`
models:
  fast:
    targets: [openai/gpt-5.4-mini]
    timeout: { total: 20 sec, idle: 0s, connect: 25h, headers: -1s }
    cache: { ttl: 10ms }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:5:23  models.fast.timeout.total: "20 sec" is no duration. Write 20s, 250ms or 2m.
      5 |     timeout: { total: 20 sec, idle: 0s, connect: 25h, headers: -1s }
        |                       ^
    inseam.yaml:5:37  models.fast.timeout.idle: "0s" is too short. Write 1ms or more.
      5 |     timeout: { total: 20 sec, idle: 0s, connect: 25h, headers: -1s }
        |                                     ^
    inseam.yaml:5:50  models.fast.timeout.connect: "25h" is too long. Write 24h or less.
      5 |     timeout: { total: 20 sec, idle: 0s, connect: 25h, headers: -1s }
        |                                                  ^
    inseam.yaml:5:64  models.fast.timeout.headers: "-1s" is no duration. Write 20s, 250ms or 2m.
      5 |     timeout: { total: 20 sec, idle: 0s, connect: 25h, headers: -1s }
        |                                                                ^
    inseam.yaml:6:19  models.fast.cache.ttl: "10ms" is too short. Write 1s or more.
      6 |     cache: { ttl: 10ms }
        |                   ^
    "
  `)
})

test('a size without a unit', () => {
  expect(said('cache: { maxBytes: 64 }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:20  cache.maxBytes: "64" is no size. Write 64 MiB, 512 KiB or 10MB.
      1 | cache: { maxBytes: 64 }
        |                    ^
    "
  `)
})

test('an unknown key beside the one that was meant', () => {
  expect(said('providers:\n  anthropic: { apiKey: "${ANTHROPIC_API_KEY}" }\nmodel: {}\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:16  providers.anthropic.apiKey: This key is unknown. Did you mean "key"? Known here: kind, dialect, url, key, auth, resource, apiVersion, deployments, region, accessKeyId, secretAccessKey, sessionToken, project, location, credentials, headers, quirks, models, breaker, limits and 4 more.
      2 |   anthropic: { apiKey: "\${ANTHROPIC_API_KEY}" }
        |                ^
    inseam.yaml:3:1  model: This key is unknown. Did you mean "models"? Known here: providers, models, gateway, admin, translation, prices, unpricedAt, budgets, webhooks, limits, redis, cache, events, state and features.
      3 | model: {}
        | ^
    "
  `)
})

test('a key far from any', () => {
  expect(said('zebra: 1\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:1  zebra: This key is unknown. Known here: providers, models, gateway, admin, translation, prices, unpricedAt, budgets, webhooks, limits, redis, cache, events, state and features.
      1 | zebra: 1
        | ^
    "
  `)
})

test('keys of the design that this version does not have', () => {
  expect(
    said(`
models: { fast: { targets: [openai/x], hedge: { after: p95, budget: 5% }, shadow: openai/y } }
features: { triage: ./triage.ts }
cache: { store: redis, url: "redis://cache" }
events: { store: postgres, url: "https://u:p4ssw0rd@db/x", content: some }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:40  models.fast.hedge: There is no second target to ask. Add one below targets, or remove hedge.
      2 | models: { fast: { targets: [openai/x], hedge: { after: p95, budget: 5% }, shadow: openai/y } }
        |                                        ^
    inseam.yaml:2:75  models.fast.shadow: This version of Inseam has no shadow targets yet. Remove the key.
      2 | models: { fast: { targets: [openai/x], hedge: { after: p95, budget: 5% }, shadow: openai/y } }
        |                                                                           ^
    inseam.yaml:3:11  features: This is no path. Write the path of a folder or of a file: ./features.
      3 | features: { triage: ./triage.ts }
        |           ^
    inseam.yaml:4:17  cache.store: "redis" is no cache store of this version. Write memory.
      4 | cache: { store: redis, url: "redis://cache" }
        |                 ^
    inseam.yaml:4:24  cache.url: This version of Inseam caches in memory only. Remove the key.
      4 | cache: { store: redis, url: "redis://cache" }
        |                        ^
    inseam.yaml:5:69  events.content: "some" is no content setting. Write off or on.
      5 | events: { store: postgres, url: "***********************", content: some }
        |                                                                     ^
    "
  `)
})

test('an alias to nowhere', () => {
  expect(
    said(`
providers: { openai: , lab: { dialect: openai-chat, url: "http://127.0.0.1:1/v1" } }
models:
  fast: { targets: [nope/x, opnai/gpt-5, anthropic/claude-haiku-4-5] }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:4:21  models.fast.targets[0]: "nope/x" leads nowhere: no such provider. Configured: openai and lab.
      4 |   fast: { targets: [nope/x, opnai/gpt-5, anthropic/claude-haiku-4-5] }
        |                     ^
    inseam.yaml:4:29  models.fast.targets[1]: "opnai/gpt-5" leads nowhere: no such provider. Did you mean "openai"? Configured: openai and lab.
      4 |   fast: { targets: [nope/x, opnai/gpt-5, anthropic/claude-haiku-4-5] }
        |                             ^
    inseam.yaml:4:42  models.fast.targets[2]: "anthropic/claude-haiku-4-5" leads nowhere: no such provider. Add "anthropic" below "providers". Configured: openai and lab.
      4 |   fast: { targets: [nope/x, opnai/gpt-5, anthropic/claude-haiku-4-5] }
        |                                          ^
    "
  `)
})

test('targets that are no targets', () => {
  expect(
    said(`
models:
  a: { targets: [gpt-5] }
  b: { targets: [] }
  c: { targets: openai/gpt-5 }
  d: {}
  e: { targets: [{ target: openai/gpt-5, weight: 0 }, { weight: 1 }, [openai/x], ~] }
  f: { targets: [openai/gpt-5, openai/gpt-5] }
  g: { targets: [{ target: openai/gpt-5, weight: 2 }], order: priority }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:3:18  models.a.targets[0]: "gpt-5" is no target. Write provider/model: anthropic/claude-haiku-4-5.
      3 |   a: { targets: [gpt-5] }
        |                  ^
    inseam.yaml:4:17  models.b.targets: The list is empty. Write at least one.
      4 |   b: { targets: [] }
        |                 ^
    inseam.yaml:5:17  models.c.targets: "openai/gpt-5" is no list. Write a list: [a, b].
      5 |   c: { targets: openai/gpt-5 }
        |                 ^
    inseam.yaml:6:3  models.d.targets: It is missing. Write a list: [a, b].
      6 |   d: {}
        |   ^
    inseam.yaml:7:50  models.e.targets[0].weight: "0" is no weight. Write a number above 0.
      7 |   e: { targets: [{ target: openai/gpt-5, weight: 0 }, { weight: 1 }, [openai/x], ~] }
        |                                                  ^
    inseam.yaml:7:55  models.e.targets[1].target: It is missing. Write provider/model: anthropic/claude-haiku-4-5.
      7 |   e: { targets: [{ target: openai/gpt-5, weight: 0 }, { weight: 1 }, [openai/x], ~] }
        |                                                       ^
    inseam.yaml:7:70  models.e.targets[2]: This is no target. Write provider/model: anthropic/claude-haiku-4-5.
      7 |   e: { targets: [{ target: openai/gpt-5, weight: 0 }, { weight: 1 }, [openai/x], ~] }
        |                                                                      ^
    inseam.yaml:7:82  models.e.targets[3]: It has no value. Write provider/model: anthropic/claude-haiku-4-5.
      7 | ai/gpt-5, weight: 0 }, { weight: 1 }, [openai/x], ~] }
        |                                                   ^
    inseam.yaml:8:32  models.f.targets[1]: "openai/gpt-5" is there twice. Keep one of them.
      8 |   f: { targets: [openai/gpt-5, openai/gpt-5] }
        |                                ^
    inseam.yaml:9:63  models.g.order: With this order the weights have no effect. Write order: weighted, or remove the weights.
      9 |   g: { targets: [{ target: openai/gpt-5, weight: 2 }], order: priority }
        |                                                               ^
    "
  `)
})

test('names that cannot be', () => {
  expect(
    said(`
providers:
  feature: { dialect: openai-chat, url: "http://h" }
  my lab: { dialect: openai-chat, url: "http://h" }
models:
  a/b: { targets: [openai/x] }
  feature: { targets: [openai/x] }
  two words: { targets: [openai/x] }
  constructor: { targets: [openai/x] }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:3:3  providers.feature: A provider cannot have this name. Use letters, digits, ".", "-" and "_"; "feature" is reserved.
      3 |   feature: { dialect: openai-chat, url: "http://h" }
        |   ^
    inseam.yaml:4:3  providers["my lab"]: A provider cannot have this name. Use letters, digits, ".", "-" and "_"; "feature" is reserved.
      4 |   my lab: { dialect: openai-chat, url: "http://h" }
        |   ^
    inseam.yaml:6:3  models["a/b"]: An alias cannot have a "/" in its name: that is how provider/model is written. Use "-" instead.
      6 |   a/b: { targets: [openai/x] }
        |   ^
    inseam.yaml:6:20  models["a/b"].targets[0]: "openai/x" leads nowhere: no such provider. Add "openai" below "providers". Configured: feature and my lab.
      6 |   a/b: { targets: [openai/x] }
        |                    ^
    inseam.yaml:7:3  models.feature: "feature" is reserved: feature/name calls a feature. Choose another name.
      7 |   feature: { targets: [openai/x] }
        |   ^
    inseam.yaml:7:24  models.feature.targets[0]: "openai/x" leads nowhere: no such provider. Add "openai" below "providers". Configured: feature and my lab.
      7 |   feature: { targets: [openai/x] }
        |                        ^
    inseam.yaml:8:3  models["two *****"]: An alias cannot have spaces in its name. Use "-" instead.
      8 |   *** *****: { targets: [openai/x] }
        |   ^
    inseam.yaml:8:26  models["two *****"].targets[0]: "openai/x" leads nowhere: no such provider. Add "openai" below "providers". Configured: feature and my lab.
      8 |   *** *****: { targets: [openai/x] }
        |                          ^
    inseam.yaml:9:28  models.constructor.targets[0]: "openai/x" leads nowhere: no such provider. Add "openai" below "providers". Configured: feature and my lab.
      9 |   constructor: { targets: [openai/x] }
        |                            ^
    "
  `)
})

test('a name that objects have of their own', () => {
  expect(said('models: { __proto__: { targets: [openai/x] } }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:11  models: This is no name. Write a word before the colon.
      1 | models: { *********: { targets: [openai/x] } }
        |           ^
    "
  `)
})

test('a provider that cannot be asked', () => {
  expect(
    said(`
providers:
  groq:
  grok: {}
  lab: { dialect: openai-chat }
  other: { kind: opanai }
  anthropic: { dialect: openai-chat }
  simulator:
  url1: { dialect: openai-chat, url: "\${URL}" }
  url2: { dialect: openai-chat, url: "https://user:pass@host/v1" }
  url3: { dialect: openai-chat, url: "https://host/v1?api_key=sk-in-query" }
  url4: { dialect: openai-chats, url: "host:80" }
  head: { dialect: openai-chat, url: "http://h", headers: { "a b": x, Host: y, x-a: "1", X-A: "2" } }
  text: { dialect: openai-chat, url: "http://h", headers: { x-a: 1, x-b: "a\\nb" } }
  keys: { dialect: openai-chat, url: "http://h", key: 12345678 }
  many: { dialect: openai-chat, url: "http://h", maxConnections: 0, quirks: { terminal: end, developerRole: yes } }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:3:3  providers.groq: Groq needs a key, and there is none. Set GROQ_API_KEY, or write key: "\${GROQ_API_KEY}".
      3 |   groq:
        |   ^
    inseam.yaml:4:3  providers.grok: "grok" is no host that Inseam knows, and its dialect or url is missing. Did you mean "groq"? Write its dialect and its url, or kind: one of anthropic, openai, google, azure, bedrock, vertex, vertex-anthropic, ollama, llamacpp, vllm, lmstudio, groq, mistral, deepseek, xai, openrouter, together, fireworks or simulator.
      4 |   grok: {}
        |   ^
    inseam.yaml:5:3  providers.lab: "lab" is no host that Inseam knows, and its dialect or url is missing. Write its dialect and its url, or kind: one of anthropic, openai, google, azure, bedrock, vertex, vertex-anthropic, ollama, llamacpp, vllm, lmstudio, groq, mistral, deepseek, xai, openrouter, together, fireworks or simulator.
      5 |   lab: { dialect: openai-chat }
        |   ^
    inseam.yaml:6:18  providers.other.kind: "opanai" is no known kind of provider. Did you mean "openai"? Write anthropic, openai, google, azure, bedrock, vertex, vertex-anthropic, ollama, llamacpp, vllm, lmstudio, groq, mistral, deepseek, xai, openrouter, together, fireworks or simulator.
      6 |   other: { kind: opanai }
        |                  ^
    inseam.yaml:7:3  providers.anthropic: Anthropic speaks anthropic-messages at its usual address, not openai-chat. Write its url.
      7 |   anthropic: { dialect: openai-chat }
        |   ^
    inseam.yaml:8:3  providers.simulator: Inseam's simulator has no usual address. Write its url.
      8 |   simulator:
        |   ^
    inseam.yaml:9:38  providers.url1.url: "\${URL}" is no base URL. Write http:// or https://, a host and a path, without user, query or fragment: https://api.example.com/v1.
      9 |   url1: { dialect: openai-chat, url: "\${URL}" }
        |                                      ^
    inseam.yaml:10:38  providers.url2.url: "https://*********@host/v1" is no base URL. Write http:// or https://, a host and a path, without user, query or fragment: https://api.example.com/v1.
      10 |   url2: { dialect: openai-chat, url: "https://*********@host/v1" }
         |                                      ^
    inseam.yaml:11:38  providers.url3.url: "https://host/v1?api_key=***********" is no base URL. Write http:// or https://, a host and a path, without user, query or fragment: https://api.example.com/v1.
      11 |   url3: { dialect: openai-chat, url: "https://host/v1?api_key=***********" }
         |                                      ^
    inseam.yaml:12:20  providers.url4.dialect: "openai-chats" is no dialect. Did you mean "openai-chat"? Write openai-chat, openai-responses, anthropic-messages, gemini or bedrock-converse.
      12 |   url4: { dialect: openai-chats, url: "host:80" }
         |                    ^
    inseam.yaml:12:39  providers.url4.url: "host:80" is no base URL. Write http:// or https://, a host and a path, without user, query or fragment: https://api.example.com/v1.
      12 |   url4: { dialect: openai-chats, url: "host:80" }
         |                                       ^
    inseam.yaml:13:61  providers.head.headers["a b"]: This is no header name. Write a name such as x-team.
      13 |   head: { dialect: openai-chat, url: "http://h", headers: { "a b": *, Host: *, x-a: "*", X-A: "*" }
         |                                                             ^
    inseam.yaml:13:71  providers.head.headers.Host: This header is set by the seam itself. Remove it.
      13 |   head: { dialect: openai-chat, url: "http://h", headers: { "a b": *, Host: *, x-a: "*", X-A: "*" }
         |                                                                       ^
    inseam.yaml:13:90  providers.head.headers.X-A: This header is there twice. Keep one of them.
      13 | ttp://h", headers: { "a b": *, Host: *, x-a: "*", X-A: "*" } }
         |                                                   ^
    inseam.yaml:14:66  providers.text.headers.x-a: This is no header value. Write one line of text in quotes: "\${NAME}" or "\${file:/run/secrets/name}".
      14 |   text: { dialect: openai-chat, url: "http://h", headers: { x-a: *, x-b: "****" } }
         |                                                                  ^
    inseam.yaml:14:74  providers.text.headers.x-b: This is no header value. Write one line of text in quotes: "\${NAME}" or "\${file:/run/secrets/name}".
      14 |   text: { dialect: openai-chat, url: "http://h", headers: { x-a: *, x-b: "****" } }
         |                                                                          ^
    inseam.yaml:15:55  providers.keys.key: This is no key. Write one line of text in quotes: "\${NAME}" or "\${file:/run/secrets/name}".
      15 |   keys: { dialect: openai-chat, url: "http://h", key: ******** }
         |                                                       ^
    inseam.yaml:16:66  providers.many.maxConnections: "0" is no number of connections. Write a whole number from 1 to 65535.
      16 |   many: { dialect: openai-chat, url: "http://h", maxConnections: 0, quirks: { terminal: end, develop
         |                                                                  ^
    inseam.yaml:16:89  providers.many.quirks.terminal: "end" is no end of a stream. Write stop-reason, done or eof.
      16 | http://h", maxConnections: 0, quirks: { terminal: end, developerRole: yes } }
         |                                                   ^
    inseam.yaml:16:109  providers.many.quirks.developerRole: "yes" is no truth value. Write true or false.
      16 | tions: 0, quirks: { terminal: end, developerRole: yes } }
         |                                                   ^
    "
  `)
})

test('variables and files that are not there', () => {
  expect(
    said(`
providers:
  anthropic: { key: "\${ANTROPIC_API_KEY}" }
  openai: { key: "\${file:/run/secrets/openai}" }
  mistral: { key: "\${not a name}" }
  groq: { key: "\${UNCLOSED" }
gateway: { port: "\${WORD}" }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:3:21  providers.anthropic.key: The variable ANTROPIC_API_KEY is not set. Did you mean ANTHROPIC_API_KEY? Set it, or write \${ANTROPIC_API_KEY:-default}.
      3 |   anthropic: { key: "\${ANTROPIC_API_KEY}" }
        |                     ^
    inseam.yaml:4:18  providers.openai.key: The file /run/secrets/openai cannot be read (ENOENT). Create it, or make it readable for this process.
      4 |   openai: { key: "\${file:/run/secrets/openai}" }
        |                  ^
    inseam.yaml:5:19  providers.mistral.key: This is no variable. Write \${NAME}, \${NAME:-default} or \${file:/path}, or "$\${" for a plain "\${".
      5 |   mistral: { key: "\${*** * ****}" }
        |                   ^
    inseam.yaml:6:16  providers.groq.key: A "\${" is never closed. Close it with "}", or write "$\${" for a plain "\${".
      6 |   groq: { key: "\${********" }
        |                ^
    inseam.yaml:7:18  gateway.port: "\${WORD}" is no port. Write a whole number from 0 to 65535.
      7 | gateway: { port: "\${WORD}" }
        |                  ^
    "
  `)
})

test('numbers that are none', () => {
  expect(
    said(`
models: { a: { targets: [openai/x], maxOutputTokens: 1.5, retry: { attempts: 99, base: 9s, cap: 1s }, coalesce: maybe } }
gateway: { port: 70000 }
prices: { x: { input: -1, output: cheap }, y: { input: .inf } }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:54  models.a.maxOutputTokens: "1.5" is no number of tokens. Write a whole number from 1 to 10000000.
      2 | models: { a: { targets: [openai/x], maxOutputTokens: 1.5, retry: { attempts: 99, base: 9s, cap: 1s }
        |                                                      ^
    inseam.yaml:2:78  models.a.retry.attempts: "99" is no number of attempts. Write a whole number from 1 to 10.
      2 | models: { a: { targets: [openai/x], maxOutputTokens: 1.5, retry: { attempts: 99, base: 9s, cap: 1s }
        |                                                                              ^
    inseam.yaml:2:113  models.a.coalesce: "maybe" is no truth value. Write true or false.
      2 | y: { attempts: 99, base: 9s, cap: 1s }, coalesce: maybe } }
        |                                                   ^
    inseam.yaml:3:18  gateway.port: "70000" is no port. Write a whole number from 0 to 65535.
      3 | gateway: { port: 70000 }
        |                  ^
    inseam.yaml:4:23  prices.x.input: "-1" is no price. Write USD per million tokens as a number from 0 to 10,000, with six digits after the point at most: 0.75.
      4 | prices: { x: { input: -1, output: cheap }, y: { input: .inf } }
        |                       ^
    inseam.yaml:4:35  prices.x.output: "cheap" is no price. Write USD per million tokens as a number from 0 to 10,000, with six digits after the point at most: 0.75.
      4 | prices: { x: { input: -1, output: cheap }, y: { input: .inf } }
        |                                   ^
    inseam.yaml:4:44  prices.y.output: It is missing. Write USD per million tokens as a number from 0 to 10,000, with six digits after the point at most: 0.75.
      4 | prices: { x: { input: -1, output: cheap }, y: { input: .inf } }
        |                                            ^
    inseam.yaml:4:56  prices.y.input: ".inf" is no price. Write USD per million tokens as a number from 0 to 10,000, with six digits after the point at most: 0.75.
      4 | prices: { x: { input: -1, output: cheap }, y: { input: .inf } }
        |                                                        ^
    "
  `)
})

test('a back-off longer than the longest', () => {
  expect(said('models: { a: { targets: [openai/x], retry: { base: 9s, cap: 1s } } }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:52  models.a.retry.base: The first back-off is longer than the longest. Lower base, or raise cap.
      1 | models: { a: { targets: [openai/x], retry: { base: 9s, cap: 1s } } }
        |                                                    ^
    "
  `)
})

test('a page open to the network without a token, and with one that can be guessed', () => {
  expect(said('admin: { host: "::" }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:16  admin.host: "::" is open to the network, and no token is set. Set admin.token, or listen on 127.0.0.1.
      1 | admin: { host: "::" }
        |                ^
    "
  `)
  expect(said('admin: { host: "::", token: hunter2 }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:29  admin.token: This is no token. Write 16 or more letters, digits, ".", "_", "~" or "-", as "\${NAME}" or "\${file:/run/secrets/name}".
      1 | admin: { host: "::", token: ******* }
        |                             ^
    "
  `)
  expect(said('admin: true')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:8  admin: "true" is no admin listener. Write { port: 4001 } or false.
      1 | admin: true
        |        ^
    "
  `)
})

test('a gateway open to the network without keys', () => {
  expect(said('gateway:\n  host: 0.0.0.0\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:9  gateway.host: "0.0.0.0" is open to the network, and no keys are set. Add gateway.keys, set gateway.requireKeys and make keys with \`inseam keys create\`, or listen on 127.0.0.1.
      2 |   host: 0.0.0.0
        |         ^
    "
  `)
})

test('gateway keys that collide, or open what is not there', () => {
  expect(
    said(`
gateway:
  keys:
    - { name: ci, key: one-secret-value }
    - { name: ci, key: one-secret-value, aliases: [fsat, openai/x, gpt-5] }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:5:15  gateway.keys[1].name: "ci" names a key above, too. Give each key its own name.
      5 |     - { name: ci, key: ****************, aliases: [fsat, openai/x, gpt-5] }
        |               ^
    inseam.yaml:5:24  gateway.keys[1].key: It is the same secret as that of keys[0]. Give each key its own secret.
      5 |     - { name: ci, key: ****************, aliases: [fsat, openai/x, gpt-5] }
        |                        ^
    inseam.yaml:5:52  gateway.keys[1].aliases[0]: "fsat" is no alias and no model. Aliases: fast and smart.
      5 |     - { name: ci, key: ****************, aliases: [fsat, openai/x, gpt-5] }
        |                                                    ^
    "
  `)
})

test('a gateway key without a name, and one that is empty', () => {
  expect(said('gateway: { keys: [{ key: "" }] }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:19  gateway.keys[0].name: It is missing. Write text, in quotes where it looks like a number.
      1 | gateway: { keys: [{ key: "" }] }
        |                   ^
    inseam.yaml:1:26  gateway.keys[0].key: This is no key. Write one line of text in quotes: "\${NAME}" or "\${file:/run/secrets/name}".
      1 | gateway: { keys: [{ key: "" }] }
        |                          ^
    "
  `)
})

test('things of the wrong kind', () => {
  expect(
    said('providers: [openai]\nmodels: fast\ngateway: 4000\nprices: { x: 3 }\nevents: { path: 7 }\n'),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:12  providers: This is no map. Write "name: value" lines below it, or { name: value }.
      1 | providers: [openai]
        |            ^
    inseam.yaml:2:9  models: "fast" is no map. Write "name: value" lines below it, or { name: value }.
      2 | models: fast
        |         ^
    inseam.yaml:3:10  gateway: "4000" is no map. Write "name: value" lines below it, or { name: value }.
      3 | gateway: 4000
        |          ^
    inseam.yaml:4:14  prices.x: "3" is no map. Write "name: value" lines below it, or { name: value }.
      4 | prices: { x: 3 }
        |              ^
    inseam.yaml:5:17  events.path: "7" is no path. Write text, in quotes where it looks like a number.
      5 | events: { path: 7 }
        |                 ^
    "
  `)
  expect(said('[1, 2]')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:1  This is no map. Write "name: value" lines below it, or { name: value }.
      1 | [1, 2]
        | ^
    "
  `)
  expect(said('just words')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:1  "just words" is no map. Write "name: value" lines below it, or { name: value }.
      1 | just words
        | ^
    "
  `)
})

test('a key that is there twice', () => {
  expect(said('gateway: { port: 1 }\ngateway: { port: 2 }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:1  gateway: This name is there twice. Keep one of them.
      2 | gateway: { port: 2 }
        | ^
    "
  `)
})

test('a tab', () => {
  expect(said('gateway:\n\tport: 4000\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:1  This is no YAML: a tab indents the line. Indent with spaces.
      2 |  port: 4000
        | ^
    "
  `)
})

test('broken YAML', () => {
  expect(said('gateway: { port: 1\nmodels: }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:1  This is no YAML: the indentation does not fit. Indent by two spaces for each level, alike within one map, and close each bracket above.
      2 | models: }
        | ^
    "
  `)
  expect(said('gateway:\n    port: 1\n  host: x\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:3:1  This is no YAML: the indentation does not fit. Indent by two spaces for each level, alike within one map, and close each bracket above.
      3 |   host: x
        | ^
    "
  `)
  expect(said('gateway: host: x\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:10  This is no YAML: a name and its value cannot be told apart here. Write "name: value" on a line of its own, and put a value that has ": " in it in quotes.
      1 | gateway: host: x
        |          ^
    "
  `)
  expect(said('gateway: { host: "x }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:1  This is no YAML: something is not closed, or a character is missing. Check quotes, brackets, commas, and the space after each colon.
      2 |
        | ^
    "
  `)
  expect(said('gateway: "\\q"\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:11  This is no YAML: the escape after the backslash is unknown. Write \\\\ for a backslash.
      1 | gateway: "\\q"
        |           ^
    "
  `)
  expect(said('gateway: @x\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:10  This is no YAML: a value cannot begin with this character. Put the value in quotes.
      1 | gateway: @x
        |          ^
    "
  `)
  expect(said('gateway: !secret x\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:10  Tags are not used here. Remove the word that begins with "!".
      1 | gateway: !secret x
        |          ^
    "
  `)
  expect(said('gateway:\n---\ngateway:\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:1  The file holds more than one document. Remove the "---" between them.
      2 | ---
        | ^
    "
  `)
  expect(said('? [a, b]\n: c\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:3  This is no name. Write a word before the colon.
      1 | ? [a, b]
        |   ^
    "
  `)
})

test('a variable without quotes in a flow', () => {
  expect(said('providers: { openai: { key: ${OPENAI_API_KEY} } }')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:30  This is no YAML: inside { } and [ ] a variable needs quotes. Write "\${NAME}".
      1 | providers: { openai: { key: \${OPENAI_API_KEY} } }
        |                              ^
    "
  `)
})

test('an alias of YAML that leads nowhere, to itself, or to a bomb', () => {
  expect(said('gateway: *x\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:10  gateway: This is an alias of no anchor above it. Write the value itself, in fewer words.
      1 | gateway: *x
        |          ^
    "
  `)
  expect(said('models: &x { a: *x }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:17  models.a: This is an alias of what it stands in. Write the value itself, in fewer words.
      1 | models: &x { a: *x }
        |                 ^
    "
  `)
  const bomb = Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`)
  expect(said(['a0: &a0 [x]', ...bomb].join('\n'))).toContain('This is too large.')
})

test('a file too large or nested too deep', () => {
  expect(said(`# ${'x'.repeat(1024 ** 2)}`)).toMatchInlineSnapshot(`
    "
    inseam.yaml  The file is larger than 1 MiB. Check that it is the right one.
    "
  `)
  // How deep the reader of YAML gets is the engine's affair.
  const tooDeep = said(`a: ${'['.repeat(50_000)}`).replace(/:1:\d{3,}/, ':1:deep')
  expect(tooDeep).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:36  a[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: This is too large. Write the value itself, in fewer words.
      1 | a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        |                                    ^
    inseam.yaml:1:deep  The file is nested too deep. Write it flatter.
      1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        |                                                   ^
    "
  `)
  expect(said(`a: ${'['.repeat(40)}1${']'.repeat(40)}`)).toContain('This is too large.')
})

test('a long line shows the part around the place', () => {
  const text = `gateway: { host: "${'h'.repeat(150)}", prot: 1, maxBodyBytes: 10 MiB }`
  expect(said(text)).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:172  gateway.prot: This key is unknown. Did you mean "port"? Known here: host, port, keys, requireKeys, trustedProxies, keyOutage, maxBodyBytes, passThrough, workers, drainNotice, drainTimeout, ping and readerTimeout.
      1 | hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", prot: 1, maxBodyBytes: 10 MiB }
        |                                                   ^
    "
  `)
})

test('beyond fifty, problems are counted', () => {
  const text = Array.from({ length: 60 }, (_, index) => `k${index}: 1`).join('\n')
  expect(said(text).trimEnd().split('\n').at(-1)).toBe('and 10 more.')
})

test('a file with Windows line ends and a byte order mark', () => {
  expect(said('\ufeffgateway:\r\n  prot: 1\r\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:2:3  gateway.prot: This key is unknown. Did you mean "port"? Known here: host, port, keys, requireKeys, trustedProxies, keyOutage, maxBodyBytes, passThrough, workers, drainNotice, drainTimeout, ping and readerTimeout.
      2 |   prot: 1
        |   ^
    "
  `)
})

test('each problem is also data, with its place and its fix', () => {
  const parse = () => parseConfig('gateway:\n  port: x\n', { path: 'etc/my.yaml', env })
  expect(parse).toThrow(ConfigInvalid)
  try {
    parse()
  } catch (error) {
    const { code, fix, problems } = error as ConfigInvalid
    expect(code).toBe('config-invalid')
    expect(fix).toBe('Write a whole number from 0 to 65535.')
    expect(problems).toEqual([
      {
        file: 'etc/my.yaml',
        line: 2,
        column: 9,
        path: 'gateway.port',
        message: '"x" is no port.',
        fix: 'Write a whole number from 0 to 65535.',
        excerpt: '  2 |   port: x\n    |         ^',
      },
    ])
  }
})

test('a record in Postgres', () => {
  expect(
    said(`
events:
  store: postgres
  path: events.db
  url: "mysql://u:p4ssw0rd@db/x"
  retention: 3 months
  spool: { maxBytes: -1, folder: /tmp }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:6:14  events.retention: "3 months" is no number of days. Write 90d, from 1d to 36500d.
      6 |   retention: 3 months
        |              ^
    inseam.yaml:7:22  events.spool.maxBytes: "-1" is no size. Write 64 MiB, 512 KiB or 10MB.
      7 |   spool: { maxBytes: -1, folder: /tmp }
        |                      ^
    inseam.yaml:7:26  events.spool.folder: This key is unknown. Known here: path and maxBytes.
      7 |   spool: { maxBytes: -1, folder: /tmp }
        |                          ^
    "
  `)
  expect(said('events: { store: postgres }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:18  events.store: It does not say where the Postgres is. Add url: "\${DATABASE_URL}".
      1 | events: { store: postgres }
        |                  ^
    "
  `)
  expect(said('events: { url: "postgres://u:p4ssw0rd@db/x", retention: 90d }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:11  events.url: Only a record in Postgres has it, and this one is "sqlite". Write store: postgres, or remove the key.
      1 | events: { url: "**************************", retention: 90d }
        |           ^
    inseam.yaml:1:46  events.retention: Only a record in Postgres has it, and this one is "sqlite". Write store: postgres, or remove the key.
      1 | events: { url: "**************************", retention: 90d }
        |                                              ^
    "
  `)
  expect(said('events: { store: postgres, url: "mysql://u:p4ssw0rd@db/x", path: a.db }\n')).toMatchInlineSnapshot(`
    "
    inseam.yaml:1:33  events.url: This is no URL of a Postgres. Write postgres://user:password@host:5432/database, with special characters of the password percent-encoded.
      1 | events: { store: postgres, url: "***********************", path: a.db }
        |                                 ^
    inseam.yaml:1:60  events.path: A Postgres has no path. Remove the key, or write store: sqlite.
      1 | events: { store: postgres, url: "***********************", path: a.db }
        |                                                            ^
    "
  `)
})

test('budgets without money, in another currency, of nothing, of too much, and for nobody', () => {
  expect(
    said(`
budgets:
  - { scope: feature, name: triage, limit: 50, per: day }
  - { scope: feature, name: triage, limit: 50 EUR, per: day }
  - { scope: feature, name: triage, limit: -5 USD, per: day }
  - { scope: feature, name: triage, limit: 0 USD, per: day }
  - { scope: feature, name: triage, limit: 90000000 USD, per: day }
  - { scope: feature, name: triage, limit: 5 USD, per: week }
  - { scope: team, name: triage, limit: 5 USD, per: day, warnAt: [80] }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:3:44  budgets[0].limit: "50" is no amount of money. Write US dollars, with at most nine digits after the point: 50 USD or 0.5 USD.
      3 |   - { scope: feature, name: triage, limit: 50, per: day }
        |                                            ^
    inseam.yaml:4:44  budgets[1].limit: "50 EUR" is in a currency that no price is in. Write US dollars, with at most nine digits after the point: 50 USD or 0.5 USD.
      4 |   - { scope: feature, name: triage, limit: 50 EUR, per: day }
        |                                            ^
    inseam.yaml:5:44  budgets[2].limit: "-5 USD" is no amount of money. Write US dollars, with at most nine digits after the point: 50 USD or 0.5 USD.
      5 |   - { scope: feature, name: triage, limit: -5 USD, per: day }
        |                                            ^
    inseam.yaml:6:44  budgets[3].limit: "0 USD" is nothing. Write more than 0 USD; to forbid calls, take the key away.
      6 |   - { scope: feature, name: triage, limit: 0 USD, per: day }
        |                                            ^
    inseam.yaml:7:44  budgets[4].limit: "90000000 USD" is too much. Write 1000000 USD or less.
      7 |   - { scope: feature, name: triage, limit: 90000000 USD, per: day }
        |                                            ^
    inseam.yaml:8:56  budgets[5].per: "week" is no window. Write hour, day or month.
      8 |   - { scope: feature, name: triage, limit: 5 USD, per: week }
        |                                                        ^
    inseam.yaml:9:14  budgets[6].scope: "team" is no scope. Write global, key, feature or tenant.
      9 |   - { scope: team, name: triage, limit: 5 USD, per: day, warnAt: [80] }
        |              ^
    inseam.yaml:9:67  budgets[6].warnAt[0]: "80" is no share. Write 5% or 0.5%, up to 100%.
      9 |   - { scope: team, name: triage, limit: 5 USD, per: day, warnAt: [80] }
        |                                                                   ^
    "
  `)
})

test('budgets that count the same, that name nobody, and a global one with a name', () => {
  expect(
    said(`
budgets:
  - { scope: key, name: ci, limit: 5 USD, per: day }
  - { scope: key, name: ci, limit: 9 USD, per: day, hard: false }
  - { scope: tenant, limit: 5 USD, per: hour }
  - { scope: global, name: all, limit: 5 USD, per: month }
`),
  ).toMatchInlineSnapshot(`
    "
    inseam.yaml:4:5  budgets[1]: It counts the same as budgets[0]: scope, name and window. Keep one of them; warnAt has the thresholds at which is warned.
      4 |   - { scope: key, name: ci, limit: 9 USD, per: day, hard: false }
        |     ^
    inseam.yaml:5:14  budgets[2].scope: It does not say which tenant. Add name: NAME, or name: "*" for each tenant by itself.
      5 |   - { scope: tenant, limit: 5 USD, per: hour }
        |              ^
    inseam.yaml:6:28  budgets[3].name: A global budget counts everything, and has no name. Remove the name.
      6 |   - { scope: global, name: all, limit: 5 USD, per: month }
        |                            ^
    "
  `)
})
