import { useState } from 'preact/hooks'
import { chooseTheme, chosenTheme, type Theme } from '../theme.ts'
import { Icon } from './icon.tsx'

const following: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const words: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' }

/** Goes through the colours: the system's, light, dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme)
  const next = following[theme]
  const label = `Colours: ${words[theme]}. Change to ${words[next]}`
  const change = () => {
    chooseTheme(next)
    setTheme(next)
  }
  return (
    <button type="button" class="plain" onClick={change} aria-label={label} title={label}>
      <Icon name={theme} />
    </button>
  )
}
