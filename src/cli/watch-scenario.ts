import type { Scenario } from '../simulator/index.ts'
import { readScenario } from './read-scenario.ts'
import { watchFile } from './watch-file.ts'
import { say } from './welcome.ts'

/** What to watch. */
interface WatchScenarioOptions {
  readonly path: string
  /** The fingerprint of what is in force. */
  readonly seen: string
  readonly use: (scenario: Scenario) => void
}

/** Puts a scenario in force whenever its file changes; one that cannot be used leaves the old one in force. Gives what stops it. */
export function watchScenario({ path, seen, use }: WatchScenarioOptions): () => void {
  const reload = async () => {
    try {
      use(await readScenario(path))
      say(`${path} is in force. Its counts and its time start over.`)
    } catch (thrown) {
      const { message, fix } = thrown as { readonly message: string; readonly fix?: string }
      say(`${message}\n  What was in force stays.${fix === undefined ? '' : ` Fix: ${fix}`}`)
    }
  }
  // One after the other: what was read last is what stays.
  let reloading = Promise.resolve()
  return watchFile(path, seen, () => {
    reloading = reloading.then(reload)
  })
}
