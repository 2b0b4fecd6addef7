const secretName = /(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|DSN|DATABASE_URL)$/i
/** A shorter value stands in too many texts by chance. */
const minLength = 8

/** The values in the environment whose names say that they are secret, the longest first. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const secrets: string[] = []
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && value.length >= minLength && secretName.test(name)) secrets.push(value)
  return secrets.sort((left, right) => right.length - left.length)
}
