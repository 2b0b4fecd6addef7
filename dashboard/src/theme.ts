import { useEffect, useState } from 'preact/hooks'

const key = 'inseam-theme'
const changed = 'inseam-theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

/** What colours the page wears: the system's, or those that were chosen. */
export type Theme = 'system' | 'light' | 'dark'

/** The theme that was chosen on this machine. */
export function chosenTheme(): Theme {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

/** Wears a theme and remembers it. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, theme)
  } catch {
    // Storage is forbidden here: it is worn until the page is left.
  }
  window.dispatchEvent(new Event(changed))
}

/** Whether the page is dark now. Charts are drawn anew when that changes. */
export function useIsDark(): boolean {
  const [isDark, set] = useState(readIsDark)
  useEffect(() => {
    const read = () => set(readIsDark())
    window.addEventListener(changed, read)
    dark.addEventListener('change', read)
    return () => {
      window.removeEventListener(changed, read)
      dark.removeEventListener('change', read)
    }
  }, [])
  return isDark
}

function readIsDark(): boolean {
  const theme = chosenTheme()
  return theme === 'system' ? dark.matches : theme === 'dark'
}
