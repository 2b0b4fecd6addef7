/** A duration in milliseconds as people read it: `0.4 ms`, `182 ms`, `1.24 s`, `2 min 05 s`; a dash where none was measured. */
export function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms < 9.95) return `${ms === 0 ? 0 : ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const [large, small] = seconds < 3600 ? ['min', 's'] : ['h', 'min']
  const units = seconds < 3600 ? seconds : Math.round(seconds / 60)
  return `${Math.floor(units / 60)} ${large} ${String(units % 60).padStart(2, '0')} ${small}`
}
