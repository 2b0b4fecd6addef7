import type { Dialect } from '../core/dialect.ts'
import type { BlockExtras } from '../core/message.ts'
import type { Loss, ModelRequest } from '../core/request.ts'
import { saidIn, saysNothing } from './says-nothing.ts'

/** Collects what a dialect cannot say, each thing once. */
export interface LossList {
  add(path: string, effect: Loss['effect'], detail: string): void
  dropped(path: string, detail: string): void
  approximated(path: string, detail: string): void
  /** Names each field that another dialect said here. */
  foreignExtras(extras: BlockExtras | undefined, path: string): void
  /** Names each field that another dialect said of the request as a whole. */
  foreignExtensions(extensions: ModelRequest['extensions']): void
  readonly list: readonly Loss[]
}

/** An empty list of what this dialect cannot say. */
export function collectLosses(dialect: Dialect): LossList {
  const list: Loss[] = []
  const seen = new Set<string>()
  const add: LossList['add'] = (path, effect, detail) => {
    const key = `${effect} ${path} ${detail}`
    if (seen.has(key)) return
    seen.add(key)
    list.push({ path, effect, detail })
  }
  return {
    list,
    add,
    dropped: (path, detail) => add(path, 'dropped', detail),
    approximated: (path, detail) => add(path, 'approximated', detail),
    foreignExtras(extras, path) {
      if (!extras || extras.dialect === dialect) return
      for (const [key, value] of Object.entries(extras.fields)) {
        if (!saysNothing(key, value))
          add(path === '' ? key : `${path}.${key}`, 'dropped', `${dialect} has no word for it.`)
      }
    },
    foreignExtensions(extensions) {
      for (const [spoken, fields] of Object.entries(extensions ?? {})) {
        if (spoken === dialect) continue
        for (const [path] of saidIn(fields)) add(path, 'dropped', `${dialect} has no such field.`)
      }
    },
  }
}
