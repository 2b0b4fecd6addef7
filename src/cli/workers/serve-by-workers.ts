import { type Admin, createLiveCalls, type LiveCalls } from '../../admin/index.ts'
import type { Config } from '../../config.ts'
import { refuseOpenHouse } from '../../gateway/refuse-open-house.ts'
import { openSeam, type Seam } from '../../index.ts'
import { type Keys, openKeys } from '../../open-keys.ts'
import { featureNameIn } from '../../patterns/index.ts'
import type { FoundConfig } from '../find-config.ts'
import { openPage } from '../open-page.ts'
import { untilToldToStop } from '../until-told-to-stop.ts'
import type { UpOptions } from '../up-options.ts'
import { type WatchedConfig, watchConfig } from '../watch-config.ts'
import { say, welcome } from '../welcome.ts'
import { sayLeaving, sayStopped, whatIsLost } from '../words-of-leaving.ts'
import { choosePort } from './choose-port.ts'
import { supervise } from './supervise.ts'

/** The gateway as several processes behind one address. This one serves the page, and no calls. */
export async function serveByWorkers(found: FoundConfig, count: number, options: UpOptions): Promise<void> {
  // It knows the models, and takes what is to be put in force before anybody else does. Nobody asks it.
  const { redis: _redis, ...config } = found.config
  const { postgres: _, ...events } = config.events
  const seam = await openSeam({ config: { ...config, events: { ...events, store: 'none' } } })
  try {
    await using keys = await openKeys(found.config, seam)
    await superviseWorkers({ seam, keys, found }, count, options)
  } finally {
    await seam.close()
  }
}

interface Supervised {
  readonly seam: Seam
  readonly keys: Keys
  readonly found: FoundConfig
}

async function superviseWorkers({ seam, keys, found }: Supervised, count: number, options: UpOptions): Promise<void> {
  const { config, file } = found
  const { host = config.gateway.host } = options
  const port = await choosePort(host, options.port ?? config.gateway.port)
  const addressed = ({ gateway, ...others }: Config): Config => ({ ...others, gateway: { ...gateway, host, port } })
  const { live, whenFollowed } = followedLive()
  let watched: WatchedConfig | undefined
  let page: Admin | undefined
  const ownProblems = () => (watched?.problem === undefined ? [] : [watched.problem])
  const workers = await supervise({ count, config: addressed(config), hear: live.hear, problems: ownProblems })
  const endAll = () => workers.kill()
  process.on('exit', endAll)
  whenFollowed((isFollowed) => workers.tellCalls(isFollowed))
  const { url, features } = workers
  const problems = () => [...ownProblems(), ...workers.reasons()]
  try {
    page = options.page
      ? await openPage({
          seam: {
            models: () => seam.models(),
            passable: () => seam.passable(),
            standingOf: (budgets) => seam.standingOf(budgets),
            standings: (ofKeys) => seam.standings(ofKeys),
            flush: () => workers.flush(),
            problems: () => workers.degraded(),
          },
          found,
          keys,
          features: features.map((model) => featureNameIn(model) ?? model),
          live,
          gatewayUrl: url,
          problems,
          port: options.adminPort,
        })
      : undefined
    const told = untilToldToStop({
      onHangUp: file === undefined,
      lastWords: () => whatIsLost(workers.inFlight, workers.unflushed),
    })
    const use = async (next: Config) => {
      refuseOpenHouse(host, next.gateway)
      await workers.use(addressed(next), () => seam.reload(next))
    }
    watched = file && watchConfig({ ...file, files: config.files, use })
    const { origin, isSimulated: simulated } = found
    if (options.json) console.log(JSON.stringify({ url, origin, simulated, workers: count, page: page?.link }))
    else console.log(welcome({ url, found, models: seam.models(), features, page }))

    const signal = await Promise.race([told, workers.broken])
    watched?.stop()
    const noticeMs = signal === 'SIGTERM' ? config.gateway.drainNoticeMs : 0
    sayLeaving(workers.inFlight, noticeMs)
    await page?.close()
    const lost = await workers.stop(noticeMs)
    if (lost === 0) return sayStopped(config)
    say(`Stopped. ${lost} of ${count} workers did not end well: what they had not written is not on the record.`)
    process.exitCode = 1
  } finally {
    watched?.stop()
    await page?.close()
    workers.kill()
    process.off('exit', endAll)
  }
}

/** Live calls that know whether anybody looks: until then no worker tells of its calls. */
function followedLive(): { readonly live: LiveCalls; whenFollowed(tell: (isFollowed: boolean) => void): void } {
  const live = createLiveCalls()
  let tell: (isFollowed: boolean) => void = () => undefined
  let followers = 0
  return {
    live: {
      hear: live.hear,
      follow(follower) {
        if (++followers === 1) tell(true)
        const following = live.follow(follower)
        return {
          resume: () => following.resume(),
          stop() {
            following.stop()
            if (--followers === 0) tell(false)
          },
        }
      },
    },
    whenFollowed: (hear) => {
      tell = hear
    },
  }
}
