/** The text without the secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[redacted]')), text)
}

/** The same error, and what caused it, without the secrets that a provider may have quoted in an answer. */
export function redactError<Failure extends Error>(error: Failure, secrets: readonly string[]): Failure {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const said: unknown = Reflect.get(at, name)
      if (typeof said === 'string' && secrets.some((secret) => said.includes(secret))) {
        Reflect.set(at, name, redact(said, secrets))
      }
    }
  }
  return error
}
