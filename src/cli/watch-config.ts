import { type Config, loadConfig } from '../config.ts'
import { fingerprint, watchFile } from './watch-file.ts'
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
  /** The files that what is in force was read from beside `path`: a key that is mounted as a file, say. */
  readonly files: readonly string[]
  /** Puts a configuration in force, or throws and leaves what was. */
  readonly use: (config: Config) => void | Promise<void>
}

/** Puts the file in force whenever it or a file that it names (`${file:…}`) changes, and on SIGHUP. A file that cannot be used leaves the old one in force. */
export function watchConfig({ path, seen, files, use }: WatchOptions): WatchedConfig {
  let problem: string | undefined
  const reload = async () => {
    try {
      const config = await loadConfig({ path })
      await use(config)
      await watchBeside(config.files)
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
  let beside: (() => void)[] = []
  const stopBeside = () => {
    for (const stop of beside.splice(0)) stop()
  }
  const watchBeside = async (files: readonly string[]) => {
    const prints = await Promise.all(files.map(fingerprint))
    stopBeside()
    if (!isStopped) beside = files.map((file, index) => watchFile(file, prints[index] ?? '', next))
  }
  let isStopped = false
  void watchBeside(files)
  process.on('SIGHUP', next)
  return {
    get problem() {
      return problem && `the configuration on disk cannot be used: ${problem}`
    },
    stop() {
      isStopped = true
      unwatch()
      stopBeside()
      process.off('SIGHUP', next)
    },
  }
}
