/** The page's own few icons, drawn in the colour of the text beside them. */
const paths = {
  inseam: 'M12 3v3.2M12 8.8v3M12 14.4v3M12 20v1.5M6 6v12M18 6v12',
  overview: 'M4 19V5M4 19h16M8.5 15v-4M13 15V8M17.5 15v-2.5',
  calls: 'M4 6.5h.01M8 6.5h12M4 12h.01M8 12h12M4 17.5h.01M8 17.5h12',
  features: 'M4 4.5h7v6H4zM4 14h7v5.5H4zM14.5 4.5H20V10h-5.5zM14.5 13.5H20v6h-5.5z',
  money: 'M12 4v16M16 7.5c-.8-1-2.2-1.5-4-1.5-2.3 0-4 1-4 2.8 0 4 8.2 2 8.2 6.2 0 1.9-1.8 3-4.2 3-2 0-3.600-.7-4.5-1.9',
  evals: 'M4.5 12.5l3 3 5-6.5M14.5 9H20M14.5 14.5H20',
  keys: 'M8.5 8.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM12 12h8.500v3M17 12v2.5',
  break: 'M13 3l-7.5 10H11l-1 8 8-11h-5.5z',
  keyboard: 'M3.5 7h17v10.5h-17zM7 10.5h.01M10.3 10.5h.01M13.6 10.5h.01M17 10.5h.01M8 14h8',
  light:
    'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
  dark: 'M19.5 14.2A8 8 0 019.8 4.5a8 8 0 109.7 9.7z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  copy: 'M9 9h10.5v10.5H9zM5 15H4.5V4.5H15V5',
  done: 'M5 12.5l4.5 4.5L19 7.5',
  back: 'M14.5 5.5L8 12l6.5 6.5',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  play: 'M8 5.5v13l10.5-6.5z',
} as const

/** The name of an icon. */
export type IconName = keyof typeof paths

/** An icon. It says nothing by itself: whoever uses it writes the words. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
