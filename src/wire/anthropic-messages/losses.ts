import type { Loss } from '../../core/request.ts'

/** Collects what could not be said. */
export interface LossList {
  readonly all: readonly Loss[]
  add(path: string, effect: Loss['effect'], detail: string): void
  dropped(path: string, detail: string): void
  approximated(path: string, detail: string): void
}

/** An empty list. */
export function listLosses(): LossList {
  const all: Loss[] = []
  return {
    all,
    add: (path, effect, detail) => void all.push({ path, effect, detail }),
    dropped: (path, detail) => void all.push({ path, effect: 'dropped', detail }),
    approximated: (path, detail) => void all.push({ path, effect: 'approximated', detail }),
  }
}
