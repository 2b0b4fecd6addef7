import { type Config, loadConfig } from '../config.ts'
import { watchFile } from './watch-file.ts'
import { say } from './welcome.ts'

/** A configuration file under watch. */
export interface WatchedConfig {
  /** Why the file as it is now is not in force. */
  readonly problem: string | undefined
  stop(): void
}

/** What to watch. */
export interface WatchOptions {
  readonly path: string
  /** The fingerprint of what is in force. */
  readonly seen: string
  /** Puts a configuration in force, or throws and leaves what was. */
  readonly use: (config: Config) => void
}

/** Puts the file in force whenever it changes, and on SIGHUP. A file that cannot be used leaves the old one in force. */
export function watchConfig({ path, seen, use }: WatchOptions): WatchedConfig {
  let problem: string | undefined
  const reload = async () => {
    try {
      use(await loadConfig({ path }))
      problem = undefined
      say(`${path} is in force. Addresses, stores and the code of features change with the next start.`)
    } catch (thrown) {
      problem = thrown instanceof Error ? thrown.message : String(thrown)
      say(`${path} cannot be used; what was in force stays.\n${problem}`)
    }
  }
  // One after the other: what was read last is what stays.
  let reloading = Promise.resolve()
  const next = () => {
    reloading = reloading.then(reload)
  }
  const unwatch = watchFile(path, seen, next)
  process.on('SIGHUP', next)
  return {
    get problem() {
      return problem && `the configuration on disk cannot be used: ${problem}`
    },
    stop() {
      unwatch()
      process.off('SIGHUP', next)
    },
  }
}
