import { useEffect } from 'preact/hooks'
import { readRoute } from './route.ts'

/** The keys of the page, as the help lists them. */
export const keys: readonly (readonly [key: string, does: string])[] = [
  ['/', 'Go to the filter'],
  ['j or ↓', 'Next row'],
  ['k or ↑', 'Row before'],
  ['Enter', 'Open the row'],
  ['Esc', 'Leave the filter, or go back'],
  ['?', 'Show these keys'],
]

/** Listens to the keys of the page. Text fields, menus and dialogs keep theirs. */
export function useKeys(showHelp: () => void): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]')) return
      if (isTyping(event.target)) {
        if (event.key === 'Escape') event.target.blur()
        return
      }
      if (act(event, showHelp)) event.preventDefault()
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [showHelp])
}

/** Does what the key stands for; `false` where it stands for nothing here. */
function act({ key }: KeyboardEvent, showHelp: () => void): boolean {
  const isInRows = document.activeElement?.matches('[data-row]') ?? false
  switch (key) {
    case '/':
      return focusFilter()
    case 'j':
      return moveBy(1)
    case 'k':
      return moveBy(-1)
    case 'ArrowDown':
      return isInRows && moveBy(1)
    case 'ArrowUp':
      return isInRows && moveBy(-1)
    case 'Escape':
      return goBack()
    case '?':
      showHelp()
      return true
    default:
      return false
  }
}

function isTyping(target: EventTarget | null): target is HTMLElement {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select')
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]')
  filter?.focus()
  filter?.select()
  return filter !== null
}

function moveBy(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  if (rows.length === 0) return false
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const to = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]
  to?.focus()
  to?.scrollIntoView({ block: 'nearest' })
  return true
}

/** To where one came from within the page; from a deep link, to the list that the thing stands in. */
function goBack(): boolean {
  const [place = '', id] = readRoute().path
  if (id === undefined) return false
  if (hasComeFromWithin) history.back()
  else location.hash = place === 'runs' ? '#/calls' : `#/${place}`
  return true
}

let hasComeFromWithin = false
window.addEventListener('hashchange', () => {
  hasComeFromWithin = true
})
