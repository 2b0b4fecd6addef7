/** What to do about each error code, for readers of the record: it keeps an error's code and message, not its `fix`. */
const fixes: Readonly<Record<string, string>> = {
  'connection-failed': 'Check that the provider is up and that its `url` is right; add a target to fall back to.',
  'server-error': 'The provider failed by itself; add a target to fall back to.',
  overloaded: 'Spread the load, or add a target of another provider to fall back to.',
  'provider-timed-out': 'Ask for less at once, or add a target to fall back to.',
  conflict: 'Ask again; the provider wanted just that.',
  'rate-limited': 'Spread the load, raise the limit with the provider, or add a target to fall back to.',
  'quota-exhausted': "Raise the account's quota or spend limit with the provider; retries cannot help.",
  'credential-rejected': 'Check the key of this provider in the configuration or the environment.',
  'certificate-rejected':
    "Have the host's certificate put right, correct `url`, or name your own authority under `tls.ca` of the provider.",
  'model-not-found': 'Check the model id in `targets`; it may have been retired.',
  'reply-unreadable':
    'Check that `url` names an API of the configured dialect, and that nothing before it compresses or changes what it answers; add a target to fall back to.',
  'reply-too-large': 'Ask for less at a time, or check that `url` names an API of the configured dialect.',
  'output-overrun': 'Add a target whose provider keeps to `maxOutputTokens`, or raise it.',
  'stream-interrupted': 'Ask again; a target to fall back to makes this invisible until something was passed on.',
  'redirect-refused': 'Set `url` to the address that the provider redirects to, if you trust it.',
  'request-rejected': 'Correct the request as the provider says; the same request fails again.',
  'request-too-large': 'Send less, or fewer images.',
  'context-exceeded': 'Shorten the prompt, or use a model with a larger context window.',
  'content-blocked': "Change the prompt; the provider's policy blocks this one.",
  'timed-out': 'Raise the clock that the message names under `timeout`, or add a target to fall back to.',
  'deadline-exceeded': "Raise `timeout.total` of the alias, or the caller's own limit.",
  aborted: 'Nothing, if that was meant.',
  'breaker-open': 'Wait for the target to recover, or add a target to fall back to.',
  throttled:
    'Add a target to fall back to, raise the limit (under `limits`, or with the provider), or send what can wait as `batch`.',
  'limit-exceeded':
    'Wait as long as the message says, or raise the limit that it names, under `limits` or of the key; where the call alone is more, ask for less.',
  'budget-exceeded':
    'Raise the `limit` of the budget that the message names, wait until it begins anew, or lower the output limit.',
  'price-unknown':
    'Set `prices` of the target or `unpricedAt` for all, give the alias `maxOutputTokens`, or make the budget soft (`hard: false`).',
  'ledger-lost':
    'Bring the store of the ledger back, as the message says; budgets with `hard: false` go on without it.',
  'decision-failed': 'Correct the rule or look-up that the message names.',
  'no-target': 'Add a target to the alias, or wait for one to recover.',
  'unknown-model': 'Use an alias of the configuration, or `provider/model`.',
  'invalid-request': 'Correct the field that the message names.',
  'feature-invalid': 'Correct the declaration of the feature that the message names.',
  'input-invalid': "Correct the feature's input.",
  'reply-incomplete': 'Raise `maxOutputTokens`, or ask for less.',
  'output-invalid': 'Make the schema or the prompt say what is meant, or use a model that keeps to it.',
  'documents-unreadable': 'Correct the document that the message names, or leave it out of the set.',
  'index-failed': 'Move the index file that the message names away: it is made anew from the documents.',
  'translation-refused':
    'Leave out what the message names, or add a target that takes it; `translation: loud` allows losses.',
  'operation-unsupported': 'Name a model that can do it, or add one to the alias.',
  'package-missing': 'Install the package that the message names, beside inseam.',
  'config-invalid': 'Correct the configuration; `inseam config check` names the place.',
}

/** What to do about an error code; `undefined` where the message must do. */
export function fixFor(code: string): string | undefined {
  return Object.hasOwn(fixes, code) ? fixes[code] : undefined
}
