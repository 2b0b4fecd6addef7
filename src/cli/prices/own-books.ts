import { existsSync } from 'node:fs'
import { type Config, defaultConfig, loadConfig } from '../../config.ts'
import { type AttemptEvent, type Cost, createSeam, type Seam } from '../../index.ts'
import { createBooks } from '../../models/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../../stores/memory/index.ts'

type Target = ReturnType<Seam['targetsOf']>[number]

/** The configuration that a command about prices is about: the file, or what the environment makes of none. Nothing is asked. */
export async function configOf(named: string | undefined): Promise<Config> {
  const path = named ?? 'inseam.yaml'
  return named !== undefined || existsSync(path) ? loadConfig({ path }) : defaultConfig(process.env)
}

/** Prices what was recorded, as the book of today has it for that day. */
export interface TodaysBooks extends AsyncDisposable {
  price(attempt: AttemptEvent): Cost
  /** The same had another model been asked. */
  priceAs(attempt: AttemptEvent, model: string): Cost
}

/** Opens the books over a configuration. A target that is no longer configured is priced by its names alone. */
export function openTodaysBooks(config: Config): TodaysBooks {
  let day = Date.now()
  const books = createBooks({ overrides: config.prices, date: () => day })
  const seam = createSeam({ config, events: createMemoryEventSink({ capacity: 0 }), cache: createMemoryCache() })
  const known = new Map<string, Target>()
  const targetOf = ({ provider, model, dialect }: AttemptEvent): Target => {
    const name = `${provider}/${model}`
    let target = known.get(name)
    if (!target) {
      target = configured(name) ?? { name, provider, model, dialect, credential: 'default', weight: 1 }
      known.set(name, target)
    }
    return target
  }
  const configured = (name: string): Target | undefined => {
    try {
      return seam.targetsOf(name)[0]
    } catch {
      return undefined
    }
  }
  return {
    price(attempt) {
      day = attempt.startedAt
      return books.price(targetOf(attempt), attempt.usage)
    },
    priceAs(attempt, model) {
      day = attempt.startedAt
      return books.price({ ...targetOf(attempt), model, standsFor: model }, attempt.usage)
    },
    [Symbol.asyncDispose]: () => seam.close(),
  }
}
