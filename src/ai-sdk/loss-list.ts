import type { Loss } from '../core/request.ts'

/** Collects what cannot be said, each thing once. */
export interface LossList {
  dropped(path: string, detail: string): void
  approximated(path: string, detail: string): void
  readonly list: readonly Loss[]
}

/** An empty list. */
export function collectLosses(): LossList {
  const list: Loss[] = []
  const add = (path: string, effect: Loss['effect'], detail: string): void => {
    if (!list.some((loss) => loss.path === path && loss.detail === detail)) list.push({ path, effect, detail })
  }
  return {
    list,
    dropped: (path, detail) => add(path, 'dropped', detail),
    approximated: (path, detail) => add(path, 'approximated', detail),
  }
}
